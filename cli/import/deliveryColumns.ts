import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { suggestion } from '../../bindings/base/nearest.js';
import type { NamedBy } from '../../bindings/diagnose/doubles/index.js';
import { namedCampaigns } from './doubles.js';
import type { Wanted } from './table.js';

/** Which columns of the delivery are what, as far as the user says so. */
export interface DeliveryOptions {
  /** Column of the platform. */
  readonly mediumColumn?: string | undefined;
  /** The one channel that all rows belong to: a table without such a column. */
  readonly medium?: string | undefined;
  /** Columns that name a campaign, from the whole to its parts. */
  readonly campaignColumn: readonly string[];
  readonly dateColumn?: string | undefined;
  readonly hourColumn?: string | undefined;
  readonly exposure: string;
  /** `geo=dma`: the delivery's column of a key that the model calls geo. */
  readonly dimension: readonly string[];
}

/** The columns of a delivery table by what they are. */
export interface DeliveryColumns {
  /** Null when all rows belong to one channel. */
  readonly medium: string | null;
  readonly campaigns: readonly string[];
  readonly date: string;
  readonly hour: string | null;
  /** The user named the hour column. */
  readonly hourNamed: boolean;
  readonly exposure: string;
  /** One per dimension of the contributions. */
  readonly places: readonly string[];
  /** Ids beside the names of campaigns, where there are some. */
  readonly named: readonly NamedBy[];
}

// names that ad reports use, the likeliest first
const mediumNames = ['platform', 'medium', 'channel', 'media', 'source'];
const campaignNames = ['campaign_name', 'campaign', 'Campaign', 'CampaignName', 'campaign_id'];
const dateNames = [
  'date_day',
  'date',
  'day',
  'ds',
  'period',
  'date_start',
  'stat_time_hour',
  'stat_time_day',
  'TimePeriod',
  'timestamp',
  'time',
  'week',
  'Date',
  'DATE',
];
const hourNames = ['hour', 'hour_of_day', 'hourly_stats_aggregated_by_advertiser_time_zone'];

/** Finds the columns of a delivery table, and notes those that are not there. `dimensions` are the model's further keys. */
export function findDeliveryColumns(
  faults: Faults,
  name: string,
  header: readonly string[],
  options: DeliveryOptions,
  dimensions: readonly string[],
): DeliveryColumns {
  const missing = (column: string, option: string, what: string) => {
    const problem = `expected a column ${show(column)} (${what}), got none of that name${suggestion(column, header)}`;
    faults.add('missing-column', name, `${problem}${/[.?]$/.test(problem) ? '' : '.'} Set ${option}.`);
    return column;
  };
  const given = (column: string, option: string, what: string) =>
    header.includes(column) ? column : missing(column, option, what);
  const find = (column: string | undefined, known: readonly string[], option: string, what: string, cure: string) => {
    if (column !== undefined) return given(column, option, what);
    const found = known.find((candidate) => header.includes(candidate));
    if (found !== undefined) return found;
    const there = header.slice(0, 12).map(show).join(', ') + (header.length > 12 ? ', ..' : '');
    faults.add('missing-column', name, `expected a column that says the ${what}, got ${there}. ${cure}`);
    return '';
  };
  const hour =
    options.hourColumn === undefined
      ? (hourNames.find((candidate) => header.includes(candidate)) ?? null)
      : given(options.hourColumn, '--hour-column', 'hour');
  const columnOf = new Map<string, string>();
  for (const pair of options.dimension) {
    const cut = pair.indexOf('=');
    if (cut < 1) faults.add('dimension', '--dimension', `expected key=column, got ${show(pair)}`);
    else if (dimensions.includes(pair.slice(0, cut))) columnOf.set(pair.slice(0, cut), pair.slice(cut + 1));
    else {
      const problem = `expected a key of the contributions before "=", got ${show(pair.slice(0, cut))}`;
      faults.add('dimension', '--dimension', problem + suggestion(pair.slice(0, cut), dimensions));
    }
  }
  const medium =
    options.medium === undefined
      ? find(
          options.mediumColumn,
          mediumNames,
          '--medium-column',
          'platform',
          'Name it with --medium-column, or say with --medium which channel all rows belong to.',
        )
      : null;
  const campaigns =
    options.campaignColumn.length > 0
      ? options.campaignColumn.map((column) => given(column, '--campaign-column', 'campaign'))
      : [find(undefined, campaignNames, '--campaign-column', 'campaign', 'Name it with --campaign-column.')];
  return {
    medium,
    campaigns,
    date: find(options.dateColumn, dateNames, '--date-column', 'date', 'Name it with --date-column.'),
    hour,
    hourNamed: options.hourColumn !== undefined,
    exposure: given(options.exposure, '--exposure', 'exposure'),
    places: dimensions.map((key) => given(columnOf.get(key) ?? key, `--dimension ${key}=column`, `the model's ${key}`)),
    named: namedCampaigns(header, campaigns),
  };
}

/** What is read of the table: keys as text, exposure as figures. */
export function wantedColumns(columns: DeliveryColumns): Wanted {
  const wanted = new Map<string, 'key' | 'value'>([[columns.exposure, 'value']]);
  const { medium, campaigns, date, hour, places, named } = columns;
  const ids = named.map(({ id }) => id);
  for (const key of [medium, ...campaigns, date, hour, ...places, ...ids]) if (key) wanted.set(key, 'key');
  return wanted;
}
