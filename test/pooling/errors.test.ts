import { describe, expect, it } from 'vitest';
import { fit, fitJson, type Model, type Tables } from '../../bindings/index.js';
import { randomOf } from '../support/kernels.js';
import { refusalOf } from '../support/refusal.js';
import { figures, rowsBy } from '../support/simulations.js';
import {
  byAd,
  distance,
  engines,
  fitOf,
  modelOf,
  type Pooling,
  type Sample,
  sampleOf,
  tablesOf,
  warningsOf,
} from './support.js';

const sample = sampleOf({ seed: 81, weeks: 30 });
const asked = { output: { standardErrors: true } };
const names = ['posteriorDeviation', 'standardError', 'sandwichError', 'blockError'] as const;

/** Ads with bricks of their own, in weeks and halves of weeks; 24 bricks each. */
function aloneIn(seed: number, ads: readonly string[], geo: (ad: string) => string) {
  const uniform = randomOf(seed);
  const rows = ads.flatMap((ad, a) =>
    Array.from({ length: 24 }, (_, b) => {
      const clicks = 1 + 9 * uniform();
      const sales = clicks * (2 + a) * (0.4 + 1.2 * uniform());
      return { ad, geo: geo(ad), week: `w${b >> 1}`, half: `h${b & 1}`, clicks, sales };
    }),
  );
  const column = (name: keyof (typeof rows)[0]) => rows.map((row) => row[name]);
  const brick = { geo: column('geo'), week: column('week'), half: column('half') };
  const tables = {
    totals: { ...brick, sales: column('sales') },
    exposure: { ...brick, ad: column('ad'), clicks: column('clicks') },
  } as Tables;
  const key = ['geo', 'week', 'half'];
  const columns = { totals: { brick: key, value: 'sales' }, exposure: { brick: key, entity: ['ad'], value: 'clicks' } };
  return { rows, tables, columns };
}

type Row = ReturnType<typeof aloneIn>['rows'][0];

/** Sums over an ad's bricks at its productivity: of totals, of squared scores, and of squared scores of each week together. */
function sumsOf(rows: readonly Row[], productivity: number) {
  const weeks = new Map<string, number>();
  const sums = { total: 0, exposure: 0, squares: 0, blocks: 0, weeks: 0 };
  for (const { clicks, sales, week } of rows) {
    const expected = clicks * productivity;
    const score = (sales / expected - 1) * expected;
    sums.total += sales;
    sums.exposure += clicks;
    sums.squares += score * score;
    weeks.set(week, (weeks.get(week) ?? 0) + score);
  }
  for (const score of weeks.values()) sums.blocks += score * score;
  sums.weeks = weeks.size;
  return sums;
}

describe('standard errors of an ad alone in its bricks, by hand', () => {
  const { rows, tables, columns } = aloneIn(1, ['a', 'b', 'c'], (ad) => `only ${ad}`);
  // the prior of this ad's own rate: H = total + psi a, and the rate is total / exposure
  const cases: [Model['model'], (total: number, weight: number) => number][] = [
    [{ pooling: { kind: 'gamma', spread: 0.5 } }, (total, weight) => total + weight],
    [{ family: 'poisson', pooling: { kind: 'gamma', spread: 0.2, evidence: 12 } }, (total, weight) => total + weight],
    [{ pooling: { kind: 'none' } }, (total) => total],
    // the root is free and follows: nothing holds the ad
    [{ pooling: { kind: 'lognormal' } }, (total) => total],
    [{ pooling: { kind: 'lognormal', groups: ['ad'] } }, (total) => total],
  ];
  for (const [model, information] of cases) {
    for (const engine of engines) {
      it(`are those of one number: ${JSON.stringify(model)} (${engine.kernels})`, async () => {
        const found = await engine.fit(tables, {
          ...columns,
          model: { ...model, blocks: ['week'] },
          fit: { tolerance: 1e-14 },
          ...asked,
        });
        const at = rowsBy(found.entities, ['ad']);
        const dispersion = figures(found.components, 'dispersion');
        const weights = figures(found.components, 'priorWeight');
        expect(found.counts.components).toBe(3);
        ['a', 'b', 'c'].forEach((ad, c) => {
          const r = at.get(ad)!;
          const productivity = figures(found.entities, 'productivity')[r];
          const own = rows.filter((row) => row.ad === ad);
          const { total, exposure, squares, blocks, weeks } = sumsOf(own, productivity);
          expect(Math.abs((productivity * exposure) / total - 1)).toBeLessThan(1e-9);
          if (model?.family === 'poisson') {
            expect(dispersion[c]).toBe(1);
            expect(Math.abs(weights[c] / ((1 + 24 / 12) / 0.04) - 1)).toBeLessThan(1e-12);
          }
          const held = information(total, weights[c]);
          // 24 bricks, capped at the evidence
          const { pooling } = found;
          const cap = pooling.kind === 'none' || pooling.evidence === 'none' ? 1 : 1 + 24 / pooling.evidence!;
          const expected = {
            posteriorDeviation: Math.sqrt((dispersion[c] * cap) / held),
            standardError: Math.sqrt(dispersion[c] / held),
            sandwichError: Math.sqrt(squares) / held,
            blockError: Math.sqrt((blocks * weeks) / (weeks - 1)) / held,
          };
          for (const name of names) {
            expect(Math.abs(figures(found.entities, name)[r] / expected[name] - 1)).toBeLessThan(1e-8);
          }
        });
      });
    }
  }
});

