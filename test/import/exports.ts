import { type Ad, adReport, csv, dateOf, dayOf, drawAds, weekly } from './ads.js';

// Exports of marketing-mix models, made from the documented formats and formulas: the libraries themselves did not write
// them. Contributions are exactly coefficient * curve of the delivery, so that an import can be judged by its curve.

const from = '2022-01-03';
const history = 8;
const weeks = 40;
/** The first week with a contribution. */
export const start = dateOf(dayOf(from) + history * 7);
export const weekDates = Array.from({ length: weeks }, (_, w) => dateOf(dayOf(start) + w * 7));

const geometric = (x: readonly number[], theta: number) => {
  let carried = 0;
  return x.map((value) => {
    carried = value + theta * carried;
    return carried;
  });
};
const windowed = (x: readonly number[], weights: readonly number[]) =>
  x.map((_, t) => weights.reduce((sum, weight, lag) => sum + (t >= lag ? weight * x[t - lag] : 0), 0));
const normalized = (weights: readonly number[]) => {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
};
const powers = (alpha: number, length: number) => Array.from({ length }, (_, lag) => alpha ** lag);
const hill = (x: number, half: number, slope: number) => x ** slope / (x ** slope + half ** slope);

/** Robyn's Weibull survival kernel over the whole series. */
const survival = (length: number, shape: number, quantile: number) => {
  const scale = Math.round(1 + (length - 1) * quantile);
  const weights = [1];
  for (let k = 1; k < length; k++) weights.push(weights[k - 1] * Math.exp(-((k / scale) ** shape)));
  return weights;
};

export interface Robyn {
  readonly files: Record<string, string>;
  readonly ads: readonly Ad[];
}

const media = ['tv_S', 'facebook_I', 'search_clicks_P'];
const platforms = ['tv', 'facebook', 'search'];
const alphas = [1.2, 2.1, 0.8];
const gammas = [0.4, 0.65, 0.9];
const thetas = [0.6, 0.15, 0.3];
const shapes = [1.5, 0.7, 2.2];
const scales = [0.05, 0.08, 0.02];
const coefficients = [90_000, 35_000, 12_345.5];

/** Robyn's export folder with two models, of which the JSON selects the first. */
export function robynExport(adstock: 'geometric' | 'weibull_cdf' = 'geometric'): Robyn {
  const ads = drawAds({ seed: 4, from, weeks: history + weeks, platforms, campaigns: 4 });
  const contributions = media.map((_, m) => {
    const x = weekly(ads, from, history + weeks, platforms[m]);
    const carried =
      adstock === 'geometric' ? geometric(x, thetas[m]) : windowed(x, survival(x.length, shapes[m], scales[m]));
    const seen = carried.slice(history);
    const half = gammas[m] * Math.max(...seen);
    return seen.map((value) => coefficients[m] * hill(value, half, alphas[m]));
  });
  const solIDs = ['1_228_4', '2_17_1'];
  const decomposition = solIDs.flatMap((solID, s) =>
    weekDates.map((ds, w) => [
      `"${s * weeks + w + 1}"`,
      ds,
      500_000,
      -1200.5,
      300,
      ...contributions.map((list) => list[w] * (1 + s)),
      77,
      100_000,
      480_000,
      `"${solID}"`,
    ]),
  );
  const names = ['ds', 'dep_var', 'trend', 'season', ...media, 'newsletter', 'intercept', 'depVarHat', 'solID'];
  const hyper = media.flatMap((name, m): [string, number][] => [
    [`${name}_alphas`, alphas[m]],
    [`${name}_gammas`, gammas[m]],
    ...(adstock === 'geometric'
      ? ([[`${name}_thetas`, thetas[m]]] as [string, number][])
      : ([
          [`${name}_shapes`, shapes[m]],
          [`${name}_scales`, scales[m]],
        ] as [string, number][])),
  ]);
  const quoted = (list: readonly string[]) => ['""', ...list.map((name) => `"${name}"`)];
  const model = {
    InputCollect: {
      adstock: [adstock],
      dep_var: ['revenue'],
      paid_media_spends: ['tv_S', 'facebook_S', 'search_S'],
      paid_media_vars: media,
      window_start: [weekDates[0]],
      window_end: [weekDates[weeks - 1]],
      intervalType: ['week'],
      dayInterval: [7],
      context_vars: {},
      totalObservations: [history + weeks],
      rollingWindowStartWhich: [history + 1],
      rollingWindowEndWhich: [history + weeks],
    },
    ExportedModel: {
      select_model: ['1_228_4'],
      hyper_values: Object.fromEntries([...hyper.map(([name, value]) => [name, [value]]), ['lambda', [0.1]]]),
    },
  };
  const files = {
    'pareto_alldecomp_matrix.csv': csv([quoted(names), ...decomposition]),
    'pareto_hyperparameters.csv': csv([
      quoted(['solID', ...hyper.map(([name]) => name), 'newsletter_alphas', 'lambda', 'nrmse']),
      ...solIDs.map((solID, s) => [
        `"${s + 1}"`,
        `"${solID}"`,
        ...hyper.map(([, v]) => v * (1 - 0.1 * s)),
        1,
        0.1,
        0.05,
      ]),
    ]),
    'pareto_media_transform_matrix.csv': csv([
      quoted(['ds', ...media, 'type', 'solID']),
      ['"1"', weekDates[0], 1, 2, 3, '"adstockedMedia"', '"1_228_4"'],
      ['"2"', weekDates[0], 1, 2, 3, '"decompMedia"', '"1_228_4"'],
    ]),
    'RobynModel-1_228_4.json': JSON.stringify(model, null, 2),
    'ads.csv': adReport(ads),
  };
  return { files, ads };
}

