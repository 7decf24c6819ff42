import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import type { ContributionRows, Contributions, Draws } from './contributions.js';
import { figuresOf, hasColumn, recordOf, recordOfRow, type SourceTable, textsOf, type Wanted } from './table.js';
import { type Key, keyOf } from './tuples.js';

/** Which column of a long table is what. */
export interface LongColumns {
  readonly time: string;
  readonly channel: string;
  readonly value: string;
  readonly dimensions: readonly string[];
  /** Columns that name a draw of the posterior, where there are any. */
  readonly draw: readonly string[];
  /** Keeps the rows with this text in a column: the posterior beside the prior, the mean beside the median. */
  readonly keep: ReadonlyMap<string, string>;
  /** Channels that are sums of others. */
  readonly drop: readonly string[];
}

/** What is read of a long table. */
export function wantedOfLong({ time, channel, value, dimensions, draw, keep }: LongColumns): Wanted {
  const wanted = new Map<string, 'key' | 'value'>([[value, 'value']]);
  for (const key of [time, channel, ...dimensions, ...draw, ...keep.keys()]) wanted.set(key, 'key');
  return wanted;
}

/**
 * Reads a long table, one row per channel, time, place and draw. Draws are averaged and kept beside the mean. Null after
 * noting doubles (several models in one file), gaps, and cells that cannot be read.
 */
export function readLong(
  faults: Faults,
  table: SourceTable,
  columns: LongColumns,
  title: string,
): Contributions | null {
  const { name } = table;
  const { time, channel, value, dimensions, draw } = columns;
  const needed: [column: string, what: string][] = [
    [time, 'the period'],
    [channel, 'the channel'],
    [value, 'the contribution'],
  ];
  for (const [column, what] of needed) hasColumn(faults, table, column, what);
  if (faults.any) return null;
  if (table.rows === 0) faults.add('no-rows', name, 'expected at least one row of contributions, got none');
  const notes: string[] = [...(table.notes ?? [])];
  const kept = keptRows(faults, table, columns, notes);
  const figures = figuresOf(faults, table, value);
  for (const column of [time, channel, ...dimensions]) refuseEmpty(faults, table, kept, column);
  if (faults.any) return null;

  const keys = {
    channel: keyOf(kept, [textsOf(table, channel)]),
    time: keyOf(kept, [textsOf(table, time)]),
    place: keyOf(
      kept,
      dimensions.map((column) => textsOf(table, column)),
    ),
    draw: keyOf(
      kept,
      draw.map((column) => textsOf(table, column)),
    ),
  };
  checkCells(faults, table, keys, [channel, time, ...dimensions, ...draw], kept);
  if (faults.any) return null;
  const rows: Draws = {
    channel: keys.channel.ids,
    time: keys.time.ids,
    place: keys.place.ids,
    draw: keys.draw.ids,
    count: keys.draw.texts.length,
    value: Float64Array.from(kept, (r) => figures[r]),
  };
  const places = keys.place.texts;
  return {
    title,
    source: name,
    timeColumn: time,
    channels: keys.channel.texts.map(([text]) => text),
    times: keys.time.texts.map(([text]) => text),
    dimensions,
    places,
    rows: draw.length > 0 ? meanOf(rows, keys.channel.texts.length, keys.time.texts.length, places.length) : rows,
    draws: draw.length > 0 ? rows : undefined,
    notes,
  };
}

/** The rows that `keep` and `drop` leave; what they take away is counted in `notes`. */
function keptRows(faults: Faults, table: SourceTable, columns: LongColumns, notes: string[]): number[] {
  const channels = textsOf(table, columns.channel);
  const filters = [...columns.keep].map(([column, text]) => ({ column, text, ...textsOf(table, column) }));
  const kept: number[] = [];
  const left = new Map<string, number>();
  for (let r = 0; r < table.rows; r++) {
    const filter = filters.find(({ text, codes, values }) => values[codes[r]] !== text);
    const channel = channels.values[channels.codes[r]];
    const dropped = columns.drop.includes(channel) ? show(channel) : null;
    const why = filter ? `${filter.column} ${show(filter.values[filter.codes[r]])}` : dropped;
    if (why === null) kept.push(r);
    else left.set(why, (left.get(why) ?? 0) + 1);
  }
  for (const [why, count] of left) notes.push(`${count} ${count === 1 ? 'row' : 'rows'} of ${why}`);
  if (kept.length === 0 && table.rows > 0) {
    const wanted = filters.map(({ column, text }) => `${column} ${show(text)}`).join(' and ');
    const expected = `expected rows of single channels${wanted && ` with ${wanted}`}`;
    faults.add('no-rows', table.name, `${expected}, got only ${[...left.keys()].join(', ')}`);
  }
  return kept;
}

function refuseEmpty(faults: Faults, table: SourceTable, kept: readonly number[], column: string): void {
  const { codes, values } = textsOf(table, column);
  const row = kept.find((r) => values[codes[r]] === '');
  if (row === undefined) return;
  faults.add('empty-key', recordOf(table, row, column), 'expected a text, got nothing');
}

type Keys = Readonly<Record<'channel' | 'time' | 'place' | 'draw', Key>>;

/** Every channel has every period in every place (and draw) once: notes the first that comes twice or is missing. */
function checkCells(
  faults: Faults,
  table: SourceTable,
  keys: Keys,
  columns: readonly string[],
  kept: readonly number[],
): void {
  const all = [keys.channel, keys.time, keys.place, keys.draw];
  const sizes = all.map(({ texts }) => texts.length);
  const cells = sizes.reduce((product, size) => product * size, 1);
  const describe = (texts: readonly string[]) => columns.map((column, c) => `${column} ${show(texts[c])}`).join(', ');
  const seen = new Uint8Array(Math.min(cells, kept.length + 1)); // where there are more cells than rows, one of these is missing
  for (let i = 0; i < kept.length; i++) {
    const cell = all.reduce((at, { ids }, k) => at * sizes[k] + ids[i], 0);
    if (cell >= seen.length) continue;
    if (seen[cell] === 0) {
      seen[cell] = 1;
      continue;
    }
    const texts = describe(all.flatMap((key) => key.texts[key.ids[i]]));
    const problem = `expected each cell once, got ${texts} again. Are several models in one file? Keep the rows of one.`;
    faults.add('stacked', recordOfRow(table, kept[i]), problem);
    return;
  }
  let gap = seen.indexOf(0);
  if (gap < 0) return;
  const at = [...sizes].reverse().map((size) => {
    const id = gap % size;
    gap = (gap - id) / size;
    return id;
  });
  const texts = describe(all.flatMap((key, k) => key.texts[at[all.length - 1 - k]]));
  faults.add('periods', table.name, `expected every channel in every period, got no row for ${texts}`);
}

/** The mean over draws of each cell, draws added in the order of the file. */
export function meanOf(draws: Draws, channels: number, times: number, places: number): ContributionRows {
  const { channel, time, place, value, count } = draws;
  const sums = new Float64Array(channels * times * places);
  for (let i = 0; i < value.length; i++) sums[(channel[i] * times + time[i]) * places + place[i]] += value[i];
  return {
    channel: Uint32Array.from(sums, (_, cell) => Math.floor(cell / (times * places))),
    time: Uint32Array.from(sums, (_, cell) => Math.floor(cell / places) % times),
    place: Uint32Array.from(sums, (_, cell) => cell % places),
    value: sums.map((sum) => sum / count),
  };
}
