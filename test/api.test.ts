import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ApportionError,
  check,
  createEngine,
  type Fit,
  fit,
  type Model,
  type Progress,
  summarize,
  type Tables,
  toCsv,
} from '../bindings/index.js';
import { randomOf } from './support/kernels.js';
import { refusalOf } from './support/refusal.js';
import { words } from './support/simulations.js';

const model: Model = {
  totals: { brick: ['week', 'geo'], value: 'sales' },
  exposure: { brick: ['week', 'geo'], entity: ['campaign'], value: 'clicks' },
};

/** A panel of so many weeks and geos, six campaigns with rates of their own, noise on the totals. */
function panel(weeks: number, geos: number, seed: number): Tables {
  const random = randomOf(seed);
  const columns = {
    totals: { week: [] as number[], geo: [] as string[], sales: [] as number[] },
    exposure: { week: [] as number[], geo: [] as string[], campaign: [] as string[], clicks: [] as number[] },
  };
  for (let week = 1; week <= weeks; week++) {
    for (let g = 0; g < geos; g++) {
      let sales = 0;
      for (let c = 0; c < 6; c++) {
        const clicks = Math.floor(random() * 100);
        sales += clicks * (1 + c) * (0.5 + random());
        columns.exposure.week.push(week);
        columns.exposure.geo.push(`g${g}`);
        columns.exposure.campaign.push(`c${c}`);
        columns.exposure.clicks.push(clicks);
      }
      columns.totals.week.push(week);
      columns.totals.geo.push(`g${g}`);
      columns.totals.sales.push(sales);
    }
  }
  return columns;
}

const textOf = (result: Pick<Fit, 'allocation' | 'unallocated'>) =>
  toCsv(result.allocation) + toCsv(result.unallocated);
const allOf = (result: Fit) => textOf(result) + toCsv(result.entities) + toCsv(result.components);

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('two jobs at once', () => {
  it('are queued, and each is right', async () => {
    for (const kernels of ['wasm', 'js'] as const) {
      const engine = await createEngine({ kernels });
      const [one, two] = [panel(40, 5, 1), panel(60, 3, 2)];
      const alone = [allOf(await engine.fit(one, model)), allOf(await engine.fit(two, model))];
      const running: string[] = [];
      const told = (name: string) => ({ onProgress: ({ stage }: Progress) => void running.push(`${name} ${stage}`) });
      const [first, second, checked] = await Promise.all([
        engine.fit(one, model, told('one')),
        engine.fit(two, model, told('two')),
        engine.check(one, model, told('check')),
      ]);
      expect([allOf(first), allOf(second)]).toEqual(alone);
      expect(checked).toMatchObject({ bricks: 200, entities: 6, exposures: 1200, components: 1, unallocated: 0 });
      // one after the other
      expect([...new Set(running.map((line) => line.split(' ')[0]))]).toEqual(['one', 'two', 'check']);
      expect(running.lastIndexOf('one split')).toBeLessThan(running.indexOf('two compile'));
    }
  });

  it('do not wait for one that failed', async () => {
    const engine = await createEngine({ kernels: 'js' });
    const [failed, fine] = await Promise.allSettled([
      engine.fit({} as never, model),
      engine.fit(panel(5, 2, 3), model),
    ]);
    expect(failed.status).toBe('rejected');
    expect(fine.status).toBe('fulfilled');
  });

  it('share an engine when they are called without one', async () => {
    const results = await Promise.all([1, 2, 3].map((seed) => fit(panel(10, 2, seed), model)));
    for (const [i, result] of results.entries()) {
      const engine = await createEngine();
      expect(allOf(result)).toBe(allOf(await engine.fit(panel(10, 2, i + 1), model)));
    }
  });
});