describe('standard errors of two ads that a brick without a sale joins, by hand', () => {
  it('are those of a total and a prior each, whatever the rates are that it holds them to', async () => {
    const weeks = [12, 30, 22, 8, 15, 40, 3, 9, 27, 18, 6];
    const joined: Sample = {
      ads: ['a', 'b'],
      columns: {},
      totals: [
        ...weeks.flatMap((sales, w) => [['tv', `a${w}`, 4 * sales] as const, ['tv', `b${w}`, sales] as const]),
        ['tv', 'both', 0],
      ],
      rows: [
        ...weeks.flatMap((sales, w) => [['tv', `a${w}`, 0, 10 + w] as const, ['tv', `b${w}`, 1, sales + w] as const]),
        ['tv', 'both', 0, 1e-9],
        ['tv', 'both', 1, 1e-9],
      ],
    };
    const found = await fitOf(joined, { kind: 'gamma', spread: 0.4 }, { tolerance: 1e-14 }, asked);
    const [phi] = figures(found.components, 'dispersion');
    const [weight] = figures(found.components, 'priorWeight');
    const sum = weeks.reduce((total, sales) => total + sales, 0);
    // at the optimum productivity (exposure - credits) + weight productivity / rate is the weight
    const expected = [4 * sum, sum].map((total) => Math.sqrt(phi / (total + weight)));
    expect(distance(byAd(found, joined.ads, 'standardError'), expected)).toBeLessThan(1e-6);
    const [a, b] = byAd(found, joined.ads, 'productivity');
    expect(a / b).toBeGreaterThan(1.2);
  });
});

describe('standard errors of two ads that share a common rate, by hand', () => {
  it('are those of two numbers and a root that is free', async () => {
    const { rows, tables, columns } = aloneIn(2, ['a', 'b'], (ad) => `only ${ad}`);
    const pooling: Pooling = { kind: 'lognormal', spread: 0.4, together: true };
    for (const engine of engines) {
      const found = await engine.fit(tables, { ...columns, model: { pooling }, fit: { tolerance: 1e-14 }, ...asked });
      expect(found.counts.components).toBe(1);
      const [phi] = figures(found.components, 'dispersion');
      const weight = (phi * (1 + 48 / 25)) / Math.log(1.16);
      const at = rowsBy(found.entities, ['ad']);
      const of = (ad: string) => {
        const productivity = figures(found.entities, 'productivity')[at.get(ad)!];
        const own = rows.filter((row) => row.ad === ad);
        return {
          ...sumsOf(own, productivity),
          expected: own.reduce((sum, { clicks }) => sum + clicks * productivity, 0),
        };
      };
      const [a, b] = [of('a'), of('b')];
      // curvature in ln productivity is what is expected; the root leaves half a spring between the two
      const [A, B] = [a.expected + weight / 2, b.expected + weight / 2];
      const determinant = A * B - (weight * weight) / 4;
      const first = Math.sqrt((phi * B) / determinant);
      const inverse = [B / determinant, weight / 2 / determinant];
      const sandwich = Math.sqrt(inverse[0] ** 2 * a.squares + inverse[1] ** 2 * b.squares);
      expect(Math.abs(figures(found.entities, 'standardError')[at.get('a')!] / first - 1)).toBeLessThan(1e-8);
      expect(Math.abs(figures(found.entities, 'sandwichError')[at.get('a')!] / sandwich - 1)).toBeLessThan(1e-8);
      expect(figures(found.entities, 'blockError')).toEqual(Float64Array.of(Number.NaN, Number.NaN));
    }
  });
});

