import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Fit, fit, type Model, type Tables } from '../bindings/index.js';
import type { ComponentFit } from '../bindings/infer/fitPanel.js';
import { objectiveOf } from '../bindings/jobs/learnCurves.js';
import { simulateMta } from '../bindings/simulate/index.js';
import { refusalOf } from './support/refusal.js';

// the simulator's own curves: tv 0.7 and 0.4, social 0.4 and 0.5, search 0.1 and 0.6
const { files, model: simulated } = simulateMta({ seed: 1, weeks: 60, geos: 3 });
const tables = {
  totals: files['totals.csv'].columns,
  exposure: files[simulated.exposure.file!].columns,
  entities: files[simulated.entities!.file!].columns,
} as unknown as Tables;
const shaped = simulated.effectiveExposure!;

type CurveOf = { adstock: { decay: number }; saturation: { halfSaturation: number } };

/** The simulator's model with the curve of tv changed, and a list of parameters to learn. */
function modelWith(tv: { decay?: number; halfSaturation?: number }, learn: NonNullable<typeof shaped.learn>): Model {
  const curves = structuredClone(shaped.curves) as unknown as Record<string, CurveOf>;
  if (tv.decay !== undefined) curves.tv.adstock.decay = tv.decay;
  if (tv.halfSaturation !== undefined) curves.tv.saturation.halfSaturation = tv.halfSaturation;
  return {
    ...simulated,
    effectiveExposure: { ...shaped, curves: curves as never, ...(learn.length > 0 && { learn }) },
  };
}

const ofTv = [
  { curve: ['tv'], parameter: 'decay', from: 0.2, to: 0.95 },
  { curve: ['tv'], parameter: 'halfSaturation', from: 0.1, to: 2 },
] as const;

