import type { Faults } from '../../bindings/base/faults.js';
import type { Contributions } from './contributions.js';
import type { DateFormats } from './dateFormat.js';
import type { DeliveryColumns } from './deliveryColumns.js';
import { placesOfRows } from './deliveryPlaces.js';
import { periodsOfRows } from './deliveryTimes.js';
import { doubleCautions } from './doubles.js';
import { type Matches, type MatchOptions, matchChannels } from './match.js';
import type { Periods } from './periods.js';
import { figuresOf, recordOf, type SourceTable, textsOf } from './table.js';
import { refuseTotals } from './totalRows.js';
import { numberTuples, type Tuples } from './tuples.js';

/** Exposure in the periods of the model: rows in order of channel, period, place and first appearance of the entity. */
export interface Delivery {
  readonly rows: DeliveryRows;
  /** Columns that name an entity beside its channel, and the texts of each entity. */
  readonly entityColumns: readonly string[];
  readonly entities: readonly (readonly string[])[];
  readonly matches: Matches;
  /** The first and the last period of all delivery, kept or not. */
  readonly reach: { readonly first: number; readonly last: number };
  /** What was left out of the delivery, and why. */
  readonly notes: readonly string[];
  /** What to mind of what was not left out. */
  readonly cautions: readonly string[];
}

export interface DeliveryRows {
  readonly channel: Uint32Array;
  /** From 0 at the first total; below 0 lies history. */
  readonly period: Int32Array;
  readonly place: Uint32Array;
  readonly entity: Uint32Array;
  readonly exposure: Float64Array;
}

export interface DeliverySettings extends MatchOptions {
  /** The one channel of all rows, where no column says it. */
  readonly medium?: string | undefined;
  /** How dates that can be read in several ways are read. */
  readonly dateFormat?: DateFormats | undefined;
  /** Whether an hour is named by its beginning or by its end. */
  readonly hours: 'begin' | 'end';
  /** False leaves out what was delivered before the first total. */
  readonly history: boolean;
  /** The model's data begin so many periods before the first total: delivery before that is left out. */
  readonly before?: number | null | undefined;
}

/**
 * Adds delivery up into the periods of the model. Rows after the last period and rows of places that the model does not
 * know are left out and counted; rows before the first are kept as history.
 */
export function addUpDelivery(
  faults: Faults,
  table: SourceTable,
  columns: DeliveryColumns,
  contributions: Contributions,
  periods: Periods,
  settings: DeliverySettings,
): Delivery | null {
  const { name, rows } = table;
  if (rows === 0) {
    faults.add('no-rows', name, 'expected at least one row of delivery, got none');
    return null;
  }
  const notes: string[] = [...(table.notes ?? [])];
  const cautions: string[] = [];
  const constant = { codes: new Uint32Array(rows), values: [settings.medium ?? ''] };
  const platform = columns.medium === null ? constant : textsOf(table, columns.medium);
  const where = columns.medium === null ? '--medium' : `${name}, column ${columns.medium}`;
  if (columns.medium !== null && !named('', settings)) refuseBlank(faults, table, columns.medium, 'a platform');
  const matches = matchChannels(faults, where, contributions.channels, [...Array.from(platform.values)], settings);
  const exposure = figuresOf(faults, table, columns.exposure);
  exposure.forEach((value, r) => {
    if (value < 0) faults.add('negative', recordOf(table, r, columns.exposure), `expected a number >= 0, got ${value}`);
  });
  if (refuseTotals(faults, table, columns.date)) return null;
  const times = periodsOfRows(faults, table, columns, periods, settings.hours, cautions, settings.dateFormat);
  const place = placesOfRows(faults, table, columns, contributions, notes, cautions);
  if (faults.any || !times) return null;

  const kept: number[] = [];
  const left = { skipped: 0, elsewhere: 0, before: 0, unseen: 0, after: 0 };
  const reach = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  const earliest = -(settings.before ?? Number.POSITIVE_INFINITY);
  for (let r = 0; r < rows; r++) {
    if (matches.channelOf[platform.codes[r]] < 0) left.skipped++;
    else if (place[r] < 0) left.elsewhere++;
    else {
      reach.first = Math.min(reach.first, times[r]);
      reach.last = Math.max(reach.last, times[r]);
      if (times[r] >= periods.names.length) left.after++;
      else if (times[r] < 0 && !settings.history) left.before++;
      else if (times[r] < earliest) left.unseen++;
      else kept.push(r);
    }
  }
  refuseNoOverlap(faults, `${name}, column ${columns.date}`, times, kept, periods, contributions);
  if (left.skipped > 0) notes.push(`${counted(left.skipped)} of skipped platforms`);
  if (left.elsewhere > 0) notes.push(`${counted(left.elsewhere)} where the model has no totals`);
  if (left.before > 0) notes.push(`${counted(left.before)} before the first period of the model`);
  if (left.unseen > 0) notes.push(`${counted(left.unseen)} before the data of the model`);
  if (left.after > 0) notes.push(`${counted(left.after)} after the last period of the model`);
  for (const column of columns.campaigns) refuseBlank(faults, table, column, 'a campaign', kept);

  // an entity is a campaign, and its platform where a channel has several
  const several = columns.medium !== null && matches.platformsOf.some((list) => list.length > 1);
  const entityColumns = [...(several ? [columns.medium!] : []), ...columns.campaigns];
  const texts = entityColumns.map((column) => textsOf(table, column));
  const entity = numberTuples(
    kept.length,
    texts.map(({ codes }) => Uint32Array.from(kept, (r) => codes[r])),
    texts.map(({ values }) => values.length),
  );
  const keptRows: DeliveryRows = {
    channel: Uint32Array.from(kept, (r) => matches.channelOf[platform.codes[r]]),
    period: Int32Array.from(kept, (r) => times[r]),
    place: Uint32Array.from(kept, (r) => place[r]),
    entity: entity.ids,
    exposure: Float64Array.from(kept, (r) => exposure[r]),
  };
  for (const channel of idleChannels(contributions.channels, matches, keptRows)) {
    cautions.push(`no delivery of channel ${channel}: its totals stay unallocated`);
  }
  const added = addUp(keptRows, contributions, periods, entity.count);
  const { channel } = keptRows;
  cautions.push(
    ...doubleCautions(
      table,
      columns,
      { rows: kept, channel, exposure: keptRows.exposure },
      { columns: entityColumns, ids: entity.ids, added },
    ),
  );
  return {
    rows: added,
    // its own name for the platform: `medium` is the channel
    entityColumns: entityColumns.map((column) => (several && column === columns.medium ? 'platform' : column)),
    entities: entity.first.map((i) => texts.map(({ codes, values }) => values[codes[kept[i]]])),
    matches,
    reach,
    notes,
    cautions,
  };
}