describe('columns of standard errors', () => {
  it('are there where they are asked for, and only there', async () => {
    const plain = await fitOf(sample, { kind: 'lognormal' }, {});
    const found = await fitOf(sample, { kind: 'lognormal' }, {}, asked);
    expect(found.entities.names).toEqual([...plain.entities.names.slice(0, -1), ...names, 'flags']);
    for (const name of plain.entities.names) expect(found.entities.columns[name]).toEqual(plain.entities.columns[name]);
    expect('entities' in fitJson(plain)).toBe(false);
  });

  it('are there where there is nothing to fit, and hold nothing', async () => {
    const quiet: Sample = { ...sample, totals: sample.totals.map(([medium, week]) => [medium, week, 0]) };
    const found = await fitOf(quiet, { kind: 'lognormal' }, {}, asked);
    for (const name of names) {
      expect(found.entities.names).toContain(name);
      expect(byAd(found, sample.ads, name)).toEqual(sample.ads.map(() => Number.NaN));
    }
  });

  it('have rows of their own in fit.json, null where there is none', async () => {
    const found = await fitOf(sample, { kind: 'gamma' }, {}, asked);
    const entities = fitJson(found).entities as Record<string, unknown>[];
    expect(entities).toHaveLength(sample.ads.length);
    expect(entities[3]).toEqual({
      ad: found.entities.columns.ad && entities[3].ad,
      productivity: figures(found.entities, 'productivity')[3],
      posteriorDeviation: figures(found.entities, 'posteriorDeviation')[3],
      standardError: figures(found.entities, 'standardError')[3],
      sandwichError: figures(found.entities, 'sandwichError')[3],
      blockError: null,
    });
  });

  it('are no names for keys', async () => {
    for (const name of [...names, 'relative']) {
      const model = {
        ...modelOf({ kind: 'none' }),
        exposure: { brick: ['medium', 'week'], entity: [name], value: 'clicks' },
      };
      expect(await refusalOf(() => fit(tablesOf(sample), model))).toEqual([
        `exposure.entity: expected a column name that the result does not use, got "${name}". Rename the column.`,
      ]);
    }
  });
});

