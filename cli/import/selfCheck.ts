import type { ResultColumn } from '../../bindings/index.js';
import { effectiveExposure, type Model } from '../../bindings/index.js';
import type { Imported } from './assemble.js';
import type { Contributions, Curve } from './contributions.js';
import type { Delivery, DeliveryRows } from './delivery.js';
import type { Gaps } from './gaps.js';
import { deliveryTable } from './importTables.js';
import { type ExposureOf, reachedByLost } from './lostReach.js';
import type { Periods } from './periods.js';

/** Contribution / curve in one brick. */
export interface Ratio {
  readonly value: number;
  readonly period: number;
  readonly place: number;
}

/** How far a channel's contributions are from a coefficient times its curve of the delivery. */
export interface ChannelCheck {
  readonly channel: string;
  /** Bricks that were compared: those of a place with two or more. */
  readonly compared: number;
  /**
   * The largest contribution / curve over the smallest, minus 1, within the place where that is most: a coefficient may differ
   * between places. Infinity where there is a curve, and no contribution; 0 where nothing can be compared.
   */
  readonly spread: number;
  /** The two, where anything was compared. */
  readonly least: Ratio | null;
  readonly most: Ratio | null;
  /** Bricks that lost delivery carries over to: what the curve is there is unknown, so they are not compared. */
  readonly reached: number;
  /** Totals are one number times exposure in all places, to what a fit takes for none of its business: nothing can be learned. */
  readonly follows: boolean;
}

export interface SelfCheck {
  readonly channels: readonly ChannelCheck[];
}

/** Bricks whose contribution and curve are both below this share of the largest in their place do not count: rounding, or the last of a carry-over. */
const negligible = 1e-3;
/** Of the mean total: `totals-follow-exposure` of a fit. */
const leastDispersion = 1e-6;

/**
 * Compares totals with effective exposure, brick by brick: what a model contributes is its coefficient times its curve, so that
 * contribution / curve is one number for each channel and place, if delivery, curve and window are the model's own.
 */
export async function checkSelf(
  contributions: Contributions,
  periods: Periods,
  delivery: Delivery,
  imported: Imported,
  curves: ReadonlyMap<string, Curve> | null,
  lost: readonly Gaps[],
): Promise<SelfCheck> {
  const used = contributions.channels.filter((_, c) => delivery.matches.platformsOf[c].length > 0);
  const exposureOf = openExposure(contributions, periods, delivery, imported);
  const alike = Array.from(curves ?? [], ([channel, curve]) => [channel, withoutOf(curve)]);
  const { exposure, curves: plain } = await exposureOf(imported.rows, { curves: Object.fromEntries(alike) });
  const reached = curves && (await reachedByLost(contributions, periods, delivery, lost, plain, exposureOf));
  const totals = imported.totals.columns.contribution as Float64Array;
  const places = contributions.places.length;
  const per = periods.names.length * places;
  const channels = used.map((channel, i) => {
    const [from, to] = [i * per, (i + 1) * per];
    const whole = exposure.subarray(from, to);
    return checkChannel(channel, totals.subarray(from, to), whole, reached?.subarray(from, to) ?? null, places);
  });
  return { channels };
}

/** Effective exposure of each brick: campaigns of a channel saturate together, so that their sum is enough. */
function openExposure(
  contributions: Contributions,
  periods: Periods,
  delivery: Delivery,
  { totals, model }: Imported,
): ExposureOf {
  const { dimensions } = contributions;
  // columns of the user's may be called anything
  const plain = dimensions.map((_, d) => `place ${d + 1}`);
  const renamed = (columns: Readonly<Record<string, ResultColumn>>) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [plain[dimensions.indexOf(name)] ?? name, column]),
    );
  const brick = ['medium', 'period', ...plain];
  const ofTotals = renamed(totals.columns);
  const rowOf = rowsByKey(brick.map((name) => ofTotals[name]));
  return async (rows, effective) => {
    const summed = { ...delivery, rows: sumOfEntities(rows), entityColumns: [], entities: [[]] };
    const config = {
      totals: { ...model.totals, brick },
      exposure: { brick, entity: ['medium'], value: 'exposure' },
      ...(model.effectiveExposure && { effectiveExposure: { ...model.effectiveExposure, ...effective } }),
    } as Model;
    const tables = { totals: ofTotals, exposure: renamed(deliveryTable(contributions, periods, summed).columns) };
    const { table, curves } = await effectiveExposure(tables, config);
    const found = new Float64Array(totals.rows);
    const keyOf = keysOf(brick.map((name) => table.columns[name]));
    for (let r = 0; r < table.rows; r++) found[rowOf.get(keyOf(r))!] = table.columns.exposure[r];
    return { exposure: found, curves };
  };
}

