import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Fit, fit, type Model, type ResultTable, type Tables } from '../../../bindings/index.js';
import { figures, rowsBy, words } from '../../support/simulations.js';
import { creativeName, largeProblem, largeTables } from './large.js';

// Computed in 40 digits, and by a second method that agrees: reference.py beside this file says how.

interface Data {
  readonly totals: number[];
  readonly week?: number[];
  readonly cells: [brick: number, entity: number, exposure: number][];
  readonly columns?: Record<string, string[]>;
}

interface Case {
  readonly problem: string;
  readonly family: string;
  readonly pooling: { kind: string; groups?: string[]; levels?: string[]; spread: number | string };
}

interface Figures {
  readonly productivity: number[];
  readonly logLikelihood: number;
  readonly effectiveParameters: number;
  readonly dispersion: number;
}

/** `productivity` is null where nothing holds it; `ratio` is to the first of its level. */
interface Group {
  readonly level: string;
  readonly group: string;
  readonly productivity: number | null;
  readonly ratio?: number;
}

interface Spread {
  readonly level: string | null;
  readonly spread: number;
  readonly estimated: boolean;
  readonly groups: number;
}

type Mode = Case & Figures & { readonly groups: Group[] };
const errorNames = ['standardError', 'sandwichError', 'blockError'] as const;

const { problems, modes, errors, spreads, optima, large } = JSON.parse(
  readFileSync(new URL('reference.json', import.meta.url), 'utf8'),
) as {
  problems: Record<string, Data>;
  modes: Mode[];
  errors: (Case & Figures & Record<(typeof errorNames)[number], number[]>)[];
  spreads: (Mode & { spreads: Spread[] })[];
  optima: Omit<Case, 'problem'> & { problem: Data; tops: { productivity: number[]; objective: number }[] };
  large: Omit<Case, 'problem'> & {
    seed: number;
    every: number;
    checks: Record<string, number>;
    theta: number[];
    groups: { level: string; group: string; value: number }[];
    logLikelihood: number;
  };
};

const name = (h: number) => `H${String(h).padStart(3, '0')}`;
const tablesOf = ({ totals, week = totals.map(() => 0), cells, columns = {} }: Data): Tables => {
  const entities = 1 + Math.max(...cells.map(([, h]) => h));
  return {
    totals: { brick: [...totals.keys()], week, sales: totals },
    exposure: {
      brick: cells.map(([b]) => b),
      week: cells.map(([b]) => week[b]),
      hcp: cells.map(([, h]) => name(h)),
      visits: cells.map(([, , w]) => w),
    },
    entities: { hcp: Array.from({ length: entities }, (_, h) => name(h)), ...columns },
  };
};

/** What pooling on ln productivity adds to a fit. */
type Pooled = Fit & {
  readonly groups: ResultTable<'productivity'>;
  readonly spreads: readonly Spread[];
};

/** The fit of a case on both kernel sets. */
async function fitBoth(data: Data, { family, pooling }: Omit<Case, 'problem'>, output: object = {}): Promise<Pooled[]> {
  const config = {
    totals: { brick: ['brick', 'week'], value: 'sales' },
    exposure: { brick: ['brick', 'week'], entity: ['hcp'], value: 'visits' },
    entities: { entity: ['hcp'] },
    model: { family, pooling, ...('standardErrors' in output && { blocks: ['week'] }) },
    fit: { tolerance: 1e-16 },
    output,
  } as unknown as Model;
  const tables = tablesOf(data);
  return [
    (await fit(tables, config, { kernels: 'wasm' })) as Pooled,
    (await fit(tables, config, { kernels: 'js' })) as Pooled,
  ];
}

/** Within a relative distance. */
function expectNear(found: ArrayLike<number>, expected: readonly number[], what: string, within = 1e-8): void {
  expect(found.length, what).toBe(expected.length);
  expected.forEach((x, i) => {
    const off = Math.abs(found[i] - x) / Math.abs(x);
    if (!(off <= within)) expect.fail(`${what}[${i}]: ${found[i]} is ${off.toExponential(1)} from ${x}`);
  });
}

/** A figure of the entities by their number; they come in an order of their own. */
function byNumber({ entities }: Fit, column: string, key = 'hcp', nameOf = name): Float64Array {
  const rows = rowsBy(entities, [key]);
  const values = figures(entities, column);
  return values.map((_, h) => values[rows.get(nameOf(h)) ?? Number.NaN]);
}

/** Under a gamma prior a fit ends where its gap is proven: productivities are near to about its square root. */
const nearest = ({ pooling: { kind } }: Pick<Case, 'pooling'>) => (kind === 'gamma' ? 1e-7 : 1e-8);

function expectFigures(found: Fit, expected: Figures & Pick<Case, 'pooling'>): void {
  expectNear(byNumber(found, 'productivity'), expected.productivity, 'productivity', nearest(expected));
  expectNear([found.logLikelihood!], [expected.logLikelihood], 'logLikelihood');
  const { effectiveParameters, dispersion } = found.components.columns;
  expectNear(effectiveParameters, [expected.effectiveParameters], 'effectiveParameters', nearest(expected));
  expectNear(dispersion, [expected.dispersion], 'dispersion', nearest(expected));
}

