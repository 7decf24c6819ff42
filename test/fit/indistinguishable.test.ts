import { describe, expect, it } from 'vitest';
import { atOnce } from '../../bindings/base/steps.js';
import { findIndistinguishable } from '../../bindings/diagnose/indistinguishable.js';
import { fit as run } from '../../bindings/index.js';
import type { Panel } from '../../bindings/problem/compile.js';
import { randomOf } from '../support/kernels.js';
import { panelOf } from './panels.js';
import { byEntity, modelOf, type Sketch, tablesOf } from './problems.js';
import { drawsOf, randomSketch } from './random.js';

const panel = (sketch: Sketch) =>
  ({ ...panelOf(sketch), entity: Uint32Array.from({ length: sketch.entities }, (_, k) => k) }) as unknown as Panel;
const groupsOf = (sketch: Sketch) => atOnce(findIndistinguishable(panel(sketch))).map((group) => [...group]);

describe('indistinguishable entities', () => {
  it('have the same exposure in every brick', () => {
    const rows = [[0, 1, 1, 1, 2, 2, 3, 1], [0, 3, 1, 3, 2, 6, 4, 5], [5, 1, 6, 1]]; // biome-ignore format: a table
    expect(groupsOf({ totals: [1, 1, 1], entities: 7, rows })).toEqual([
      [0, 1],
      [5, 6],
    ]);
  });

  it('are told from those that differ in the last bit or the last brick', () => {
    const rows = [[0, 1, 1, 1, 2, 1], [0, 2, 1, 2 + 2 ** -51, 2, 2], [2, 1]]; // biome-ignore format: a table
    expect(groupsOf({ totals: [1, 1, 1], entities: 3, rows })).toEqual([]);
  });

  it('are compared in full, whatever their hashes say', () => {
    // two exposures whose words cancel in the hash of a brick: one more in the upper, the difference made up in the lower
    const words = new Uint32Array(new Float64Array([1.5]).buffer);
    const mix = (high: number) => Math.imul(high, 0x9e3779b1);
    const twin = new Float64Array(Uint32Array.of(words[0] ^ mix(words[1]) ^ mix(words[1] + 1), words[1] + 1).buffer)[0];
    expect(twin).not.toBe(1.5);
    expect(groupsOf({ totals: [1], entities: 3, rows: [[0, 1.5, 1, twin, 2, 1.5]] })).toEqual([[0, 2]]);
  });

  it('are found among many, as comparing every pair would', () => {
    const draws = drawsOf(randomOf(51));
    let found = 0;
    for (let k = 0; k < 40; k++) {
      const entities = 2 + (k % 20);
      const sketch = randomSketch(draws, { bricks: 1 + (k % 7), entities, density: 0.5 });
      // exposures of 1 or 2: many columns alike
      const rows = sketch.rows.map((row) =>
        row.map((x, i) => (i % 2 === 1 ? 1 + Math.floor(1.2 * draws.uniform()) : x)),
      );
      const exposureOf = (row: readonly number[], e: number) => {
        for (let i = 0; i < row.length; i += 2) if (row[i] === e) return row[i + 1];
        return 0;
      };
      const expected = new Map<string, number[]>();
      for (let e = 0; e < entities; e++) {
        const column = rows.map((row) => exposureOf(row, e)).join(' ');
        expected.set(column, [...(expected.get(column) ?? []), e]);
      }
      const groups = [...expected.values()].filter((group) => group.length > 1);
      found += groups.length;
      expect(groupsOf({ ...sketch, rows })).toEqual(groups);
    }
    expect(found).toBeGreaterThan(20);
  });

  it('share their mass evenly under the prior, are flagged, and have trust 0', async () => {
    const rows = [[0, 1, 1, 1, 2, 2], [0, 3, 1, 3], [2, 4], [0, 1, 1, 1, 2, 1]]; // biome-ignore format: a table
    const { totals, exposure } = tablesOf({ totals: [10, 30, 20, 9], entities: 3, rows });
    const found = await run({ totals, exposure }, modelOf({}));
    const productivity = byEntity(found, 'productivity', 3);
    const trust = byEntity(found, 'trust', 3);
    expect(productivity[0]).toBe(productivity[1]);
    expect([...trust.slice(0, 2)]).toEqual([0, 0]);
    expect(trust[2]).toBeGreaterThan(0);
    expect(found.entities.columns.flags).toEqual(['indistinguishable', 'indistinguishable', '']);
    expect(found.indistinguishable).toEqual([[{ entity: 'e000000' }, { entity: 'e000001' }]]);
  });
});
