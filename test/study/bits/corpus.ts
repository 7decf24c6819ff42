import type { Model, Tables } from '../../../bindings/index.js';
import { type HcpOptions, type MtaOptions, simulateHcp, simulateMta } from '../../../bindings/simulate/index.js';
import { randomOf } from '../../support/kernels.js';
import { tablesIn } from '../../support/simulations.js';

/** One fit of the corpus. */
export interface Sample {
  readonly name: string;
  readonly tables: Tables;
  readonly model: Model;
}

type Change = Partial<Model>;
const pooling = (each: NonNullable<Model['model']>['pooling']): Change => ({ model: { pooling: each } });
const productivity = (each: NonNullable<Model['model']>['productivity'], more: Model['model'] = {}): Change => ({
  model: { productivity: each, ...more },
});

/** Models over campaigns of media, with curves. */
const campaignModels: Record<string, Change> = {
  default: {},
  none: pooling({ kind: 'none' }),
  newton: { ...pooling({ kind: 'none' }), fit: { solver: 'newton', tolerance: 1e-10 } },
  lbfgs: { ...pooling({ kind: 'none' }), fit: { solver: 'lbfgs' } },
  em: { fit: { solver: 'em', maxPasses: 300 } },
  proportional: pooling({ kind: 'gamma', spread: 0 }),
  wide: pooling({ kind: 'gamma', spread: 2, evidence: 'none' }),
  platforms: pooling({ kind: 'gamma', groups: ['medium', 'platform'] }),
  cohorts: pooling({ kind: 'gamma', groups: ['cohort'], cohort: { time: 'week', every: 'quarter' } }),
  poisson: { model: { family: 'poisson' } },
  errors: { output: { standardErrors: true } },
  blocks: { model: { blocks: ['week'] }, output: { standardErrors: true } },
  cents: { output: { decimals: 2 } },
  lognormal: pooling({ kind: 'lognormal', spread: 0.4 }),
  'lognormal platforms': pooling({ kind: 'lognormal', groups: ['platform'], spread: 0.4 }),
  'lognormal em': { ...pooling({ kind: 'lognormal', spread: 0.4 }), fit: { solver: 'em', maxPasses: 200 } },
  'lognormal lbfgs': { ...pooling({ kind: 'lognormal', spread: 0.4 }), fit: { solver: 'lbfgs' } },
  estimate: pooling({ kind: 'lognormal', groups: ['platform'], spread: 'estimate' }),
  together: pooling({ kind: 'lognormal', groups: ['platform'], spread: 0.4, together: true }),
  crossed: pooling({ kind: 'crossed', groups: ['platform', 'format'], spread: 0.4 }),
  'crossed free': pooling({
    kind: 'crossed',
    groups: ['platform', 'format'],
    spread: 0.4,
    spreads: { format: 'free' },
  }),
  'crossed estimate': pooling({ kind: 'crossed', groups: ['platform', 'format'], spread: 'estimate' }),
  tree: pooling({ kind: 'tree', levels: ['platform', 'format'], spread: 0.4 }),
  'tree estimate': pooling({ kind: 'tree', levels: ['platform'], spread: 'estimate' }),
  covariates: productivity({ covariates: ['objective'], penalty: { kind: 'ridge', strength: 1 } }),
};

/** Models over doctors of territories, with covariates. */
const doctorModels: Record<string, Change> = {
  maximum: productivity({ covariates: ['specialty', 'seniority', 'log1p(potential)'], penalty: { kind: 'none' } }),
  alone: productivity({ covariates: ['specialty', 'seniority'], penalty: { kind: 'none' }, deviation: 0 }),
  ridge: productivity({ covariates: ['specialty', 'seniority'], penalty: { kind: 'ridge', strength: 3 } }),
  lasso: productivity({ covariates: ['seniority*specialty'], penalty: { kind: 'lasso', strength: 2 } }),
  by: productivity({ covariates: ['seniority'], by: ['specialty'], penalty: { kind: 'ridge', strength: 1 } }),
  irls: {
    ...productivity({ covariates: ['specialty', 'seniority'], penalty: { kind: 'none' } }),
    fit: { solver: 'em', maxPasses: 400 },
  },
  poisson: productivity({ covariates: ['specialty', 'seniority'], penalty: { kind: 'none' } }, { family: 'poisson' }),
  default: {},
  none: pooling({ kind: 'none' }),
  specialties: pooling({ kind: 'gamma', groups: ['specialty'] }),
  errors: { ...pooling({ kind: 'none' }), output: { standardErrors: true } },
  lognormal: pooling({ kind: 'lognormal', groups: ['specialty'], spread: 'estimate' }),
  blocks: productivity({ covariates: ['specialty'], penalty: { kind: 'none' }, blocks: ['brick'] }),
};

