import { collectFaults, type Faults, refuse } from '../base/faults.js';
import { readMembers } from '../base/members.js';
import { plainCopy } from '../base/plain.js';
import { got } from '../base/show.js';
import { atOnce } from '../base/steps.js';
import type { TableConfig } from '../config/config.js';
import { readCalendar } from '../exposure/calendar.js';
import { createDictionary, encodeKeys } from '../tables/dictionary.js';
import { rankTexts, rankTuples } from '../tables/keys.js';
import { openSource } from '../tables/source.js';
import type { ResultColumn, ResultTable, Table } from '../tables/tables.js';
import { readValues } from '../tables/values.js';
import { lognormalOf } from './noise.js';
import { checkOptions, type OptionsOf, real, seedRule, type ValuesOf, whole } from './options.js';
import { openStream } from './random.js';
import { splitRow } from './splitRow.js';
import { dictionaryOf, numbered, tableOf } from './tables.js';

/** The switches of `cutIntoCampaigns`: every range, default and help text. */
export const cutOptions = {
  seed: seedRule,
  campaigns: whole(10, 1, 1000, 'campaigns of each medium; the first runs in every period'),
  sizeSpread: real(0.8, 0, 20, 'coefficient of variation of campaign sizes'),
  placeSpread: real(0.5, 0, 20, "coefficient of variation of a campaign's weight from place to place"),
  periodSpread: real(0.3, 0, 20, "coefficient of variation of a campaign's weight from period to period"),
  alwaysOn: real(0.2, 0, 1, 'chance that a campaign other than the first runs in every period'),
  shortest: whole(4, 1, 1000, 'periods of the shortest flight'),
  longest: whole(16, 1, 1000, 'periods of the longest flight'),
} as const;

export type CutOptions = OptionsOf<typeof cutOptions>;
type CutValues = ValuesOf<typeof cutOptions>;

/** What the columns of a delivery table are. */
export interface CutColumns {
  /** Columns that name the medium, which is cut by itself; none: all rows are one medium. */
  readonly medium: readonly string[];
  /** The period: ISO dates, ISO date-times or whole numbers. */
  readonly time: string;
  /** Further key columns, a geo say. */
  readonly place: readonly string[];
  /** What is cut, each finite and >= 0. */
  readonly value: string;
}

/** How numbers given as text are written, and which rows count, as in the tables of a model. */
export type CutFormat = Pick<TableConfig, 'decimal' | 'thousands' | 'empty' | 'without'>;

/** What each stream is for; see the other simulators. */
const streams = { sizes: 3001, flights: 3002, places: 3003, periods: 3004 } as const;

/** Rows times campaigns: what is cut must fit in memory. */
const mostParts = 20_000_000;

/**
 * Cuts given delivery into campaigns: flights that start and stop, of different sizes, that share every row's value.
 * Parts of a row sum to it exactly, in any order of adding; parts of a whole number are whole. Columns: those given, then
 * `campaign` and the value; rows as they came, campaigns rising, those with nothing left out. The plan of a campaign
 * depends on seed, medium and number alone, never on the order of rows.
 * @throws InputError
 */
export function cutIntoCampaigns(
  delivery: Table,
  columns: CutColumns,
  options: CutOptions = {},
  name = 'delivery',
  format: CutFormat = {},
): ResultTable {
  const values = checkOptions(cutOptions, options, ({ shortest, longest }, refuse) => {
    if (shortest > longest) refuse('shortest', `at most the longest flight (${longest})`);
  });
  if (typeof name !== 'string') refuse('option', 'name', `expected text, got ${got(name)}`);
  const named = readColumns(columns);
  const rows = readDelivery(delivery, named, values, name, format);
  const { campaigns } = values;
  const parts = cutRows(rows, values);

  const kept: number[] = [];
  for (let i = 0; i < parts.length; i++) if (parts[i] > 0) kept.push(i);
  const names = rows.media.flatMap((medium) => numbered(`${medium}-`, campaigns));
  const written: Record<string, ResultColumn> = Object.create(null);
  for (const { name: column, codes, texts } of rows.keys) {
    written[column] = dictionaryOf(
      kept.map((i) => codes[Math.floor(i / campaigns)]),
      texts,
    );
  }
  written.campaign = dictionaryOf(
    kept.map((i) => rows.medium[Math.floor(i / campaigns)] * campaigns + (i % campaigns)),
    names,
  );
  written[named.value] = Float64Array.from(kept, (i) => parts[i]);
  return tableOf(written);
}