describe('stopping', () => {
  const tables = panel(50, 4, 5);

  it('before the start rejects with the reason of the signal, and does no work', async () => {
    const stages: string[] = [];
    const signal = AbortSignal.abort(new Error('changed my mind'));
    const job = fit(tables, model, { signal, onProgress: ({ stage }) => void stages.push(stage) });
    await expect(job).rejects.toThrow('changed my mind');
    expect(stages).not.toContain('fit');
  });

  for (const stage of ['compile', 'exposure', 'fit', 'split'] as const) {
    it(`at the stage "${stage}" leaves the engine as good as new`, async () => {
      const engine = await createEngine();
      const shaped: Model = { ...model, effectiveExposure: { time: 'week', curves: { scale: 'max' } } };
      const expected = allOf(await engine.fit(tables, shaped));
      const stop = new AbortController();
      const stages: string[] = [];
      const job = engine.fit(tables, shaped, {
        signal: stop.signal,
        onProgress: (progress) => {
          stages.push(progress.stage);
          if (progress.stage === stage && (stage !== 'fit' || progress.passes === 2)) stop.abort('enough');
        },
      });
      await expect(job).rejects.toBe('enough');
      expect(stages.at(-1)).toBe(stage);
      expect(allOf(await engine.fit(tables, shaped))).toBe(expected);
    });
  }

  it('while waiting for another job leaves that one alone', async () => {
    const engine = await createEngine();
    const stop = new AbortController();
    const first = engine.fit(tables, model);
    const second = engine.fit(tables, model, { signal: stop.signal });
    stop.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    expect((await first).massError).toBe(0);
  });

  it('an allocation works too', async () => {
    const result = await fit(tables, model);
    await expect(result.allocate(tables, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(textOf(await result.allocate(tables))).toBe(textOf(result));
  });

  it('by an error thrown from the progress callback rejects with it', async () => {
    const engine = await createEngine();
    const job = engine.fit(tables, model, {
      onProgress: ({ stage }) => {
        if (stage === 'fit') throw new Error('from outside');
      },
    });
    await expect(job).rejects.toThrow('from outside');
    expect((await engine.fit(tables, model)).massError).toBe(0);
  });
});

describe('progress', () => {
  it('goes through the stages, tells every sweep, and its gap ends within the tolerance', async () => {
    const told: Progress[] = [];
    const result = await fit(
      panel(40, 4, 6),
      { ...model, effectiveExposure: { curves: {} } },
      { onProgress: (p) => void told.push(p) },
    );
    const stages = told.map(({ stage }) => stage);
    expect([...new Set(stages)]).toEqual(['compile', 'exposure', 'fit', 'split']);
    const sweeps = told.filter(({ stage }) => stage === 'fit');
    expect(sweeps.map(({ passes }) => passes)).toEqual(sweeps.map(({ passes }) => passes).sort((a, b) => a - b));
    expect(sweeps.at(-1)).toMatchObject({ component: 0, components: 1, passes: result.passes });
    expect(sweeps.at(-1)!.gap).toBeLessThanOrEqual(1e-8);
    expect(result.converged).toBe(true);
  });

  it('lets other work go on in between', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    // plain maximum likelihood to a tight gap: long enough to need air
    const long: Model = {
      ...model,
      model: { pooling: { kind: 'none' } },
      fit: { solver: 'em', tolerance: 1e-15, maxPasses: 600 },
    };
    await fit(panel(400, 20, 7), long, { kernels: 'js' });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });
});

describe('kernels', () => {
  const tables = panel(30, 3, 8);
  // a stub that refuses, as a content security policy does
  const block = () =>
    vi.spyOn(WebAssembly, 'instantiate').mockRejectedValue(new Error('blocked by Content Security Policy'));

  it('fall back to JS where WebAssembly is blocked, say why, and change no bit', async () => {
    const open = await createEngine();
    const expected = await open.fit(tables, model);
    expect([open.kernels, open.reason, expected.run.kernels, expected.run.reason]).toEqual([
      'wasm',
      null,
      'wasm',
      null,
    ]);
    block();
    const engine = await createEngine({ kernels: 'auto' });
    expect([engine.kernels, engine.reason]).toEqual(['js', 'blocked by Content Security Policy']);
    const result = await engine.fit(tables, model);
    expect(result.run).toMatchObject({ kernels: 'js', reason: 'blocked by Content Security Policy' });
    expect(allOf(result)).toBe(allOf(expected));
    expect(result.objective).toBe(expected.objective);
  });

  it('fall back to JS where there is no WebAssembly at all', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    const engine = await createEngine();
    expect([engine.kernels, engine.reason]).toEqual(['js', 'this engine has no WebAssembly']);
    expect((await engine.fit(tables, model)).massError).toBe(0);
  });

  it('are an error where WebAssembly was asked for and is blocked', async () => {
    block();
    const error = await createEngine({ kernels: 'wasm' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApportionError);
    expect(error).toMatchObject({
      code: 'kernels',
      message: 'kernels: expected WebAssembly with SIMD, got: blocked by Content Security Policy. Use "auto" or "js".',
    });
  });

  it('are tried again after an error', async () => {
    const blocked = block();
    await expect(fit(tables, model, { kernels: 'wasm', memoryLimit: 50_000_000 })).rejects.toMatchObject({
      code: 'kernels',
    });
    blocked.mockRestore();
    expect((await fit(tables, model, { kernels: 'wasm', memoryLimit: 50_000_000 })).run.kernels).toBe('wasm');
  });

  it('never touch WebAssembly where JS was asked for', async () => {
    const instantiate = block();
    const engine = await createEngine({ kernels: 'js' });
    expect([engine.kernels, engine.reason, instantiate.mock.calls.length]).toEqual(['js', null, 0]);
  });
});

describe('options', () => {
  const tables = panel(3, 2, 9);

  it('that are unknown or out of range are refused, with the nearest known name', async () => {
    expect(await refusalOf(() => createEngine({ kernels: 'simd', memoryLimit: 0 } as never))).toEqual([
      'options.kernels: expected "auto", "wasm" or "js", got "simd"',
      'options.memoryLimit: expected a number of bytes above 0, got 0',
    ]);
    expect(await refusalOf(() => createEngine({ kernel: 'js' } as never))).toEqual([
      'options.kernel: unknown option. Did you mean "kernels"?',
    ]);
    expect(await refusalOf(() => fit(tables, model, { onprogress: () => {} } as never))).toEqual([
      'options.onprogress: unknown option. Did you mean "onProgress"?',
    ]);
    expect(await refusalOf(() => check(tables, model, { memoryLimit: '1GB' } as never))).toEqual([
      'options.memoryLimit: expected a number of bytes above 0, got "1GB"',
    ]);
    const result = await fit(tables, model);
    expect(await refusalOf(() => result.allocate(tables, { kernels: 'js' } as never))).toEqual([
      'options.kernels: unknown option. Known: "signal", "onProgress", "names".',
    ]);
  });
});

describe('the split of other bricks', () => {
  const tables = panel(40, 4, 10);

  it('of the same tables has the same bits as the fit, row for row', async () => {
    const plain: Model = model;
    const pooled: Model = { ...model, model: { pooling: { kind: 'gamma', groups: ['campaign'], spread: 1 } } };
    const free: Model = { ...model, model: { pooling: { kind: 'none' } }, fit: { maxPasses: 200 } };
    const cents: Model = { ...model, output: { decimals: 2 } };
    const shaped: Model = {
      ...model,
      effectiveExposure: {
        time: 'week',
        curves: {
          adstock: { kind: 'geometric', decay: 0.6 },
          saturation: { kind: 'hill', halfSaturation: 0.4, slope: 1.3 },
        },
      },
    };
    for (const config of [plain, pooled, free, cents, shaped]) {
      const result = await fit(tables, config);
      const again = await result.allocate(tables);
      expect(textOf(again)).toBe(textOf(result));
      expect(again.warnings).toEqual([]);
    }
  });

  it('of many components of every scale has the same bits too', async () => {
    const scales = [1e-300, 1e-3, 1, 7, 1e12, 1e300];
    const many: Tables = {
      totals: { week: scales.map((_, i) => i), geo: scales.map(() => 'g'), sales: scales },
      exposure: {
        week: scales.flatMap((_, i) => [i, i]),
        geo: scales.flatMap(() => ['g', 'g']),
        campaign: scales.flatMap((_, i) => [`a${i}`, `b${i}`]),
        clicks: scales.flatMap((scale) => [scale * 3, 5]),
      },
    };
    const result = await fit(many, model);
    expect(result.counts.components).toBe(6);
    expect(textOf(await result.allocate(many))).toBe(textOf(result));
  });

  it('gives entities that the fit has not seen the common rate', async () => {
    const result = await fit(tables, model);
    const { allocation, warnings } = await result.allocate({
      totals: { week: [99, 99], geo: ['g0', 'new'], sales: [100, 60] },
      exposure: {
        week: [99, 99, 99, 99],
        geo: ['g0', 'g0', 'new', 'new'],
        campaign: ['c0', 'fresh', 'fresh', 'fresher'],
        clicks: [10, 10, 20, 10],
      },
    });
    const c0 = words(result.entities, 'campaign').indexOf('c0');
    const relative = result.entities.columns.productivity[c0] / result.components.columns.rate[0];
    const parts = allocation.columns.allocation;
    expect(words(allocation, 'campaign')).toEqual(['c0', 'fresh', 'fresh', 'fresher']);
    expect(parts[0] / parts[1]).toBeCloseTo(relative, 12);
    expect(parts[0] + parts[1]).toBe(100);
    // nothing known of either: by exposure
    expect([parts[2], parts[3]]).toEqual([40, 20]);
    expect(warnings).toEqual([
      {
        code: 'unseen-entities',
        message: '2 entities without exposure in the fit: split at the common rate of what they share bricks with.',
      },
    ]);
  });

  it('weighs entities of several components by their productivities, new ones by the rate of both', async () => {
    // rates 10 and 1 per click
    const apart: Tables = {
      totals: { week: [1, 2], geo: ['g', 'g'], sales: [100, 30] },
      exposure: { week: [1, 2], geo: ['g', 'g'], campaign: ['rich', 'poor'], clicks: [10, 30] },
    };
    const result = await fit(apart, model);
    const { allocation } = await result.allocate({
      totals: { week: [3], geo: ['g'], sales: [1425] },
      exposure: { week: [3, 3, 3], geo: ['g', 'g', 'g'], campaign: ['rich', 'poor', 'new'], clicks: [100, 100, 100] },
    });
    // 10, 1 and (100 + 30) / (10 + 30) = 3.25 per click
    expect([...allocation.columns.allocation]).toEqual([1000, 100, 325]);
  });

  it('gives nothing where the fit found that nothing is earned, and keeps the total apart', async () => {
    const idle: Tables = {
      totals: { week: [1], geo: ['g'], sales: [0] },
      exposure: { week: [1], geo: ['g'], campaign: ['a'], clicks: [5] },
    };
    const result = await fit(idle, model);
    const { allocation, unallocated, warnings } = await result.allocate({
      totals: { week: [2], geo: ['g'], sales: [10] },
      exposure: { week: [2, 2], geo: ['g', 'g'], campaign: ['a', 'new'], clicks: [5, 5] },
    });
    expect([...allocation.columns.allocation]).toEqual([0, 0]);
    expect([words(unallocated, 'reason'), [...unallocated.columns.total]]).toEqual([['no productivity'], [10]]);
    expect(warnings.map(({ code }) => code)).toEqual(['unseen-entities', 'unallocated']);
  });

  it('keeps bricks without exposure apart, and refuses what a fit refuses', async () => {
    const result = await fit(tables, model);
    const empty = await result.allocate({
      totals: { week: [99, 98], geo: ['g0', 'g0'], sales: [5, 6] },
      exposure: { week: [98], geo: ['g0'], campaign: ['c1'], clicks: [1] },
    });
    expect([...empty.unallocated.columns.total]).toEqual([5]);
    expect([...empty.allocation.columns.allocation]).toEqual([6]);
    const names = { exposure: 'new.csv' };
    const bad = {
      totals: { week: [1], geo: ['g'], sales: [1] },
      exposure: { week: [1], geo: ['g'], campaign: ['a'], clicks: [-1] },
    };
    expect(await refusalOf(() => result.allocate(bad, { names }))).toEqual([
      'new.csv record 1, column clicks: expected a number >= 0, got -1',
    ]);
  });

  it('does not follow the caller who changes the configuration afterwards', async () => {
    const mine = structuredClone(model);
    const result = await fit(tables, mine);
    const expected = textOf(result);
    mine.totals.value = 'nothing';
    mine.exposure.entity[0] = 'nobody';
    expect(textOf(await result.allocate(tables))).toBe(expected);
  });
});

describe('what was not waited for', () => {
  const exposure = { brick: ['A'], entity: ['x'], visits: [1] };
  const tables = { totals: { brick: ['A'], total: [1] }, exposure };
  const model: Model = {
    totals: { brick: ['brick'], value: 'total' },
    exposure: { brick: ['brick'], entity: ['entity'], value: 'visits' },
  };

  it('is named, with the cure, wherever a result is expected', async () => {
    const promise = fit(tables, model) as never;
    expect(() => toCsv(promise)).toThrow(
      'table: expected a table of a result: { rows, names, columns }, got a Promise. Await it.',
    );
    expect(() => summarize(promise)).toThrow('fit: expected a result of fit, got a Promise. Await it.');
    await expect(fit(promise, model)).rejects.toThrow(
      'tables: expected an object with the tables totals and exposure, got a Promise. Await it.',
    );
  });

  it('an entities table that the configuration names and nobody hands over is told with its cure', async () => {
    await expect(fit(tables, { ...model, entities: { entity: ['entity'] } })).rejects.toThrow(
      'entities: expected a table of columns, got nothing. Hand it over, or leave "entities" out of the configuration.',
    );
  });
});
