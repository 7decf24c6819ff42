import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import type { Column } from '../../bindings/index.js';
import { findRewritten } from '../../bindings/tables/rewritten.js';
import type { Contributions, Draws } from './contributions.js';
import type { DateFormats } from './dateFormat.js';
import { readLong } from './long.js';
import { parseMoment, secondsOf } from './moment.js';
import { figuresOf, type SourceTable, textsOf, type Wanted } from './table.js';

const drawColumns = ['chain', 'draw', 'sample'];
const valueNames = [
  'value',
  'contribution',
  'channel_contribution_original_scale',
  'channel_contribution',
  'channel_contributions',
];

const dateColumns = (header: readonly string[], formats: DateFormats) =>
  header.filter((name) => parseMoment(name, formats) !== null);

/** What is read of a table of draws: everything but row numbers. */
export const wantedOfDraws = (
  header: readonly string[],
  dimensions: readonly string[],
  formats: DateFormats = [],
): Wanted => {
  const keys = [...drawColumns, 'channel', 'date', ...dimensions];
  const figures = [...valueNames, ...dateColumns(header, formats)];
  const wanted = new Map<string, 'key' | 'value'>();
  for (const name of header) {
    if (keys.includes(name)) wanted.set(name, 'key');
    else if (figures.includes(name)) wanted.set(name, 'value');
  }
  return wanted;
};

/**
 * Draws of the posterior from a table of their own: long (chain, draw, date, channel, value) or wide (chain, draw, a
 * column per date). They must be draws of these contributions: same channels, periods and places, and a mean near theirs.
 */
export function readDraws(
  faults: Faults,
  table: SourceTable,
  contributions: Contributions,
  channels: readonly string[],
  formats: DateFormats = [],
): Draws | null {
  const { name, header, rows } = table;
  if (rows === 0) faults.add('no-rows', name, 'expected at least one draw, got none');
  if (!drawColumns.some((column) => header.includes(column))) {
    faults.add('missing-column', name, `expected a column ${drawColumns.map(show).join(' or ')}, got none of them`);
  }
  if (!header.includes('channel') && channels.length !== 1) {
    const problem = 'expected a column "channel" where there are several channels, got none of that name';
    faults.add('missing-column', name, `${problem}. Leave all but one out with --skip, or add the column.`);
  }
  if (faults.any) return null;
  const dates = dateColumns(header, formats);
  const long = dates.length > 0 ? lengthened(faults, table, contributions.dimensions, dates) : table;
  if (faults.any) return null;
  const withChannel = header.includes('channel') ? long : addChannel(long, channels[0]);
  const read = readLong(
    faults,
    withChannel,
    {
      time: 'date',
      channel: 'channel',
      value: valueNames.find((column) => withChannel.header.includes(column)) ?? 'value',
      dimensions: contributions.dimensions,
      draw: drawColumns.filter((column) => header.includes(column)),
      keep: new Map(),
      drop: [],
    },
    'draws',
  );
  if (!read?.draws) return null;
  return numberedLike(faults, name, read, read.draws, contributions, channels, formats);
}

/** A wide table as a long one: a row per draw and date. */
function lengthened(
  faults: Faults,
  table: SourceTable,
  dimensions: readonly string[],
  dates: readonly string[],
): SourceTable {
  const keys = table.header.filter((name) => [...drawColumns, 'channel', ...dimensions].includes(name));
  const rows = table.rows * dates.length;
  const repeated = (codes: ArrayLike<number>) =>
    Uint32Array.from({ length: rows }, (_, i) => codes[Math.floor(i / dates.length)]);
  const value = new Float64Array(rows);
  dates.forEach((date, d) => {
    figuresOf(faults, table, date).forEach((figure, r) => {
      value[r * dates.length + d] = figure;
    });
  });
  return {
    name: table.name,
    header: [...keys, 'date', 'value'],
    rows,
    columns: new Map<string, Column>([
      ...keys.map((key): [string, Column] => {
        const { codes, values } = textsOf(table, key);
        return [key, { codes: repeated(codes), values }];
      }),
      ['date', { codes: Uint32Array.from({ length: rows }, (_, i) => i % dates.length), values: dates }],
      ['value', value],
    ]),
  };
}

