import { describe, expect, it } from 'vitest';
import { type Curves, effectiveExposure, fit, type Model, toCsv } from '../../bindings/index.js';
import { type Delivery, modelWith, tablesOf } from '../exposure/support.js';
import { randomOf } from '../support/kernels.js';
import { refusalOf } from '../support/refusal.js';
import { figures, words } from '../support/simulations.js';

const hill: Curves = {
  tv: {
    adstock: { kind: 'geometric', decay: 0.5 },
    saturation: { kind: 'hill', halfSaturation: 0.4, slope: 1 },
  },
};

/** Weeks 1 to 12 in two geos, three campaigns with holes; totals from week 3 on, backwards, so that order shows. */
function example() {
  const random = randomOf(9);
  const deliveries: Delivery[] = [];
  for (let week = 1; week <= 12; week++) {
    for (const geo of ['S', 'N']) {
      for (const campaign of ['c', 'a', 'b']) {
        if (random() < 0.5) deliveries.push([week, geo, 'tv', campaign, Math.floor(random() * 100)]);
      }
    }
  }
  const weeks = Array.from({ length: 10 }, (_, i) => 12 - i);
  return tablesOf(deliveries, weeks, ['S', 'N']);
}

describe('effectiveExposure', () => {
  it('has the rows and the exposure of the allocation table, in its order', async () => {
    const model = modelWith(hill);
    const [{ table }, { allocation }] = [await effectiveExposure(example(), model), await fit(example(), model)];
    expect(table.names).toEqual(['medium', 'week', 'geo', 'campaign', 'delivered', 'exposure']);
    for (const name of ['medium', 'week', 'geo', 'campaign'])
      expect(words(table, name)).toEqual(words(allocation, name));
    expect(table.columns.exposure).toEqual(allocation.columns.exposure);
    expect(table.rows).toBeGreaterThan(30);
  });

  it('gives what was delivered, and 0 where only carry-over has effect', async () => {
    const tables = example();
    const { table } = await effectiveExposure(tables, modelWith(hill));
    const given = tables.exposure as Record<string, (string | number)[]>;
    const delivered = new Map(
      given.impressions.map((x, r) => [`${given.week[r]} ${given.geo[r]} ${given.campaign[r]}`, x]),
    );
    const [weeks, geos, campaigns] = ['week', 'geo', 'campaign'].map((name) => words(table, name));
    const expected = weeks.map((week, r) => delivered.get(`${week} ${geos[r]} ${campaigns[r]}`) ?? 0);
    expect([...table.columns.delivered]).toEqual(expected);
    const carried = expected.filter((x, r) => x === 0 && table.columns.exposure[r] > 0);
    expect(carried.length).toBeGreaterThan(5);
  });

  it('adds rows of one brick and entity up where that is asked for', async () => {
    const tables = tablesOf(
      [
        [1, 'N', 'tv', 'a', 3],
        [1, 'N', 'tv', 'a', 4],
      ],
      [1],
    );
    const model: Model = { ...modelWith({}), effectiveExposure: undefined };
    const { table } = await effectiveExposure(tables, { ...model, exposure: { ...model.exposure, duplicates: 'sum' } });
    expect([...table.columns.delivered, ...table.columns.exposure]).toEqual([7, 7]);
  });

  it('tells where the data lie: what saturates, at every place and period, history too', async () => {
    const all = example();
    const everyWeek = {
      ...all,
      totals: tablesOf(
        [],
        Array.from({ length: 12 }, (_, i) => i + 1),
        ['S', 'N'],
      ).totals,
    };
    const { table, curves } = await effectiveExposure(everyWeek, modelWith(hill));
    expect(curves.map(({ by }) => by)).toEqual([['tv']]);
    expect(curves[0].curve).toMatchObject((hill as { tv: object }).tv);
    const sums = new Map<string, number>();
    const [weeks, geos] = [words(table, 'week'), words(table, 'geo')];
    figures(table, 'exposure').forEach((x, r) => {
      const brick = `${weeks[r]} ${geos[r]}`;
      sums.set(brick, (sums.get(brick) ?? 0) + x);
    });
    // the medium's exposure in a brick is the curve at one of the points
    const points = [...curves[0].scaled].sort((a, b) => a - b).map((x) => x / (x + 0.4));
    const bricks = [...sums.values()].sort((a, b) => a - b);
    expect(points.length).toBe(24);
    expect(bricks.length).toBe(24);
    for (const [i, point] of points.entries()) expect(point).toBeCloseTo(bricks[i], 14);
    // those before the first total are seen all the same
    const { curves: late } = await effectiveExposure(all, modelWith(hill));
    expect([...late[0].scaled].sort()).toEqual([...curves[0].scaled].sort());
  });

  it('sees every entity where these saturate by themselves, and says that the split depends on the cut', async () => {
    const tables = tablesOf(
      [
        [1, 'N', 'tv', 'a', 4],
        [2, 'N', 'tv', 'a', 2],
        [2, 'N', 'tv', 'b', 5],
      ],
      [1, 2],
    );
    const { curves, warnings } = await effectiveExposure(
      tables,
      modelWith({ tv: { saturation: { kind: 'hill', halfSaturation: 1, slope: 1, of: 'entity' } } }),
    );
    expect([...curves[0].scaled].sort()).toEqual([0.5, 1, 1]);
    expect(warnings.map(({ code }) => code)).toEqual(['depends-on-cut']);
  });

  it('sees frequencies where these saturate', async () => {
    const tables = tablesOf(
      [
        [1, 'N', 'tv', 'a', 4],
        [2, 'N', 'tv', 'b', 5],
      ],
      [1, 2],
    );
    const model = modelWith({ tv: { saturation: { kind: 'hill', halfSaturation: 2, slope: 1, of: 'frequency' } } });
    const { curves, table } = await effectiveExposure(
      { ...tables, exposure: { ...tables.exposure, times: [2, 6] } as never },
      { ...model, exposure: { ...model.exposure, frequency: 'times' } },
    );
    expect([...curves[0].scaled]).toEqual([2, 6]);
    expect([...table.columns.exposure]).toEqual([4 / 2, expect.closeTo((5 * 6) / 8, 12)]);
    expect([...table.columns.delivered]).toEqual([4, 5]);
  });

  it('names the periods in their order, and their step', async () => {
    const tables = tablesOf(
      [
        [10, 'N', 'tv', 'a', 1],
        [8, 'N', 'tv', 'a', 1],
      ],
      [9, 10],
    );
    const { periods, step } = await effectiveExposure(tables, modelWith(hill));
    expect(periods).toEqual(['8', '9', '10']);
    expect(step).toEqual({ unit: 'number', size: 1 });
    const gap = tablesOf(
      [
        [8, 'N', 'tv', 'a', 1],
        [9, 'N', 'tv', 'a', 1],
      ],
      [9, 11],
    );
    expect((await effectiveExposure(gap, modelWith(hill, { gaps: 'zero' }))).periods).toEqual(['8', '9', '', '11']);
  });

  it('is as delivered without curves', async () => {
    const model: Model = { ...modelWith({}), effectiveExposure: undefined };
    const { table, curves, periods, step } = await effectiveExposure(example(), model);
    expect(table.columns.exposure).toEqual(table.columns.delivered);
    expect([curves, periods, step]).toEqual([[], [], null]);
  });

  it('gives the same bits in both kernel sets', async () => {
    const [wasm, js] = await Promise.all(
      (['wasm', 'js'] as const).map((kernels) => effectiveExposure(example(), modelWith(hill), { kernels })),
    );
    expect(toCsv(wasm.table)).toBe(toCsv(js.table));
    expect(wasm.curves).toEqual(js.curves);
    expect([wasm.run.kernels, js.run.kernels]).toEqual(['wasm', 'js']);
  });

  it('warns of a curve that nothing uses', async () => {
    const { warnings, curves } = await effectiveExposure(example(), modelWith({ ...hill, radio: {} }));
    expect(warnings.filter(({ code }) => code !== 'exposure-without-total')).toEqual([
      { code: 'unused-curve', message: 'effectiveExposure.curves.radio: no exposure row uses this curve.' },
    ]);
    expect(curves.length).toBe(1);
  });

  it('refuses what a fit refuses, and key columns that it writes itself', async () => {
    const model = modelWith(hill);
    const missing = { ...model, exposure: { ...model.exposure, value: 'clicks' } };
    expect(await refusalOf(() => effectiveExposure(example(), missing))).toEqual(
      await refusalOf(() => fit(example(), missing)),
    );
    const { exposure, totals } = example();
    const renamed = { totals, exposure: { ...exposure, delivered: (exposure as Record<string, string[]>).campaign } };
    const named = { ...model, exposure: { ...model.exposure, entity: ['delivered'] } };
    expect(await refusalOf(() => effectiveExposure(renamed, named))).toEqual([
      'exposure.entity: expected a column name that the result does not use, got "delivered". Rename the column.',
    ]);
    expect(await refusalOf(() => effectiveExposure(example(), model, { kernel: 'js' } as object))).toEqual([
      'options.kernel: unknown option. Did you mean "kernels"?',
    ]);
  });
});
