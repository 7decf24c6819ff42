import { describe, expect, it } from 'vitest';
import type { Model, Tables } from '../bindings/index.js';
import { openWorkshop, prepare } from '../bindings/jobs/engine.js';
import { learnParts, sameComponent } from '../bindings/jobs/learnParts.js';

const workshop = await openWorkshop({ kernels: 'js' });
const curve = { adstock: { kind: 'geometric', decay: 0.5 } } as const;

function problemOf(rows: readonly [brick: string, week: number, medium: string, who: string, value: number][]) {
  const [brick, week, medium, who, value] = [0, 1, 2, 3, 4].map((c) => rows.map((row) => row[c]));
  const keys = [...new Map(rows.map((row) => [`${row[0]} ${row[1]}`, row])).values()];
  const tables = {
    totals: { brick: keys.map(([name]) => name), week: keys.map((row) => row[1]), y: keys.map(() => 1) },
    exposure: { brick, week, medium, who, value },
  } as unknown as Tables;
  const model: Model = {
    totals: { brick: ['brick', 'week'], value: 'y' },
    exposure: { brick: ['brick', 'week'], entity: ['medium', 'who'], value: 'value' },
    effectiveExposure: { time: 'week', by: ['medium'], curves: { tv: curve, radio: curve, search: curve } },
  };
  return prepare(workshop, tables, model, {});
}

describe('the parts of a problem that curves reach', () => {
  it('are its media where no brick has two of them', async () => {
    const prepared = await problemOf([
      ['t', 1, 'tv', 'a', 3],
      ['r', 1, 'radio', 'b', 4],
      ['t', 2, 'tv', 'a', 5],
      ['r', 2, 'radio', 'c', 6],
    ]);
    const parts = learnParts(prepared);
    expect(parts.map(({ curves }) => curves)).toEqual([[['radio']], [['tv']]]);
    // each with its own deliveries, in the same bricks
    expect(parts.map(({ deliveries }) => [...deliveries.value])).toEqual([
      [4, 6],
      [3, 5],
    ]);
    for (const { deliveries } of parts) expect(deliveries.segments).toHaveLength(5);
    expect(parts.flatMap(({ components }) => components).sort()).toEqual(
      [0, 1, 2].slice(0, prepared.problem.panel.columns.length - 1),
    );
  });

  it('hold together what one brick, or one curve, joins', async () => {
    const joined = await problemOf([
      ['t', 1, 'tv', 'a', 3],
      ['t', 1, 'radio', 'b', 4],
      ['s', 1, 'search', 'c', 1],
      ['u', 1, 'search', 'd', 2],
    ]);
    expect(joined.problem.panel.columns).toHaveLength(4); // search has two components
    const parts = learnParts(joined);
    expect(parts.map(({ curves }) => curves)).toEqual([[['radio'], ['tv']], [['search']]]);
    expect(parts.map(({ components }) => components.length)).toEqual([1, 2]);
  });
});

describe('a component', () => {
  it('is the same where all its numbers are', async () => {
    const rows: Parameters<typeof problemOf>[0] = [
      ['r', 1, 'radio', 'b', 4],
      ['t', 1, 'tv', 'a', 3],
      ['t', 1, 'tv', 'c', 5],
    ];
    const [one, two, three] = [
      (await problemOf(rows)).problem.panel,
      (await problemOf(rows)).problem.panel,
      (await problemOf([rows[0], rows[1], ['t', 1, 'tv', 'c', 6]])).problem.panel,
    ];
    expect([sameComponent(one, two, 0), sameComponent(one, two, 1)]).toEqual([true, true]);
    expect([sameComponent(one, three, 0), sameComponent(one, three, 1)]).toEqual([true, false]);
    const fewer = (await problemOf(rows.slice(0, 1))).problem.panel;
    expect(sameComponent(one, fewer, 0)).toBe(false);
  });
});
