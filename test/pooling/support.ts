import { createEngine, type Engine, type Fit, type Model, type Tables } from '../../bindings/index.js';
import { randomOf } from '../support/kernels.js';
import { figures, rowsBy, words } from '../support/simulations.js';

export type Pooling = NonNullable<NonNullable<Model['model']>['pooling']>;

/** Ads of media: what stands in the three tables, as plain lists. Bricks are media and weeks. */
export interface Sample {
  readonly ads: readonly string[];
  /** Columns of the entities table, a value for each ad. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  readonly totals: readonly (readonly [medium: string, week: string, sales: number])[];
  readonly rows: readonly (readonly [medium: string, week: string, ad: number, clicks: number])[];
}

/** One engine for each kernel set. */
export const engines: readonly Engine[] = [
  await createEngine({ kernels: 'wasm' }),
  await createEngine({ kernels: 'js' }),
];
export const [wasm, js] = engines;

export function tablesOf({ ads, columns, totals, rows }: Sample): Tables {
  return {
    totals: {
      medium: totals.map(([medium]) => medium),
      week: totals.map(([, week]) => week),
      sales: totals.map(([, , sales]) => sales),
    },
    exposure: {
      medium: rows.map(([medium]) => medium),
      week: rows.map(([, week]) => week),
      ad: rows.map(([, , ad]) => ads[ad]),
      clicks: rows.map(([, , , clicks]) => clicks),
    },
    entities: { ad: ads, ...columns },
  };
}

export const columnsOf = {
  totals: { brick: ['medium', 'week'], value: 'sales' },
  exposure: { brick: ['medium', 'week'], entity: ['ad'], value: 'clicks' },
  entities: { entity: ['ad'] },
} satisfies Model;

export const modelOf = (
  pooling: Pooling,
  fit: Model['fit'] = { tolerance: 1e-13 },
  rest: Partial<Model> = {},
): Model => ({
  ...columnsOf,
  model: { pooling },
  fit,
  ...rest,
});

export const fitOf = (
  sample: Sample,
  pooling: Pooling,
  fit?: Model['fit'],
  rest?: Partial<Model>,
  engine = wasm,
): Promise<Fit> => engine.fit(tablesOf(sample), modelOf(pooling, fit, rest));

export interface Plan {
  readonly seed: number;
  readonly media?: readonly string[];
  readonly weeks?: number;
  /** Per medium. */
  readonly campaigns?: number;
  /** Per campaign. */
  readonly ads?: number;
  /** How likely an ad runs in a week. */
  readonly runs?: number;
  /** How far ln productivities of campaigns and ads lie apart, and of totals from what is expected. */
  readonly spread?: number;
  readonly noise?: number;
}

/** Ads in campaigns in media, whose totals follow their productivities but for some noise. */
export function sampleOf(plan: Plan): Sample {
  const {
    seed,
    media = ['tv'],
    weeks = 30,
    campaigns = 4,
    ads: each = 3,
    runs = 0.6,
    spread = 0.4,
    noise = 0.1,
  } = plan;
  const uniform = randomOf(seed);
  const swing = (size: number) => Math.exp(size * (2 * uniform() - 1));
  const ads: string[] = [];
  const columns = { campaign: [] as string[], format: [] as string[], market: [] as string[] };
  const totals: [string, string, number][] = [];
  const rows: [string, string, number, number][] = [];
  media.forEach((medium, m) => {
    const first = ads.length;
    const productivity: number[] = [];
    for (let c = 0; c < campaigns; c++) {
      const shared = 3 ** m * swing(spread);
      for (let a = 0; a < each; a++) {
        ads.push(`${medium}-${c}-${a}`);
        columns.campaign.push(`${medium}-${c}`);
        columns.format.push(`f${Math.floor(3 * uniform())}`);
        columns.market.push(`m${Math.floor(2 * uniform())}`);
        productivity.push(shared * swing(spread));
      }
    }
    for (let w = 0; w < weeks; w++) {
      const week = `2024-${String(1 + Math.floor(w / 28)).padStart(2, '0')}-${String(1 + (w % 28)).padStart(2, '0')}`;
      let expected = 0;
      productivity.forEach((p, h) => {
        // the first ad always runs, so that a medium is one component
        if (h > 0 && uniform() > runs) return;
        const clicks = 1 + 100 * uniform();
        rows.push([medium, week, first + h, clicks]);
        expected += p * clicks;
      });
      totals.push([medium, week, expected * swing(noise)]);
    }
  });
  return { ads, columns, totals, rows };
}

/** The same rows in another order. */
export function shuffled(sample: Sample, seed: number): Sample {
  const uniform = randomOf(seed);
  const mix = <T>(list: readonly T[]) =>
    list
      .map((item) => [uniform(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  const order = mix([...sample.ads.keys()]);
  const place = new Map(order.map((ad, i) => [ad, i]));
  return {
    ads: order.map((ad) => sample.ads[ad]),
    columns: Object.fromEntries(
      Object.entries(sample.columns).map(([name, values]) => [name, order.map((ad) => values[ad])]),
    ),
    totals: mix(sample.totals),
    rows: mix(sample.rows).map(([medium, week, ad, clicks]) => [medium, week, place.get(ad)!, clicks]),
  };
}

/** A figure of the entities table for each ad. */
export function byAd(fit: Fit, ads: readonly string[], name: string): number[] {
  const rows = rowsBy(fit.entities, ['ad']);
  const column = figures(fit.entities, name);
  return ads.map((ad) => column[rows.get(ad)!]);
}

/** The flags of each ad. */
export function flagsOf(fit: Fit, ads: readonly string[]): string[] {
  const rows = rowsBy(fit.entities, ['ad']);
  const column = words(fit.entities, 'flags');
  return ads.map((ad) => column[rows.get(ad)!]);
}

/** A figure of the groups table by level and group, a tab between them. */
export function byGroup(fit: Fit, name: string): Map<string, number> {
  const column = figures(fit.groups, name);
  return new Map([...rowsBy(fit.groups, ['level', 'group'])].map(([key, row]) => [key, column[row]]));
}

/** All figures of a fit that rows of any order must have in common, by key. */
export function numbersOf(fit: Fit, ads: readonly string[]): Record<string, unknown> {
  const { names } = fit.entities;
  const numeric = names.filter((name) => fit.entities.columns[name] instanceof Float64Array);
  return {
    ...Object.fromEntries(numeric.map((name) => [name, byAd(fit, ads, name)])),
    groups: ['productivity', 'relative', 'entities'].map((name) => [...byGroup(fit, name)]),
    figures: [fit.objective, fit.logLikelihood, fit.passes, fit.dispersion, fit.spreads, fit.warnings],
  };
}

/** The largest relative difference of two lists. */
export const distance = (a: readonly number[], b: readonly number[]) =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]) / Math.max(Math.abs(x), Math.abs(b[i]), 1e-300)), 0);

/** Every warning of a code, in words. */
export const warningsOf = (fit: Fit, code: string) =>
  fit.warnings.filter((warning) => warning.code === code).map(({ message }) => message);