const campaignData: Record<string, Partial<MtaOptions>> = {
  small: { media: 2, weeks: 30, geos: 3, campaigns: 11 },
  middle: { media: 3, weeks: 60, geos: 6, campaigns: 40, spread: 0.8 },
  hard: {
    media: 3,
    weeks: 40,
    geos: 4,
    campaigns: 60,
    collinear: 3,
    brickDispersion: 0.05,
    coldStart: 0.2,
    history: 6,
  },
};
const doctorData: Record<string, Partial<HcpOptions>> = {
  small: { hcps: 40, bricks: 25 },
  middle: { hcps: 300, bricks: 120, spread: 0.4 },
  hard: { hcps: 500, bricks: 90, brickDispersion: 0.05, cellDispersion: 4, collinear: 6, coldStart: 0.1 },
};

const learnTv = {
  time: 'week',
  by: ['medium'],
  curves: {
    tv: {
      adstock: { kind: 'geometric', decay: 0.6 },
      saturation: { kind: 'hill', halfSaturation: 0.5, slope: 1.3 },
      scale: 'max',
    },
    social: { adstock: { kind: 'weibullPdf', shape: 2, scale: 3, window: 13 } },
  },
  learn: [{ curve: ['tv'], parameter: 'decay', from: 0.3, to: 0.9 }],
} satisfies Model['effectiveExposure'];

/** Every fit that two builds, or two kernel sets, must give alike. */
export function corpus(): Sample[] {
  const samples: Sample[] = [];
  for (const [size, options] of Object.entries(campaignData)) {
    for (const seed of [1, 2]) {
      const simulated = simulateMta({ ...options, seed });
      const tables = tablesIn(simulated);
      for (const [kind, change] of Object.entries(campaignModels)) {
        const model = { ...simulated.model, ...change };
        samples.push({ name: `campaigns ${size} ${seed}: ${kind}`, tables, model });
      }
      if (size !== 'small') continue;
      const plain = { ...simulated.model, effectiveExposure: undefined };
      samples.push({ name: `campaigns ${size} ${seed}: as it is`, tables, model: plain });
      samples.push({
        name: `campaigns ${size} ${seed}: learned`,
        tables,
        model: { ...simulated.model, effectiveExposure: learnTv },
      });
    }
  }
  for (const [size, options] of Object.entries(doctorData)) {
    for (const seed of [1, 2]) {
      const simulated = simulateHcp({ ...options, seed });
      const tables = tablesIn(simulated);
      for (const [kind, change] of Object.entries(doctorModels)) {
        samples.push({
          name: `doctors ${size} ${seed}: ${kind}`,
          tables,
          model: { ...simulated.model, model: {}, ...change },
        });
      }
    }
  }
  for (let seed = 1; seed <= 40; seed++) samples.push(scattered(seed));
  return samples;
}

/** Random bricks and entities: zeros, totals of any size, many components, rows in any order, twins. */
function scattered(seed: number): Sample {
  const random = randomOf(seed);
  const bricks = 1 + Math.floor(random() * 60);
  const entities = 1 + Math.floor(random() * 40);
  const density = [0.02, 0.1, 0.5, 1][seed % 4];
  const wide = seed % 5 === 0;
  const totals = { brick: [] as string[], y: [] as number[] };
  const exposure = { brick: [] as string[], who: [] as string[], w: [] as number[] };
  for (let b = 0; b < bricks; b++) {
    totals.brick.push(`b${(b * 37) % 101}`);
    totals.y.push(random() < 0.1 ? 0 : wide ? 10 ** (300 * random() - 150) : Math.round(1e4 * random()) / 100);
    for (let e = 0; e < entities; e++) {
      if (random() >= density && e !== b % entities) continue;
      exposure.brick.push(totals.brick[b]);
      exposure.who.push(`e${(e * 17) % 43}`);
      exposure.w.push(random() < 0.05 ? 0 : 100 * random());
    }
  }
  if (seed % 3 === 0) {
    // the first entity once more, under another name
    for (let r = 0, count = exposure.who.length; r < count; r++) {
      if (exposure.who[r] !== 'e0') continue;
      exposure.brick.push(exposure.brick[r]);
      exposure.who.push('twin');
      exposure.w.push(2 * exposure.w[r]);
    }
  }
  const negative = seed % 4 === 3;
  if (negative) totals.y[0] = -totals.y[0] - 1;
  const kinds = [
    { kind: 'none' },
    { kind: 'gamma' },
    { kind: 'gamma', spread: 1, evidence: 'none' },
    { kind: 'lognormal' },
  ] as const;
  return {
    name: `scattered ${seed}`,
    tables: { totals, exposure },
    model: {
      totals: { brick: ['brick'], value: 'y', ...(negative && { negativeTotals: 'share' }) },
      exposure: { brick: ['brick'], entity: ['who'], value: 'w' },
      model: { pooling: { ...kinds[(seed >> 1) % 4] } },
      output: { decimals: wide || seed % 2 ? null : 2 },
    } as Model,
  };
}
