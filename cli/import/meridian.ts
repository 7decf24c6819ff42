import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { findRewritten } from '../../bindings/tables/rewritten.js';
import type { Contributions } from './contributions.js';
import { type LongColumns, readLong, wantedOfLong } from './long.js';
import { figuresOf, recordOf, type SourceTable, textsOf, type Wanted } from './table.js';

/** Columns of Meridian's frames, the likeliest first: `incremental_outcome_xr` or `summary_metrics` as a data frame. */
const names = {
  time: ['time', 'date'],
  channel: ['channel', 'media_channel'],
  value: ['contribution', 'incremental_outcome', 'mean'],
} as const;

const first = (header: readonly string[], known: readonly string[]) =>
  known.find((name) => header.includes(name)) ?? known[0];

/** Which columns of Meridian's data frame are what; a column of the user's choice holds the contribution. */
export function meridianColumns(header: readonly string[], value: string | undefined): LongColumns {
  const there = (...wanted: string[]) => wanted.filter((name) => header.includes(name));
  const keep = new Map<string, string>();
  if (header.includes('distribution')) keep.set('distribution', 'posterior');
  if (header.includes('metric')) keep.set('metric', 'mean');
  return {
    time: first(header, names.time),
    channel: first(header, names.channel),
    value: value ?? first(header, names.value),
    dimensions: there('geo'),
    draw: there('chain', 'draw'),
    keep,
    drop: ['All Paid Channels', 'All Channels'],
  };
}

/** Names of the posterior carry the kind of channel, paid or organic media: `alpha_m`, `alpha_om`. */
export const meridianNames = {
  renamed: (name: string): string => name.replace(/^(alpha|ec|slope)_(m|om)$/, '$1'),
  written: (name: string): string => name.replace(/^(alpha|ec|slope)$/, '$1_m'),
};

export function wantedOfMeridian(header: readonly string[], value: string | undefined): Wanted {
  const wanted = new Map(wantedOfLong(meridianColumns(header, value)));
  if (header.includes('population')) wanted.set('population', 'value');
  return wanted;
}

/** What Meridian's data frame says, long: time, channel, contribution, and geo, chain, draw, population where it has them. */
export function readMeridian(faults: Faults, table: SourceTable, value: string | undefined): Contributions | null {
  const read = readLong(faults, table, meridianColumns(table.header, value), 'Meridian');
  if (!read || !table.header.includes('population') || read.dimensions.length === 0) return read;
  return { ...read, population: populationOf(faults, table, 'geo', read.places) };
}

/** Head count of each place from a table with one row or many of each geo, all saying the same. */
export function populationOf(
  faults: Faults,
  table: SourceTable,
  geo: string,
  places: readonly (readonly string[])[],
): number[] {
  const geos = textsOf(table, geo);
  const figures = figuresOf(faults, table, 'population');
  const found = new Map<string, number>();
  for (let r = 0; r < table.rows; r++) {
    const text = geos.values[geos.codes[r]];
    const before = found.get(text);
    const refuse = (problem: string) => faults.add('population', recordOf(table, r, 'population'), problem);
    if (figures[r] <= 0) refuse(`expected a number above 0, got ${figures[r]}`);
    else if (before !== undefined && before !== figures[r])
      refuse(`expected one number for ${show(text)}, got ${before} and ${figures[r]}`);
    else found.set(text, figures[r]);
  }
  return places.map(([text]) => {
    const count = found.get(text);
    if (count === undefined && !faults.any) {
      const [twin] = findRewritten(
        { table: 'the contributions', keys: [[text]] },
        { table: table.name, keys: Array.from(found.keys(), (key) => [key]) },
      );
      const cure = twin ? `, but one for ${show(twin.other[0])}. ${twin.cure}` : '';
      faults.add(
        'population',
        `${table.name}, column ${geo}`,
        `expected every geo, got no row for ${show(text)}${cure}`,
      );
    }
    return count ?? Number.NaN;
  });
}
