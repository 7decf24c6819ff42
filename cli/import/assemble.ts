import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import type { Model, ResultTable } from '../../bindings/index.js';
import type { Contributions, Curve, Draws } from './contributions.js';
import type { Delivery, DeliveryRows } from './delivery.js';
import { fillPauses, type Gaps, refuseGaps } from './gaps.js';
import { deliveryTable, drawsTable, totalsTable } from './importTables.js';
import type { Periods } from './periods.js';

/** What an import writes. */
export interface Imported {
  readonly totals: ResultTable;
  readonly delivery: ResultTable;
  /** The rows of that. */
  readonly rows: DeliveryRows;
  readonly draws: ResultTable | null;
  readonly model: Model;
  /** How many totals are negative: none unless they are shared. */
  readonly negatives: number;
}

export interface AssemblySettings {
  /** `share` splits negative contributions by the fitted shares instead of refusing them. */
  readonly negative?: 'share' | undefined;
  /** A curve for every channel that stays; null leaves exposure as it is. */
  readonly curves: ReadonlyMap<string, Curve> | null;
  /** Head count of each place. */
  readonly population?: readonly number[] | undefined;
  readonly draws: Draws | null;
  /** Missing delivery, what the user says of it, and the file that it is missing from; refused where nothing is said. */
  readonly gaps: readonly Gaps[];
  readonly allowed?: 'allow' | 'unallocated' | undefined;
  readonly deliveryName: string;
  readonly format: 'csv' | 'parquet';
}

/** Puts contributions and delivery into the tables and the configuration that a fit takes; null after noting faults. */
export function assemble(
  faults: Faults,
  contributions: Contributions,
  periods: Periods,
  delivery: Delivery,
  settings: AssemblySettings,
): Imported | null {
  const { channels, dimensions, times } = contributions;
  const periodOf = times.map((text) => periods.of(text));
  const used = channels.flatMap((_, c) => (delivery.matches.platformsOf[c].length > 0 ? [c] : []));
  const values = valuesOf(contributions, periodOf);
  const factors = refuseFactors(faults, contributions, delivery, values, used);
  // factors are there whether or not anything is delivered
  if (!factors && !settings.allowed) refuseGaps(faults, settings.deliveryName, settings.gaps, periods);
  if (settings.negative !== 'share') refuseNegative(faults, contributions, periods, values, used);
  checkNames(faults, dimensions, delivery.entityColumns);
  if (faults.any) return null;

  const per = times.length * contributions.places.length;
  const lost = settings.allowed === 'unallocated' && settings.curves !== null;
  const rows = lost ? fillPauses(delivery.rows, settings.gaps, channels, periods.names.length) : delivery.rows;
  const scaled = settings.curves !== null && settings.population !== undefined;
  return {
    totals: totalsTable(contributions, periods, used, values, scaled ? settings.population! : null),
    delivery: deliveryTable(contributions, periods, { ...delivery, rows }),
    rows,
    draws: settings.draws && drawsTable(contributions, periods, used, settings.draws),
    model: modelOf(contributions, delivery, settings, used, scaled),
    negatives: used.reduce((sum, c) => sum + negativesIn(values.subarray(c * per, (c + 1) * per)), 0),
  };
}

/** Contributions by channel, period and place. */
function valuesOf({ rows, times, places }: Contributions, periodOf: readonly number[]): Float64Array {
  const values = new Float64Array(rows.value.length);
  rows.value.forEach((value, i) => {
    values[(rows.channel[i] * times.length + periodOf[rows.time[i]]) * places.length + rows.place[i]] = value;
  });
  return values;
}

function modelOf(
  { channels, dimensions }: Contributions,
  { rows, entityColumns }: Delivery,
  { negative, curves, format, allowed }: AssemblySettings,
  used: readonly number[],
  scaled: boolean,
): Model {
  const brick = ['medium', 'period', ...dimensions];
  // history may have periods in which nothing was delivered: no row, no exposure
  const history = new Set(rows.period.filter((period) => period < 0));
  const holes = history.size > 0 && history.size < -Math.min(...history);
  const curveOf = Object.fromEntries(used.map((c) => [channels[c], curves?.get(channels[c]) ?? {}]));
  return {
    totals: {
      file: `totals.${format}`,
      brick,
      value: 'contribution',
      ...(negative === 'share' && { negativeTotals: 'share' as const }),
    },
    exposure: { file: `delivery.${format}`, brick, entity: ['medium', ...entityColumns], value: 'exposure' },
    ...(curves && {
      effectiveExposure: {
        time: 'period',
        by: ['medium'],
        ...(allowed === 'unallocated' ? { gaps: allowed } : holes && { gaps: 'zero' as const }),
        ...(scaled && { population: 'population' }),
        curves: curveOf,
      },
    }),
  } as Model;
}

/** Contributions that are there before anything was delivered, and always the same, are factors and no amounts. True where there are any. */
function refuseFactors(
  faults: Faults,
  { channels, places, times, source }: Contributions,
  { rows }: Delivery,
  values: Float64Array,
  used: readonly number[],
): boolean {
  let found = false;
  for (const c of used) {
    let idle = times.length;
    rows.channel.forEach((channel, i) => {
      if (channel === c && rows.exposure[i] > 0) idle = Math.min(idle, Math.max(rows.period[i], 0));
    });
    if (idle < 2 || idle === times.length) continue;
    const from = c * times.length * places.length;
    const before = values.subarray(from, from + idle * places.length);
    const constant = before.every((value) => Math.abs(value - before[0]) <= 1e-9 * Math.abs(before[0]));
    if (!constant || before[0] === 0) continue;
    const what = `${show(channels[c])} with ${before[0]} in each of the first ${idle} periods, before anything was delivered`;
    const cure =
      'Factors of a log link do not add up: export the prediction minus the prediction without the channel, on the original scale';
    faults.add('multiplicative', source, `expected contributions that add up, got ${what}. ${cure}.`);
    found = true;
  }
  return found;
}

const negativesIn = (values: Float64Array) => values.filter((value) => value < 0).length;

function refuseNegative(
  faults: Faults,
  { channels, times, places, source }: Contributions,
  periods: Periods,
  values: Float64Array,
  used: readonly number[],
): void {
  const per = times.length * places.length;
  for (const c of used) {
    const own = values.subarray(c * per, (c + 1) * per);
    const count = negativesIn(own);
    if (count === 0) continue;
    const at = own.findIndex((value) => value < 0);
    const where = [periods.nameOf(Math.floor(at / places.length)), ...places[at % places.length]].map(show).join(', ');
    const got = `${count} negative of channel ${show(channels[c])} (first ${own[at]} in ${where})`;
    const cure = `Set --negative share to leave them out of the fit and split them by the fitted shares, or --skip ${channels[c]}`;
    faults.add('negative-total', source, `expected contributions >= 0, got ${got}. ${cure}.`);
  }
}

const ours = ['medium', 'period', 'contribution', 'exposure', 'population', 'draw'];

function checkNames(faults: Faults, dimensions: readonly string[], entityColumns: readonly string[]): void {
  const refuse = (path: string, name: string) => {
    const problem = `expected a column of another name than ${[...ours, ...dimensions].join(', ')}, got ${show(name)}`;
    faults.add('reserved-column', path, `${problem}. Rename the column.`);
  };
  for (const name of dimensions) if (ours.includes(name)) refuse('key of the contributions', name);
  for (const name of entityColumns) if ([...ours, ...dimensions].includes(name)) refuse('--campaign-column', name);
}