export const geos = ['Berlin', 'Hamburg', 'München'];
const heads = [3_700_000, 1_900_000, 1_500_000];
const meridianChannels = ['Channel0', 'Channel1'];
const meridianCurves = {
  Channel0: { alpha_m: 0.45, ec_m: 0.9, slope_m: 1.3 },
  Channel1: { alpha_m: 0.2, ec_m: 1.4, slope_m: 1 },
};
const maxLag = 6;

/** Meridian's data frame of contributions by geo, with the sum over channels that it appends. */
export function meridianExport(): Record<string, string> {
  const ads = drawAds({ seed: 8, from, weeks: history + weeks, platforms: meridianChannels, campaigns: 3, geos });
  const rows: (string | number)[][] = [];
  const sums = new Map<string, number>();
  meridianChannels.forEach((channel, c) => {
    const { alpha_m, ec_m, slope_m } = meridianCurves[channel as keyof typeof meridianCurves];
    const series = geos.map((geo, g) => weekly(ads, from, history + weeks, channel, geo).map((x) => x / heads[g]));
    const sorted = series
      .flat()
      .filter((x) => x > 0)
      .sort((a, b) => a - b);
    const middle = sorted.length / 2;
    const median = sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
    const weights = normalized(powers(alpha_m, maxLag + 1));
    geos.forEach((geo, g) => {
      const carried = windowed(
        series[g].map((x) => x / median),
        weights,
      ).slice(history);
      carried.forEach((x, w) => {
        const contribution = (c + 1) * 0.01 * heads[g] * hill(x, ec_m, slope_m);
        rows.push([geo, weekDates[w], channel, contribution]);
        const cell = `${geo},${weekDates[w]}`;
        sums.set(cell, (sums.get(cell) ?? 0) + contribution);
      });
    });
  });
  for (const [cell, sum] of sums) rows.push([...cell.split(','), 'All Paid Channels', sum]);
  return {
    'contributions.csv': csv([['geo', 'time', 'channel', 'contribution'], ...rows]),
    'population.csv': csv([['geo', 'population'], ...geos.map((geo, g) => [geo, heads[g]])]),
    'curves.json': JSON.stringify({ '*': { max_lag: maxLag }, ...meridianCurves }),
    'ads.csv': adReport(ads, { geo: true }),
  };
}