const addChannel = (table: SourceTable, channel: string): SourceTable => ({
  ...table,
  header: [...table.header, 'channel'],
  columns: new Map([...table.columns, ['channel', { codes: new Uint32Array(table.rows), values: [channel] }]]),
});

/** The draws with the numbers that channels, times and places have among the contributions. */
function numberedLike(
  faults: Faults,
  name: string,
  read: Contributions,
  draws: Draws,
  contributions: Contributions,
  channels: readonly string[],
  formats: DateFormats,
): Draws | null {
  const day = (text: string) => {
    const moment = parseMoment(text, formats);
    return moment ? `at ${secondsOf(moment)}` : text;
  };
  const times = new Map(contributions.times.map((text, t) => [day(text), t]));
  const timeOf = read.times.map((text) => times.get(day(text)) ?? -1);
  const strange = timeOf.indexOf(-1);
  if (strange >= 0 || read.times.length !== contributions.times.length) {
    const [first, last] = [contributions.times[0], contributions.times.at(-1)];
    const expected = `expected the ${contributions.times.length} periods of ${contributions.source} (${first} to ${last})`;
    faults.add('periods', name, `${expected}, got ${read.times.length} from ${read.times[0]} to ${read.times.at(-1)}`);
  }
  const missing = channels.filter((channel) => !read.channels.includes(channel));
  if (missing.length > 0) {
    faults.add('channels', name, `expected draws of every channel, got none of ${missing.map(show).join(', ')}`);
  }
  const placeOf = read.places.map((place) =>
    contributions.places.findIndex((other) => JSON.stringify(other) === JSON.stringify(place)),
  );
  if (placeOf.includes(-1) || placeOf.length !== contributions.places.length) {
    const what = contributions.dimensions.join(' and ');
    const [twin] = findRewritten(
      { table: contributions.source, keys: contributions.places },
      { table: name, keys: read.places.filter((_, p) => placeOf[p] < 0) },
    );
    const shown = (place: readonly string[]) => show(place.join(' '));
    const cure = twin ? `, of which ${shown(twin.other)} is ${shown(twin.own)} there. ${twin.cure}` : '';
    faults.add(
      'places',
      name,
      `expected the ${contributions.places.length} ${what} of ${contributions.source}, got ${placeOf.length}${cure}`,
    );
  }
  if (faults.any) return null;
  const channelOf = read.channels.map((channel) =>
    channels.includes(channel) ? contributions.channels.indexOf(channel) : -1,
  );
  const kept = Array.from(draws.channel.keys()).filter((i) => channelOf[draws.channel[i]] >= 0);
  const numbered: Draws = {
    draw: Uint32Array.from(kept, (i) => draws.draw[i]),
    channel: Uint32Array.from(kept, (i) => channelOf[draws.channel[i]]),
    time: Uint32Array.from(kept, (i) => timeOf[draws.time[i]]),
    place: Uint32Array.from(kept, (i) => placeOf[draws.place[i]]),
    value: Float64Array.from(kept, (i) => draws.value[i]),
    count: draws.count,
  };
  checkMean(faults, name, numbered, contributions, channels);
  return faults.any ? null : numbered;
}

/** How far the mean of the draws may lie from the contributions: other draws, or another scale, lie much farther. */
const farthest = 0.1;

function checkMean(
  faults: Faults,
  name: string,
  draws: Draws,
  { channels, rows, source }: Contributions,
  used: readonly string[],
): void {
  for (const channel of used) {
    const c = channels.indexOf(channel);
    const total = (column: Uint32Array, value: Float64Array) =>
      value.reduce((sum, x, i) => (column[i] === c ? sum + x : sum), 0);
    const expected = total(rows.channel, rows.value);
    const mean = total(draws.channel, draws.value) / draws.count;
    if (Math.abs(mean - expected) <= farthest * Math.abs(expected)) continue;
    const sums = `${expected.toPrecision(6)} in all as in ${source}, got ${mean.toPrecision(6)}`;
    const problem = `expected draws of ${show(channel)} with a mean near ${sums}`;
    faults.add('draws', name, `${problem}. Are they on the original scale, and of the same model?`);
  }
}