describe('curves that are learned', () => {
  const off = modelWith(
    { decay: 0.8, halfSaturation: 0.65 },
    ofTv.map((one) => ({ ...one, curve: [...one.curve] })),
  );
  let learned: Fit;
  beforeAll(async () => {
    learned = await fit(tables, off);
  });

  it('come back to the ones that made the data', () => {
    const [decay, half] = learned.learnedCurves!;
    expect([decay.given, half.given]).toEqual([0.8, 0.65]);
    // to less than half of how far they were off
    expect(Math.abs(decay.learned - 0.7)).toBeLessThan(0.05);
    expect(Math.abs(half.learned - 0.4)).toBeLessThan(0.125);
    for (const { decided, gain, atBound } of [decay, half]) {
      expect(decided).toBeGreaterThan(0.7);
      expect(gain).toBeGreaterThan(0.5);
      expect(atBound).toBe(false);
    }
  });

  it('explain the totals better than those given, and are what the fit used', async () => {
    const given = await fit(tables, modelWith({ decay: 0.8, halfSaturation: 0.65 }, []));
    expect(learned.logLikelihood!).toBeGreaterThan(given.logLikelihood!);
    const [decay, half] = learned.learnedCurves!;
    const again = await fit(tables, modelWith({ decay: decay.learned, halfSaturation: half.learned }, []));
    expect(again.allocation.columns.allocation).toEqual(learned.allocation.columns.allocation);
    // the configuration stays as it was: fitted again it leads to the same
    const { tv } = learned.model.effectiveExposure!.curves as unknown as Record<string, CurveOf>;
    expect([tv.adstock.decay, tv.saturation.halfSaturation]).toEqual([0.8, 0.65]);
    // bricks split later are shaped by them too
    const { allocation } = await learned.allocate(tables);
    expect(allocation.columns.exposure).toEqual(again.allocation.columns.exposure);
  });

  it('give the same bits in both kernel sets', async () => {
    const engine = await createEngine({ kernels: 'js' });
    const other = await engine.fit(tables, off);
    expect(other.learnedCurves).toEqual(learned.learnedCurves);
    expect(other.allocation.columns.allocation).toEqual(learned.allocation.columns.allocation);
  });

  it('stay where they are believed to lie when the belief is strong', async () => {
    const learn = [{ curve: ['tv'], parameter: 'decay' as const, from: 0.2, to: 0.95, spread: 1e-3 }];
    const [found] = (await fit(tables, modelWith({ decay: 0.8 }, learn))).learnedCurves!;
    expect(Math.abs(found.learned - 0.8)).toBeLessThan(2e-3);
    expect(found.decided).toBeLessThan(0.1);
  });

  it('are the number that was given, to the bit, where they do not move', async () => {
    // ln(0.1 / 0.9) and back is 0.10000000000000002
    const learn = [{ curve: ['search'], parameter: 'decay' as const, from: 0.01, to: 0.9, spread: 1e-9 }];
    const [found] = (await fit(tables, modelWith({}, learn))).learnedCurves!;
    expect([found.given, found.learned]).toEqual([0.1, 0.1]);
  });

  it('are said to be undecided where the totals are flat along them', async () => {
    const learn = [{ curve: ['search'], parameter: 'decay' as const, from: 0.01, to: 0.9 }];
    const result = await fit(tables, modelWith({}, learn));
    const [found] = result.learnedCurves!;
    expect(found.decided).toBeLessThan(0.5);
    const percent = Math.round(100 * found.decided);
    expect(result.warnings.filter(({ code }) => code.startsWith('curve'))).toEqual([
      {
        code: 'curve-not-decided',
        message: `effectiveExposure.curves.search.decay: the totals hardly change along it (${percent}% decided by the data): what was learned is mostly what was given.`,
      },
    ]);
  });

  it('are said to lie at a bound', async () => {
    const learn = [{ curve: ['tv'], parameter: 'decay' as const, from: 0.8, to: 0.9 }];
    const result = await fit(tables, modelWith({ decay: 0.85 }, learn));
    expect(result.learnedCurves![0].learned).toBe(0.8);
    expect(result.warnings).toContainEqual({
      code: 'curve-at-bound',
      message:
        'effectiveExposure.curves.tv.decay: what was learned is a bound of [0.8, 0.9]. Widen the bounds, or ask what else moves with this exposure.',
    });
  });

  it('of one medium do not hear of the others', async () => {
    const social = { curve: ['social'], parameter: 'decay' as const, from: 0.1, to: 0.9 };
    const tv = ofTv.map((one) => ({ ...one, curve: [...one.curve] }));
    const both = await fit(tables, modelWith({ decay: 0.8, halfSaturation: 0.65 }, [tv[0], social, tv[1]]));
    const [decay, , half] = both.learnedCurves!;
    expect([decay, half]).toEqual(learned.learnedCurves);
    const alone = await fit(tables, modelWith({ decay: 0.8, halfSaturation: 0.65 }, [social]));
    expect(both.learnedCurves![1]).toEqual(alone.learnedCurves![0]);
    // nor does a fit without the others' rows
    const where = { where: { medium: 'tv' } };
    const model = modelWith({ decay: 0.8, halfSaturation: 0.65 }, tv);
    const totals = { ...model.totals, ...where };
    const few = await fit(tables, { ...model, totals, exposure: { ...model.exposure, ...where } });
    expect(few.learnedCurves).toEqual(learned.learnedCurves);
    expect([...few.allocation.columns.allocation]).toEqual(
      [...learned.allocation.columns.allocation].slice(0, few.allocation.rows),
    );
  });

  it('are what was given where a curve shapes nothing', async () => {
    const curves = { ...shaped.curves, radio: { adstock: { kind: 'geometric', decay: 0.3 } } } as never;
    const learn = [{ curve: ['radio'], parameter: 'decay' as const, from: 0.1, to: 0.9 }];
    const [found] = (await fit(tables, { ...simulated, effectiveExposure: { ...shaped, curves, learn } }))
      .learnedCurves!;
    expect([found.learned, found.decided, found.gain]).toEqual([0.3, 0, 0]);
  });

  it('are left alone unless asked for', async () => {
    const result = await fit(tables, simulated);
    expect(result.learnedCurves).toBeNull();
  });

  it('stop when aborted, and tell how far they are', async () => {
    const abort = new AbortController();
    const stages: string[] = [];
    const onProgress = ({ stage }: { stage: string }) => {
      stages.push(stage);
      if (stages.filter((one) => one === 'learn').length === 2) abort.abort(new Error('enough'));
    };
    await expect(fit(tables, off, { signal: abort.signal, onProgress })).rejects.toThrow('enough');
    expect(stages.filter((one) => one === 'learn').length).toBe(2);
  });
});