const pymcCurves = [
  { channel: 'tv', adstock_alpha: 0.55, saturation_lam: 2.5 },
  { channel: 'search', adstock_alpha: 0.1, saturation_lam: 0.7 },
];
const lMax = 6;

/** PyMC-Marketing's summary, with draws around it: long for CSV and Parquet. The model saw no delivery before its data. */
export function pymcExport(): Record<string, string> {
  const ads = drawAds({ seed: 15, from: start, weeks, platforms: ['tv', 'search'], campaigns: 4 });
  const rows: (string | number)[][] = [];
  const draws: (string | number)[][] = [];
  const records: Record<string, unknown>[] = [];
  pymcCurves.forEach(({ channel, adstock_alpha, saturation_lam }, c) => {
    const x = weekly(ads, start, weeks, channel);
    const scaled = x.map((value) => value / Math.max(...x));
    const carried = windowed(scaled, normalized(powers(adstock_alpha, lMax)));
    carried.forEach((value, w) => {
      const e = Math.exp(-saturation_lam * value);
      const mean = (c + 1) * 40_000 * ((1 - e) / (1 + e));
      rows.push([weekDates[w], channel, mean, mean * 0.99, mean * 0.8, mean * 1.2]);
      records.push({
        date: `${weekDates[w]}T00:00:00`,
        channel,
        mean,
        median: mean * 0.99,
        abs_error_94_lower: mean * 0.8,
      });
      for (const [draw, factor] of [0.9, 1, 1.1].entries()) draws.push([0, draw, weekDates[w], channel, mean * factor]);
    });
  });
  const common = { adstock: 'geometric', saturation: 'logistic', l_max: lMax };
  const names = ['channel', 'adstock', 'adstock_alpha', 'l_max', 'saturation', 'saturation_lam'];
  return {
    'contributions.csv': csv([
      ['date', 'channel', 'mean', 'median', 'abs_error_94_lower', 'abs_error_94_upper'],
      ...rows,
    ]),
    'contributions.json': JSON.stringify(records),
    'draws.csv': csv([['chain', 'draw', 'date', 'channel', 'value'], ...draws]),
    'curves.csv': csv([
      names,
      ...pymcCurves.map((curve) => names.map((name) => ({ ...common, ...curve })[name as 'channel'])),
    ]),
    'ads.csv': adReport(ads),
  };
}

const lightweightCurves = {
  tv: { lag_weight: 0.6, half_max_effective_concentration: 1.1, slope: 1.7 },
  radio: { lag_weight: 0.3, half_max_effective_concentration: 0.6, slope: 1 },
};

/** LightweightMMM's data frame under hill_adstock: periods have numbers, no dates. */
export function lightweightExport(): Record<string, string> {
  const channels = Object.entries(lightweightCurves);
  const ads = drawAds({ seed: 16, from: start, weeks, platforms: Object.keys(lightweightCurves), campaigns: 3 });
  const columns = channels.map(([channel, { lag_weight, half_max_effective_concentration, slope }], c) => {
    const x = weekly(ads, start, weeks, channel);
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    const carried = geometric(
      x.map((value) => value / mean),
      lag_weight,
    ).map((value) => value * (1 - lag_weight));
    return carried.map((value) => (c + 1) * 5000 * hill(value, half_max_effective_concentration, slope));
  });
  const rows = weekDates.map((_, w) => {
    const media = columns.map((column) => column[w]);
    const all = media.reduce((a, b) => a + b, 20_000);
    return [w, ...media.map((x) => x / all), 20_000 / all, all, ...media, 20_000, w + 1];
  });
  const names = Object.keys(lightweightCurves);
  const header = ['', ...names.map((name) => `${name}_percentage`), 'baseline_percentage', 'avg_prediction'];
  return {
    'df.csv': csv([
      [...header, ...names.map((name) => `${name} contribution`), 'baseline contribution', 'period'],
      ...rows,
    ]),
    'curves.json': JSON.stringify({ '*': { model_name: 'hill_adstock' }, ...lightweightCurves }),
    'ads.csv': adReport(ads),
  };
}