/** What columns are, as that is now. @throws InputError */
function readColumns(columns: unknown): CutColumns {
  const faults = collectFaults();
  const { medium, time, place, value } = readMembers(faults, columns, ['medium', 'time', 'place', 'value'], {
    whole: 'columns',
    path: (name) => name,
  });
  for (const [path, name] of [
    ['time', time],
    ['value', value],
  ] as const) {
    if (typeof name !== 'string') faults.add('option', path, `expected a column name, got ${got(name)}`);
  }
  const lists = { medium, place } as Record<'medium' | 'place', unknown>;
  for (const path of ['medium', 'place'] as const) {
    const copy = plainCopy(lists[path], [path]);
    if (!Array.isArray(copy) || !copy.every((name) => typeof name === 'string')) {
      faults.add('option', path, `expected a list of column names, got ${got(copy)}`);
    } else lists[path] = copy;
  }
  faults.throwIfAny();
  return { ...lists, time, value } as CutColumns;
}

interface DeliveryRows {
  readonly keys: readonly { readonly name: string; readonly codes: Uint32Array; readonly texts: readonly string[] }[];
  readonly value: Float64Array;
  /** Of each row; all numbered canonically. */
  readonly medium: Uint32Array;
  readonly place: Uint32Array;
  readonly period: Int32Array;
  /** What campaigns of each medium are called. */
  readonly media: readonly string[];
  readonly places: number;
  readonly periods: number;
}

function readDelivery(
  delivery: Table,
  { medium, time, place, value }: CutColumns,
  { campaigns }: CutValues,
  name: string,
  format: CutFormat,
): DeliveryRows {
  const faults = collectFaults();
  const source = atOnce(openSource(faults, name, delivery, 'delivery', { ...format, value }));
  const names = [...medium, time, ...place];
  refuseNames(faults, [...names, value]);
  const keys = names.map((column, i) => {
    const path = i < medium.length ? 'medium' : i === medium.length ? 'time' : 'place';
    const found = source.column(column, path);
    const dictionary = createDictionary();
    const raw = found ? atOnce(encodeKeys(faults, source, column, found, dictionary)) : new Uint32Array(0);
    const { sorted, ranks } = atOnce(rankTexts(dictionary.values, dictionary.index));
    return { name: column, codes: raw.map((code) => ranks[code]), texts: sorted };
  });
  const found = source.column(value, 'value');
  const rule = { negative: 'refused', cure: '', marks: format } as const;
  const figures = found ? atOnce(readValues(faults, source, value, found, rule)) : new Float64Array(0);
  faults.throwIfAny();
  if (figures.length === 0) faults.add('no-rows', name, 'expected at least one row of delivery, got none');
  faults.throwIfAny();

  const times = keys[medium.length];
  const calendar = readCalendar(
    faults,
    {
      texts: times.texts,
      path: `${name}, column ${time}`,
      recordOf: (code) => `${source.record(times.codes.indexOf(code))}, column ${time}`,
    },
    'zero',
  );
  faults.throwIfAny();
  const tuples = (parts: typeof keys) =>
    atOnce(
      rankTuples(
        [parts.length > 0 ? parts.map(({ codes }) => codes) : [new Uint32Array(figures.length)]],
        parts.length > 0 ? parts.map(({ texts }) => texts.length) : [1],
      ),
    );
  const mediumParts = keys.slice(0, medium.length);
  const media = tuples(mediumParts);
  const places = tuples(keys.slice(medium.length + 1));
  const most = Math.floor(mostParts / Math.max(figures.length, media.count * places.count * calendar.periods));
  if (campaigns > most) {
    faults.add('option', 'campaigns', `expected at most ${most} with so many rows and periods, got ${campaigns}`);
    faults.throwIfAny();
  }
  return {
    keys,
    value: figures,
    medium: media.ids[0],
    place: places.ids[0],
    period: Int32Array.from(times.codes, (code) => calendar.period[code]),
    media: Array.from({ length: media.count }, (_, m) =>
      mediumParts.length > 0 ? mediumParts.map(({ texts }, c) => texts[media.codes[c][m]]).join(' ') : 'campaign',
    ),
    places: places.count,
    periods: calendar.periods,
  };
}