describe('what curves are compared by', () => {
  const of = (weight: number, ratios: number[]) =>
    objectiveOf({
      kind: 'fitted',
      solution: { logLikelihood: -7, productivity: Float64Array.from(ratios, (ratio) => 3 * ratio) },
      prior: { weight, rates: new Float64Array(ratios.length).fill(3) },
    } as unknown as ComponentFit);

  it('is the log-likelihood where productivities are their rates, and less by the prior of ln p elsewhere', () => {
    expect(of(5, [1, 1, 1])).toBe(-7);
    expect(of(5, [2, 0.5])).toBeCloseTo(-7 + 5 * (Math.log(2) - 1 + (Math.log(0.5) + 0.5)), 12);
    // without a prior, and where it leaves no choice, the log-likelihood alone
    expect([of(0, [2]), of(Number.POSITIVE_INFINITY, [1])]).toEqual([-7, -7]);
    expect(objectiveOf({ kind: 'zero' })).toBe(0);
  });
});

describe('a list of what to learn', () => {
  const refused = (learn: unknown[]) => refusalOf(() => fit(tables, modelWith({}, learn as never)));

  it('is refused where there is no such curve or parameter', async () => {
    expect(await refused([{ curve: ['tw'], parameter: 'decay', from: 0.1, to: 0.9 }])).toEqual([
      'effectiveExposure.learn[0].curve: expected the values of ["medium"] that lead to a curve, got ["tw"]. Did you mean "[\\"tv\\"]"?',
    ]);
    const curves = { tv: { adstock: { kind: 'none' } } };
    const model = {
      ...simulated,
      effectiveExposure: { ...shaped, curves, learn: [{ curve: ['tv'], parameter: 'decay', from: 0.1, to: 0.9 }] },
    };
    expect(await refusalOf(() => fit(tables, model as never))).toEqual([
      'effectiveExposure.learn[0].parameter: expected a parameter of effectiveExposure.curves.tv, got "decay", which it does not have',
    ]);
  });

  it('is refused with bounds that are none, or that leave out what the curve has', async () => {
    expect(
      await refused([
        { curve: ['tv'], parameter: 'decay', from: 0.75, to: 1 },
        { curve: ['tv'], parameter: 'halfSaturation', from: 0.9, to: 0.2 },
        { curve: ['social'], parameter: 'halfSaturation', from: 0.9, to: 2 },
        { curve: ['social'], parameter: 'halfSaturation', from: 0.1, to: 2 },
      ]),
    ).toEqual([
      'effectiveExposure.learn[0].to: expected a decay below 1, got 1',
      'effectiveExposure.learn[0]: expected bounds around 0.7, which effectiveExposure.curves.tv has, got [0.75, 1]',
      'effectiveExposure.learn[1].to: expected more than 0.9, got 0.2',
      'effectiveExposure.learn[2]: expected bounds around 0.5, which effectiveExposure.curves.social has, got [0.9, 2]',
      'effectiveExposure.learn[3]: expected each parameter once, got "halfSaturation" of effectiveExposure.curves.social again',
    ]);
  });

  it('is refused beside covariates', async () => {
    const model = {
      ...modelWith({}, [{ curve: ['tv'], parameter: 'decay', from: 0.1, to: 0.9 }]),
      model: { productivity: { covariates: ['medium'] } },
    };
    expect(await refusalOf(() => fit(tables, model as never))).toEqual([
      'effectiveExposure.learn: expected nothing beside covariates, got a list. Learn the curves first, then fit with what was learned.',
    ]);
  });
});
