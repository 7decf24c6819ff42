import { describe, expect, it } from 'vitest';
import { buildHierarchies, type Grouping } from '../../../bindings/hierarchy/build.js';
import type { Panel } from '../../../bindings/problem/compile.js';

/** A panel of two components: entities 5, 1, 3 and entities 0, 4; nothing else of it is looked at. */
const panel = { entity: Uint32Array.of(5, 1, 3, 0, 4), columns: Uint32Array.of(0, 3, 5) } as unknown as Panel;
const column = (name: string, texts: readonly string[], ...of: number[]) => ({ name, texts, of: Uint32Array.from(of) });

// of entities 0 .. 5
const format = column('format', ['a', 'b', 'c'], 0, 1, 2, 0, 0, 1);
const market = column('market', ['x', 'y'], 0, 1, 0, 1, 1, 0);

describe('the hierarchy of a component', () => {
  it('has one level for columns that are one group, and none without', () => {
    const grouping: Grouping = { kind: 'columns', columns: [format, market] };
    const [{ hierarchy, names }] = buildHierarchies(panel, grouping);
    // entities 5, 1, 3 are b x, b y, a y: groups in canonical order
    expect(names).toEqual([
      ['a', 'y'],
      ['b', 'x'],
      ['b', 'y'],
    ]);
    expect(Array.from(hierarchy.parents)).toEqual([4, 5, 3, 6, 6, 6]);
    expect(hierarchy.counts).toEqual([3, 3]);
    const [, plain] = buildHierarchies(panel, { kind: 'columns', columns: [] });
    expect([plain.names, plain.hierarchy.counts, Array.from(plain.hierarchy.parents)]).toEqual([[], [2], [2, 2]]);
  });

  it('has a level for each column of a tree, the innermost groups first, none without entities', () => {
    const [{ hierarchy, names }] = buildHierarchies(panel, { kind: 'levels', columns: [format, market] });
    expect(names).toEqual([['a', 'y'], ['b', 'x'], ['b', 'y'], ['a'], ['b']]);
    expect(Array.from(hierarchy.parents)).toEqual([4, 5, 3, 6, 7, 7, 8, 8]);
    expect(Array.from(hierarchy.levelOf)).toEqual([2, 2, 2, 1, 1]);
    expect(hierarchy.counts).toEqual([3, 2, 3]);
  });

  it('has the values of each crossed column side by side', () => {
    const [, { hierarchy, names }] = buildHierarchies(panel, { kind: 'crossed', columns: [format, market] });
    expect([hierarchy.kind, hierarchy.counts, names]).toEqual(['crossed', [2, 1, 2], [['a'], ['x'], ['y']]]);
    expect(hierarchy.columns.map((units) => Array.from(units))).toEqual([
      [2, 2],
      [3, 4],
    ]);
  });

  it('has the parents that stand above its entities, deepest first', () => {
    // p > q > r, s, and t that nobody of the component hangs on; entity 3 hangs on the root
    const tree = {
      texts: ['p', 'q', 'r', 's', 't'],
      parents: Int32Array.of(-1, 0, 1, -1, -1),
      of: Int32Array.of(4, 2, -1, -1, 3, 1),
    };
    const [{ hierarchy, names }] = buildHierarchies(panel, { kind: 'parents', tree });
    expect(names).toEqual([['r'], ['q'], ['p']]);
    // 3 is r, 4 is q, 5 is p, 6 the root
    expect(Array.from(hierarchy.parents)).toEqual([4, 3, 6, 4, 5, 6]);
    expect([Array.from(hierarchy.levelOf), hierarchy.levels, hierarchy.counts]).toEqual([[1, 1, 1], 2, [3, 3]]);
  });
});