function refuseNames(faults: Faults, names: readonly string[]): void {
  names.forEach((name, i) => {
    if (name === 'campaign') {
      const problem = 'expected a column name that the result does not use, got "campaign". Rename the column.';
      faults.add('reserved-column', 'columns', problem);
    } else if (names.indexOf(name) < i) {
      faults.add('option', 'columns', `expected each column once, got ${JSON.stringify(name)} again`);
    }
  });
}

/** Part of campaign k in row r at r * campaigns + k. */
function cutRows({ value, medium, place, period, places, periods }: DeliveryRows, values: CutValues): Float64Array {
  const { seed, campaigns, sizeSpread, placeSpread, periodSpread } = values;
  const plans = new Map<number, { size: number; running: Uint8Array }>();
  const planOf = (campaign: number) => {
    const known = plans.get(campaign);
    if (known) return known;
    const plan = {
      size: lognormalOf(openStream(seed, streams.sizes, campaign).normal(), sizeSpread),
      running: drawFlights(values, campaign, periods),
    };
    plans.set(campaign, plan);
    return plan;
  };
  // weight of a campaign at a place, period by period: drawn as a whole, so that no row changes another's
  const weights = new Map<number, Float64Array>();
  const weightsOf = (campaign: number, at: number) => {
    const part = campaign * places + at;
    const known = weights.get(part);
    if (known) return known;
    const { size, running } = planOf(campaign);
    const base = size * lognormalOf(openStream(seed, streams.places, part).normal(), placeSpread);
    const noise = openStream(seed, streams.periods, part);
    const drawn = Float64Array.from(running, (runs) => {
      const factor = lognormalOf(noise.normal(), periodSpread);
      return runs ? base * factor : 0;
    });
    weights.set(part, drawn);
    return drawn;
  };
  const parts = new Float64Array(value.length * campaigns);
  const running = new Float64Array(campaigns); // sums of weights up to each campaign
  for (let r = 0; r < value.length; r++) {
    let sum = 0;
    for (let k = 0; k < campaigns; k++) {
      sum += weightsOf(medium[r] * campaigns + k, place[r])[period[r]];
      running[k] = sum;
    }
    splitRow(value[r], running, parts, r * campaigns);
  }
  return parts;
}

/** Periods in which a campaign runs: all of them, or one to four flights with pauses between. */
function drawFlights({ seed, campaigns, alwaysOn, shortest, longest }: CutValues, campaign: number, periods: number) {
  const running = new Uint8Array(periods);
  const draw = openStream(seed, streams.flights, campaign);
  if (draw.uniform() < alwaysOn || campaign % campaigns === 0) return running.fill(1);
  let start = draw.integer(Math.max(1, periods - shortest + 1));
  for (let left = 1 + draw.integer(4); left > 0 && start < periods; left--) {
    const end = start + shortest + draw.integer(longest - shortest + 1);
    running.fill(1, start, Math.min(end, periods));
    start = end + shortest + draw.integer(longest - shortest + 1);
  }
  return running;
}
