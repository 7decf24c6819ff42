import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import type { Contributions } from './contributions.js';
import type { DateFormats } from './dateFormat.js';
import { momentText, parseMoment, secondsOf } from './moment.js';
import { figuresOf, hasColumn, recordOf, recordOfRow, type SourceTable, textsOf, type Wanted } from './table.js';

const ending = ' contribution';
const baseline = `baseline${ending}`;

/** The columns that hold contributions of channels. */
const channelColumns = (header: readonly string[]) =>
  header.filter((name) => name.endsWith(ending) && name !== baseline);

export function wantedOfLightweight(header: readonly string[]): Wanted {
  const wanted = new Map<string, 'key' | 'value'>([['period', 'key']]);
  for (const column of [...channelColumns(header), baseline, 'avg_prediction']) wanted.set(column, 'value');
  return wanted;
}

/** Periods 1 to n have no dates of their own. */
export interface Dates {
  readonly firstDate?: string | undefined;
  /** Days from one period to the next. */
  readonly every?: number | undefined;
  /** How a date that can be read in several ways is read. */
  readonly dateFormat?: DateFormats | undefined;
}

/** What `create_media_baseline_contribution_df` says: one row per period, a column "<channel> contribution" each. */
export function readLightweight(
  faults: Faults,
  table: SourceTable,
  { firstDate, every, dateFormat }: Dates,
): Contributions | null {
  const { name, rows } = table;
  const columns = channelColumns(table.header);
  hasColumn(faults, table, 'period', 'the number of the period');
  if (columns.length === 0) {
    const problem = 'expected columns named "<channel> contribution", got none';
    faults.add('missing-column', name, `${problem}. Export create_media_baseline_contribution_df(..).to_csv(..).`);
  }
  if (rows === 0) faults.add('no-rows', name, 'expected at least one row of contributions, got none');
  if ((firstDate === undefined) !== (every === undefined)) {
    const option = firstDate === undefined ? '--every' : '--first-date';
    const got = `${option} ${firstDate ?? every}`;
    faults.add('dates', option, `expected --first-date and --every together, got ${got} alone`);
  }
  const start = firstDate === undefined ? null : parseMoment(firstDate, dateFormat);
  if (firstDate !== undefined && (start === null || start.timed || start.span !== 'day')) {
    faults.add('dates', '--first-date', `expected a date like "2021-01-04", got ${show(firstDate)}`);
  }
  if (faults.any) return null;

  const period = textsOf(table, 'period');
  const seen = new Set<string>();
  for (let r = 0; r < rows; r++) {
    const text = period.values[period.codes[r]];
    if (!/^[1-9]\d{0,6}$/.test(text)) {
      faults.add('period', recordOf(table, r, 'period'), `expected a whole number from 1, got ${show(text)}`);
    } else if (seen.has(text)) {
      const problem = `expected each period once, got ${text} again. Are several models in one file? Keep the rows of one.`;
      faults.add('stacked', recordOfRow(table, r), problem);
    }
    seen.add(text);
  }
  const figures = columns.map((column) => figuresOf(faults, table, column));
  if (faults.any) return null;
  const dateOf = (text: string) =>
    start && every ? momentText(secondsOf(start) + (Number(text) - 1) * every * 86400, false) : text;
  const cells = columns.length * rows;
  const cell = (pick: (c: number, r: number) => number) =>
    Uint32Array.from({ length: cells }, (_, i) => pick(Math.floor(i / rows), i % rows));
  const texts = Array.from(period.values);
  return {
    title: 'LightweightMMM',
    source: name,
    timeColumn: 'period',
    channels: columns.map((column) => column.slice(0, -ending.length)),
    times: texts.map(dateOf),
    dimensions: [],
    places: [[]],
    rows: {
      channel: cell((c) => c),
      time: cell((_, r) => period.codes[r]),
      place: new Uint32Array(cells),
      value: Float64Array.from({ length: cells }, (_, i) => figures[Math.floor(i / rows)][i % rows]),
    },
    notes: [...(table.notes ?? []), ...(table.header.includes(baseline) ? ['the baseline: it is no channel'] : [])],
    cautions: reconciliation(faults, table, figures),
  };
}

/** The library clips a negative baseline, so contributions and prediction may part: says by how much at most. */
function reconciliation(faults: Faults, table: SourceTable, figures: readonly Float64Array[]): string[] {
  if (!table.header.includes(baseline) || !table.header.includes('avg_prediction')) return [];
  const base = figuresOf(faults, table, baseline);
  const prediction = figuresOf(faults, table, 'avg_prediction');
  let [periods, worst] = [0, 0];
  for (let r = 0; r < table.rows; r++) {
    const sum = figures.reduce((total, column) => total + column[r], base[r]);
    const apart = Math.abs(sum - prediction[r]);
    if (apart > 1e-6 * Math.abs(prediction[r])) periods++;
    worst = Math.max(worst, apart);
  }
  if (periods === 0) return [];
  return [
    `${periods} ${periods === 1 ? 'period' : 'periods'} whose contributions and baseline miss avg_prediction by up to ${worst.toPrecision(3)}: contributions are used as they are`,
  ];
}
