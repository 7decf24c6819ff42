import { describe, expect, it } from 'vitest';
import { convertCurve } from '../bindings/exposure/convert/convert.js';
import {
  check,
  createEngine,
  type EffectiveExposure,
  effectiveExposure,
  type Fit,
  fit,
  fitJson,
  type Model,
  parseModel,
  type Tables,
  toCsv,
} from '../bindings/index.js';
import { randomOf } from './support/kernels.js';
import { refusalOf } from './support/refusal.js';

// what a caller hands over is read at the call: later changes are nobody's business but the caller's

const modelOf = () => ({
  totals: { brick: ['medium', 'week'], value: 'sales', where: { run: ['7'] } },
  exposure: { brick: ['medium', 'week'], entity: ['medium', 'campaign'], value: 'clicks' },
  entities: { entity: ['medium', 'campaign'] },
  effectiveExposure: {
    time: 'week',
    by: ['medium'],
    curves: {
      tv: {
        adstock: { kind: 'geometric' as const, decay: 0.5 },
        saturation: { kind: 'hill' as const, halfSaturation: 0.4, slope: 1.2 },
      },
      radio: { preset: 'robyn' as const, theta: 0.3, alpha: 1.5, gamma: 0.5 },
    },
  },
  model: { pooling: { kind: 'gamma' as const, groups: ['format'], spread: 0.4 } },
});

function tablesOf() {
  const random = randomOf(5);
  const totals = { medium: [] as string[], week: [] as number[], run: [] as string[], sales: [] as number[] };
  const exposure = {
    medium: [] as string[],
    week: [] as number[],
    campaign: { codes: [] as number[], values: ['a', 'b', 'c'] },
    clicks: [] as number[],
  };
  for (const medium of ['tv', 'radio']) {
    for (let week = 1; week <= 20; week++) {
      totals.medium.push(medium, medium);
      totals.week.push(week, week);
      totals.run.push('6', '7');
      totals.sales.push(1, 100 + Math.floor(random() * 50));
      for (const campaign of [0, 1, 2]) {
        exposure.medium.push(medium);
        exposure.week.push(week);
        exposure.campaign.codes.push(campaign);
        exposure.clicks.push(Math.floor(random() * 30));
      }
    }
  }
  const entities = {
    medium: ['tv', 'tv', 'tv', 'radio', 'radio', 'radio'],
    campaign: ['a', 'b', 'c', 'a', 'b', 'c'],
    format: ['x', 'y', 'x', 'y', 'x', 'y'],
  };
  return { totals, exposure, entities };
}