/** Whether the user says what becomes of a platform. */
const named = (platform: string, { match, skip }: MatchOptions) =>
  skip.includes(platform) || match.some((pair) => pair.slice(pair.indexOf('=') + 1) === platform);

/** Notes the first row without a text, and how many there are. */
function refuseBlank(faults: Faults, table: SourceTable, column: string, what: string, kept?: readonly number[]): void {
  const { codes, values } = textsOf(table, column);
  const blank = values.indexOf('');
  if (blank < 0) return;
  const rows = (kept ?? Array.from(codes.keys())).filter((r) => codes[r] === blank);
  if (rows.length === 0) return;
  const count =
    rows.length === 1 ? '' : `, as in ${rows.length - 1} further ${rows.length === 2 ? 'record' : 'records'}`;
  const problem = `expected ${what}, got nothing${count}. Name it in the file, or take the rows out.`;
  faults.add('empty-key', recordOf(table, rows[0], column), problem);
}

function idleChannels(
  channels: readonly string[],
  { platformsOf }: Matches,
  { channel, exposure }: DeliveryRows,
): string[] {
  const active = new Set<number>();
  channel.forEach((c, i) => {
    if (exposure[i] > 0) active.add(c);
  });
  return channels.filter((_, c) => platformsOf[c].length > 0 && !active.has(c));
}

const counted = (rows: number) => `${rows} ${rows === 1 ? 'row' : 'rows'} of delivery`;

/** One row per cell. Exposures of a cell are added from the smallest up, so that the order of the file does not show. */
function addUp(
  rows: DeliveryRows,
  { channels, places }: Contributions,
  periods: Periods,
  entities: number,
): DeliveryRows {
  const { channel, period, place, entity, exposure } = rows;
  const earliest = period.reduce((least, p) => Math.min(least, p), 0);
  const cells = numberTuples(
    exposure.length,
    [channel, period.map((p) => p - earliest), place, entity],
    [channels.length, periods.names.length - earliest, places.length, entities],
  );
  const sums = sumsOf(cells, exposure);
  const order = Array.from(cells.first.keys()).sort((a, b) => {
    const [r, s] = [cells.first[a], cells.first[b]];
    return channel[r] - channel[s] || period[r] - period[s] || place[r] - place[s] || entity[r] - entity[s];
  });
  return {
    channel: Uint32Array.from(order, (cell) => channel[cells.first[cell]]),
    period: Int32Array.from(order, (cell) => period[cells.first[cell]]),
    place: Uint32Array.from(order, (cell) => place[cells.first[cell]]),
    entity: Uint32Array.from(order, (cell) => entity[cells.first[cell]]),
    exposure: Float64Array.from(order, (cell) => sums[cell]),
  };
}

function sumsOf({ ids, count }: Tuples, values: Float64Array): Float64Array {
  const ends = new Uint32Array(count + 1);
  for (const id of ids) ends[id + 1]++;
  for (let id = 0; id < count; id++) ends[id + 1] += ends[id];
  const next = ends.slice();
  const grouped = new Float64Array(values.length);
  ids.forEach((id, r) => {
    grouped[next[id]++] = values[r];
  });
  return Float64Array.from({ length: count }, (_, id) =>
    grouped
      .subarray(ends[id], ends[id + 1])
      .sort()
      .reduce((sum, value) => sum + value, 0),
  );
}

function refuseNoOverlap(
  faults: Faults,
  path: string,
  times: Int32Array,
  kept: readonly number[],
  periods: Periods,
  { source, timeColumn }: Contributions,
): void {
  if (kept.some((r) => times[r] >= 0)) return;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of times) {
    least = Math.min(least, time);
    most = Math.max(most, time);
  }
  const { names, nameOf } = periods;
  const expected = `expected dates within those of ${source}, column ${timeColumn} (${names[0]} to ${names.at(-1)})`;
  faults.add(
    'no-overlap',
    path,
    `${expected}, got periods from ${nameOf(least)} to ${nameOf(most)}. Is it the same year?`,
  );
}