/** The curve of the whole: however entities share it, there is one of them here. */
function withoutOf({ of, ...curve }: Curve): Curve {
  return curve;
}

function sumOfEntities({ channel, period, place, exposure }: DeliveryRows): DeliveryRows {
  const first: number[] = [];
  const sums: number[] = [];
  for (let r = 0; r < exposure.length; r++) {
    const f = first[first.length - 1];
    if (r > 0 && channel[r] === channel[f] && period[r] === period[f] && place[r] === place[f]) {
      sums[sums.length - 1] += exposure[r];
    } else {
      first.push(r);
      sums.push(exposure[r]);
    }
  }
  return {
    channel: Uint32Array.from(first, (r) => channel[r]),
    period: Int32Array.from(first, (r) => period[r]),
    place: Uint32Array.from(first, (r) => place[r]),
    entity: new Uint32Array(first.length),
    exposure: Float64Array.from(sums),
  };
}

const keysOf = (columns: readonly ResultColumn[]) => (row: number) =>
  JSON.stringify(columns.map((column) => ('codes' in column ? column.values[column.codes[row]] : String(column[row]))));

function rowsByKey(columns: readonly ResultColumn[]): Map<string, number> {
  const [first] = columns;
  const rows = 'codes' in first ? first.codes.length : first.length;
  const keyOf = keysOf(columns);
  return new Map(Array.from({ length: rows }, (_, r) => [keyOf(r), r]));
}

/** Bricks of one channel, by period, then place. */
function checkChannel(
  channel: string,
  totals: Float64Array,
  exposure: Float64Array,
  reached: Uint8Array | null,
  places: number,
): ChannelCheck {
  const known = reached === null ? exposure : exposure.map((value, b) => (reached[b] ? 0 : value));
  let compared = 0;
  let spread = 0;
  let [least, most]: (Ratio | null)[] = [null, null];
  for (let place = 0; place < places; place++) {
    const ratios = ratiosOf(totals, known, place, places);
    if (ratios.length < 2) continue;
    compared += ratios.length;
    const low = ratios.reduce((a, b) => (b.value < a.value ? b : a));
    const high = ratios.reduce((a, b) => (b.value > a.value ? b : a));
    const own = high.value === low.value ? 0 : high.value / low.value - 1;
    if (least !== null && own <= spread) continue;
    spread = own;
    [least, most] = [low, high];
  }
  const left = reached?.filter((there) => there === 1).length ?? 0;
  return { channel, compared, spread, least, most, reached: left, follows: followsOf(totals, exposure) };
}

/** Ratios of a place: a total of less than 0 is left out of the fit too, or refused. */
function ratiosOf(totals: Float64Array, exposure: Float64Array, place: number, places: number): Ratio[] {
  const own = Array.from({ length: totals.length / places }, (_, period) => period * places + place).filter(
    (b) => exposure[b] > 0 && totals[b] >= 0,
  );
  const sum = (values: Float64Array) => own.reduce((total, b) => total + values[b], 0);
  const rate = sum(totals) / sum(exposure);
  const largest = own.reduce((most, b) => Math.max(most, totals[b]), 0);
  if (!(largest > 0)) return [];
  return own
    .filter((b) => Math.max(totals[b], rate * exposure[b]) >= negligible * largest)
    .map((b) => ({ value: totals[b] / exposure[b], period: Math.floor(b / places), place }));
}

/** Whether the dispersion around the proportional split is below the least that a fit takes. */
function followsOf(totals: Float64Array, exposure: Float64Array): boolean {
  let [bricks, total, exposed] = [0, 0, 0];
  const counts = (b: number) => exposure[b] > 0 && totals[b] >= 0;
  totals.forEach((value, b) => {
    if (!counts(b)) return;
    bricks++;
    total += value;
    exposed += exposure[b];
  });
  if (bricks < 2 || !(total > 0)) return false;
  let pearson = 0;
  totals.forEach((value, b) => {
    const fitted = exposure[b] * (total / exposed);
    if (counts(b) && fitted > 0) pearson += ((value - fitted) / fitted) * (value - fitted);
  });
  return pearson / (bricks - 1) < leastDispersion * (total / bricks);
}