/** Spoils everything inside, in place: other texts, other numbers, longer lists, further names. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value)) return void (value as Float64Array).fill(7);
  const object = value as Record<string, unknown>;
  for (const name of Object.keys(object)) {
    const inner = object[name];
    if (typeof inner === 'number') object[name] = inner * 3 + 1;
    else if (typeof inner === 'string') object[name] = `${inner} spoilt`;
    else spoil(inner);
  }
  if (Array.isArray(value)) value.push('more');
  else object.more = 'more';
}

const withoutRun = (result: Fit) => JSON.stringify({ ...fitJson(result), run: null });
const tablesOfFit = ({ allocation, entities, unallocated, components, groups }: Fit) =>
  [allocation, entities, unallocated, components, groups].map((table) => toCsv(table)).join('\n');
const everything = (result: Fit) => withoutRun(result) + tablesOfFit(result);
const shapedText = ({ table, curves, model }: EffectiveExposure) =>
  toCsv(table) + JSON.stringify([curves.map(({ scaled, ...rest }) => ({ ...rest, scaled: [...scaled] })), model]);

describe('a model that changes after the call', () => {
  it('changes neither that fit nor one in the queue, nor what they tell later', async () => {
    const engine = await createEngine();
    const expected = await engine.fit(tablesOf(), modelOf());
    const [told, split] = [everything(expected), await expected.allocate(tablesOf())];
    for (const run of [fit, engine.fit]) {
      const model = modelOf();
      const first = run(tablesOf(), model);
      const second = run(tablesOf(), model);
      spoil(model);
      for (const result of [await first, await second]) {
        expect(everything(result)).toBe(told);
        expect(toCsv((await result.allocate(tablesOf())).allocation)).toBe(toCsv(split.allocation));
      }
    }
  });

  it('changes nothing after the fit either: allocate and fit.json are as they were', async () => {
    const model = modelOf();
    const result = await fit(tablesOf(), model);
    const [told, split] = [everything(result), toCsv((await result.allocate(tablesOf())).allocation)];
    spoil(model);
    expect(everything(result)).toBe(told);
    expect(toCsv((await result.allocate(tablesOf())).allocation)).toBe(split);
  });

  it('changes no check, no effective exposure, no parsed model and no converted curve', async () => {
    const counts = await check(tablesOf(), modelOf());
    const shaped = shapedText(await effectiveExposure(tablesOf(), modelOf()));
    const model = modelOf();
    const jobs = [check(tablesOf(), model), effectiveExposure(tablesOf(), model)] as const;
    const parsed = parseModel(model);
    const before = JSON.stringify(parsed);
    spoil(model);
    expect(await jobs[0]).toEqual(counts);
    expect(shapedText(await jobs[1])).toBe(shaped);
    expect(JSON.stringify(parsed)).toBe(before);

    const curve = { preset: 'robyn' as const, theta: 0.3, alpha: 1.5, gamma: 0.5 };
    const conversion = convertCurve(curve, 'robyn');
    const written = JSON.stringify(conversion);
    spoil(curve);
    expect(JSON.stringify(conversion)).toBe(written);
  });

  it('may be read only, and may be one object used twice', async () => {
    const expected = everything(await fit(tablesOf(), modelOf()));
    const frozen = (value: unknown): unknown => {
      if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen);
      return Object.freeze(value);
    };
    expect(everything(await fit(frozen(tablesOf()) as Tables, frozen(modelOf()) as Model))).toBe(expected);
    const keys = ['medium', 'week'];
    const model = modelOf();
    const shared = { ...model, totals: { ...model.totals, brick: keys }, exposure: { ...model.exposure, brick: keys } };
    expect(everything(await fit(tablesOf(), shared))).toBe(expected);
  });
});

describe('tables', () => {
  it('may change once the fit is there: nothing that it tells later is made of them', async () => {
    const tables = tablesOf();
    const result = await fit(tables, modelOf());
    const [told, split] = [everything(result), toCsv((await result.allocate(tablesOf())).allocation)];
    spoil(tables);
    expect(everything(result)).toBe(told);
    expect(toCsv((await result.allocate(tablesOf())).allocation)).toBe(split);
  });

  it('may lose, swap and gain columns right after the call: those of the call are taken', async () => {
    const engine = await createEngine();
    const expected = everything(await engine.fit(tablesOf(), modelOf()));
    const tables: Record<string, Record<string, unknown>> = tablesOf();
    const job = engine.fit(tables as never, modelOf());
    tables.totals.sales = [];
    delete tables.exposure.clicks;
    tables.entities = {};
    expect(everything(await job)).toBe(expected);
  });

  it('as row objects are read at the call, and give what columns give', async () => {
    const rowsOf = (columns: Record<string, unknown>) => {
      const cells = (column: unknown): unknown[] =>
        Array.isArray(column)
          ? column
          : (column as { codes: number[]; values: string[] }).codes.map(
              (code) => (column as { values: string[] }).values[code],
            );
      const names = Object.keys(columns);
      return cells(columns[names[0]]).map((_, r) =>
        Object.fromEntries(names.map((name) => [name, cells(columns[name])[r]])),
      );
    };
    const { totals, exposure, entities } = tablesOf();
    const rows = { totals: rowsOf(totals), exposure: rowsOf(exposure), entities: rowsOf(entities) };
    const engine = await createEngine();
    const job = engine.fit(rows, modelOf());
    spoil(rows);
    expect(everything(await job)).toBe(everything(await engine.fit(tablesOf(), modelOf())));
  });

  it('as row objects name the record that is none, and what a row lacks', async () => {
    const model = { totals: { brick: ['b'], value: 't' }, exposure: { brick: ['b'], entity: ['e'], value: 'w' } };
    const exposure = { b: ['x'], e: ['y'], w: [1] };
    expect(await refusalOf(() => fit({ totals: [{ b: 'x', t: 1 }, 5, null] as never, exposure }, model))).toEqual([
      'totals record 2: expected a row object, got 5. A table is columns by name, or a list of row objects.',
      'totals record 3: expected a row object, got nothing. A table is columns by name, or a list of row objects.',
    ]);
    expect(await refusalOf(() => fit({ totals: [], exposure }, model))).toEqual([
      'totals: expected at least one row of totals, got none',
    ]);
    expect(await refusalOf(() => fit({ totals: [{ b: 'x', t: 1 }, { b: 'z' }], exposure }, model))).toEqual([
      'totals record 2, column t: expected a number, got nothing',
    ]);
  });
});

describe('options that change after the call', () => {
  it('are those of the call', async () => {
    const engine = await createEngine();
    const told: string[] = [];
    const names = { totals: 'mine.csv' };
    const options = { names, onProgress: ({ stage }: { stage: string }) => void told.push(stage) };
    const job = engine.fit({ totals: { b: ['x'] }, exposure: {} } as never, modelOf(), options);
    names.totals = 'other.csv';
    options.onProgress = () => {
      throw new Error('not asked');
    };
    await expect(job).rejects.toThrow('totals.brick: expected a column of mine.csv, got "medium"');
    expect(told).toEqual(['compile']);
  });
});

describe('what a caller does to a result', () => {
  it('leaves later splits alone', async () => {
    const result = await fit(tablesOf(), modelOf());
    const split = toCsv((await result.allocate(tablesOf())).allocation);
    spoil(result.model);
    for (const table of [result.allocation, result.entities, result.components]) spoil(table.columns);
    expect(toCsv((await result.allocate(tablesOf())).allocation)).toBe(split);
  });
});

describe('a job that waits', () => {
  it('rejects at once with the reason of its signal, and never runs', async () => {
    const engine = await createEngine();
    const order: string[] = [];
    const stop = new AbortController();
    const first = engine.fit(tablesOf(), modelOf()).then(() => order.push('first'));
    const stages: string[] = [];
    const waiting = engine
      .fit(tablesOf(), modelOf(), { signal: stop.signal, onProgress: ({ stage }) => void stages.push(stage) })
      .catch((reason) => order.push(reason));
    const last = engine.check(tablesOf(), modelOf()).then(() => order.push('last'));
    stop.abort('no longer wanted');
    await Promise.all([first, waiting, last]);
    expect(order).toEqual(['no longer wanted', 'first', 'last']);
    expect(stages).toEqual([]);
  });

  it('rejects at once in allocate, check and effectiveExposure too', async () => {
    const engine = await createEngine();
    const result = await engine.fit(tablesOf(), modelOf());
    let done = false;
    const first = engine.fit(tablesOf(), modelOf()).then(() => {
      done = true;
    });
    const stop = new AbortController();
    const { signal } = stop;
    const waiting = [
      result.allocate(tablesOf(), { signal }),
      engine.check(tablesOf(), modelOf(), { signal }),
      engine.effectiveExposure(tablesOf(), modelOf(), { signal }),
    ].map((job) => job.catch((reason: unknown) => [reason, done]));
    stop.abort('stop');
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => ['stop', false]));
    await first;
    expect((await engine.fit(tablesOf(), modelOf())).massError).toBe(0);
  });
});