/** Group values as text of the level and the group. One set of groups has no level to tell apart. */
function valuesOf({ groups }: Pooled, kind: string): Map<string, number> {
  const levels = words(groups, 'level');
  const productivity = figures(groups, 'productivity');
  return new Map(
    words(groups, 'group').map((group, r) => [
      kind === 'lognormal' ? group : `${levels[r]}: ${group}`,
      productivity[r],
    ]),
  );
}

function expectGroups(found: Pooled, { groups, pooling: { kind } }: Mode): void {
  if (groups.length === 0) return;
  const values = valuesOf(found, kind);
  const key = ({ level, group }: Group) => (kind === 'lognormal' ? group : `${level}: ${group}`);
  const first = new Map<string, number>();
  for (const row of groups) {
    const value = values.get(key(row)) ?? Number.NaN;
    // crossed columns share what is common to all: their ratios are their own
    if (row.ratio !== undefined) {
      if (!first.has(row.level)) first.set(row.level, value);
      expectNear([value / first.get(row.level)!], [row.ratio], key(row));
    } else if (row.productivity !== null) expectNear([value], [row.productivity], key(row));
  }
}

const titleOf = ({ problem, family, pooling }: Case) => `${problem}, ${family}, ${JSON.stringify(pooling)}`;

describe('the posterior mode', () => {
  for (const expected of modes) {
    it(`is where Newton in 40 digits found it: ${titleOf(expected)}`, async () => {
      for (const found of await fitBoth(problems[expected.problem], expected)) {
        expectFigures(found, expected);
        expectGroups(found, expected);
      }
    });
  }

  it('is one of the two tops, where there are two', async () => {
    for (const found of await fitBoth(optima.problem, optima)) {
      const productivity = byNumber(found, 'productivity');
      const off = optima.tops.map((top) =>
        Math.max(...top.productivity.map((x, h) => Math.abs(productivity[h] / x - 1))),
      );
      expect(Math.min(...off)).toBeLessThan(1e-8);
    }
  });
});

describe('standard errors of ln productivity', () => {
  for (const expected of errors) {
    it(`are those of the curvature found by differences: ${titleOf(expected)}`, async () => {
      for (const found of await fitBoth(problems[expected.problem], expected, { standardErrors: true })) {
        expectFigures(found, expected);
        for (const error of errorNames) expectNear(byNumber(found, error), expected[error], error, nearest(expected));
      }
    });
  }
});

describe('estimated spreads', () => {
  for (const expected of spreads) {
    it(`are stationary, as computed by a second form of the density: ${titleOf(expected)}`, async () => {
      for (const found of await fitBoth(problems[expected.problem], expected)) {
        for (const { level, spread, estimated, groups } of expected.spreads) {
          // one set of groups: the only level there is
          const single = expected.pooling.kind === 'lognormal' && level !== null;
          const row = found.spreads.find((s) => (single ? s.level !== null : s.level === level));
          expect(row, `${level}`).toMatchObject({ estimated, groups });
          expectNear([row!.spread!], [spread], `${level}`, 1e-4);
        }
        // productivities move with the spreads, at most in proportion
        expectNear(byNumber(found, 'productivity'), expected.productivity, 'productivity', 1e-3);
      }
    });
  }
});

describe('a large tree', () => {
  const problem = largeProblem(large.seed);
  const { totals, creative, exposure, campaign } = problem;

  it('is the same problem here and in Python', () => {
    const bricksOf = new Uint32Array(campaign.length);
    for (const h of creative) bricksOf[h]++;
    expect({
      exposures: exposure.length,
      exposure: exposure.reduce((sum, x) => sum + x, 0),
      totals: totals.reduce((sum, y) => sum + y, 0),
      weighedTotals: totals.reduce((sum, y, b) => sum + (b + 1) * y, 0),
      weighedExposure: exposure.reduce((sum, x, j) => sum + (creative[j] + 1) * x, 0),
      campaigns: campaign.reduce((sum, c) => sum + c, 0),
      inOneBrick: bricksOf.filter((count) => count === 1).length,
      mostBricks: bricksOf.reduce((most, count) => Math.max(most, count), 0),
    }).toEqual(large.checks);
  });

  for (const kernels of ['wasm', 'js'] as const) {
    it(`has the mode of dense Newton (${kernels})`, async () => {
      const config = {
        totals: { brick: ['brick'], value: 'sales' },
        exposure: { brick: ['brick'], entity: ['creative'], value: 'visits' },
        entities: { entity: ['creative'] },
        model: { family: large.family, pooling: large.pooling },
        // no certificate: productivities are as near as the square root of what a step may still promise
        fit: { tolerance: 1e-26 },
      } as unknown as Model;
      const found = (await fit(largeTables(problem), config, { kernels })) as Pooled;
      const sampled = byNumber(found, 'productivity', 'creative', creativeName).filter((_, h) => h % large.every === 0);
      expectNear(sampled, large.theta.map(Math.exp), 'productivity', 1e-10);
      const values = valuesOf(found, 'tree');
      for (const { level, group, value } of large.groups) {
        const key = `${level}: ${group}`;
        expectNear([values.get(key) ?? Number.NaN], [Math.exp(value)], key, 1e-10);
      }
      expectNear([found.logLikelihood!], [large.logLikelihood], 'logLikelihood');
    });
  }
});