describe('standard errors', () => {
  it('are NaN at spread 0, where nothing is estimated', async () => {
    const found = await fitOf(
      sample,
      { kind: 'gamma', spread: 0 },
      {},
      { ...asked, model: { pooling: { kind: 'gamma', spread: 0 }, blocks: ['week'] } },
    );
    for (const name of names) expect(byAd(found, sample.ads, name)).toEqual(sample.ads.map(() => Number.NaN));
    expect(found.warnings).toEqual([]);
  });

  it('are those of one brick a block where every brick is a block, but for the factor of few', async () => {
    const pooling: Pooling = { kind: 'tree', levels: ['market', 'campaign'] };
    const at = (blocks: string[]) => fitOf(sample, pooling, {}, { ...asked, model: { pooling, blocks } });
    const found = await at(['week']);
    const factor = Math.sqrt(30 / 29);
    const blocks = byAd(found, sample.ads, 'blockError').map((x) => x / factor);
    expect(distance(blocks, byAd(found, sample.ads, 'sandwichError'))).toBeLessThan(1e-12);
    // one medium is one block, which says nothing
    expect(byAd(await at(['medium']), sample.ads, 'blockError')).toEqual(sample.ads.map(() => Number.NaN));
    expect(byAd(await at([]), sample.ads, 'blockError')).toEqual(sample.ads.map(() => Number.NaN));
    const time = { effectiveExposure: { time: 'week', gaps: 'zero' as const, curves: {} } };
    const byTime = await fitOf(sample, pooling, {}, { ...asked, ...time });
    expect(byAd(byTime, sample.ads, 'blockError')).toEqual(byAd(found, sample.ads, 'blockError'));
  });

  it('shrink where more is known: a heavier prior, and more bricks', async () => {
    const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    const at = async (of: Sample, spread: number) =>
      mean(byAd(await fitOf(of, { kind: 'gamma', spread }, {}, asked), of.ads, 'standardError'));
    const long = sampleOf({ seed: 81, weeks: 300 });
    expect(await at(sample, 0.05)).toBeLessThan(await at(sample, 0.5));
    expect(await at(long, 3)).toBeLessThan(await at(sample, 3));
  });

  it('are none without pooling where there are more ads than bricks, and the warning says why', async () => {
    const few = sampleOf({ seed: 82, weeks: 7, campaigns: 4 });
    const found = await fitOf(few, { kind: 'none' }, {}, asked);
    for (const name of names) expect(byAd(found, few.ads, name)).toEqual(few.ads.map(() => Number.NaN));
    expect(warningsOf(found, 'errors-undefined')).toEqual([
      '1 component whose totals leave the optimum open: no standard errors of productivities there. Use pooling.',
    ]);
    const pooled = await fitOf(few, { kind: 'gamma' }, {}, asked);
    for (const x of byAd(pooled, few.ads, 'standardError')) expect(x).toBeGreaterThan(0);
    expect(warningsOf(pooled, 'errors-undefined')).toEqual([]);
  });

  it('are none beyond 2,000 unknowns, and the warning says why', async () => {
    const message =
      '1 component of more than 2000 entities and groups: no standard errors of productivities there, they take the inverse of a matrix of that size.';
    const rough = { tolerance: 1e-3 };
    const ads = Array.from({ length: 2001 }, (_, ad) => `ad${ad}`);
    const totals = [30, 50, 20, 40].map((sales, w) => ['tv', `w${w}`, sales] as const);
    const all: Sample = {
      ads,
      columns: {},
      totals,
      // the first runs in every week, the others in one
      rows: totals.flatMap(([medium, week], w) =>
        ads.flatMap((_, ad) => (ad % 4 === w || ad === 0 ? [[medium, week, ad, 1 + (ad % 7)] as const] : [])),
      ),
    };
    const full = await fitOf(all, { kind: 'gamma' }, rough, asked);
    expect(warningsOf(full, 'errors-too-large')).toEqual([message]);
    expect(new Set(byAd(full, all.ads, 'standardError'))).toEqual(new Set([Number.NaN]));
    const less: Sample = { ...all, ads: all.ads.slice(0, 1999), rows: all.rows.filter(([, , ad]) => ad < 1999) };
    // 1,999 ads, two groups, a root
    const pooling: Pooling = { kind: 'lognormal', groups: ['half'] };
    const halves = { ...less, columns: { half: less.ads.map((_, ad) => `h${ad % 2}`) } };
    expect(warningsOf(await fitOf(halves, pooling, rough, asked), 'errors-too-large')).toEqual([message]);
  });

  it('ask for blocks that there are', async () => {
    const model = { pooling: { kind: 'gamma' } as const, blocks: ['weak'] };
    const config = { ...modelOf(model.pooling), model };
    expect(await refusalOf(() => fit(tablesOf(sample), { ...config, ...asked }))).toEqual([
      'model.blocks[0]: expected one of totals.brick, got "weak". Did you mean "week"?',
    ]);
    // blocks are for errors: alone they would say nothing
    expect(await refusalOf(() => fit(tablesOf(sample), { ...config, model: { ...model, blocks: ['week'] } }))).toEqual([
      'model.blocks: expected covariates, or output.standardErrors, beside it, got ["week"] alone',
    ]);
  });
});
