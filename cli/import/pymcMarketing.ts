import type { Faults } from '../../bindings/base/faults.js';
import type { Contributions } from './contributions.js';
import { type LongColumns, readLong, wantedOfLong } from './long.js';
import type { SourceTable, Wanted } from './table.js';

/** Columns of `mmm.summary.contributions()` that are figures of the posterior or a row's number, not keys. */
const statistic =
  /^(mean|median|sd|std|value|contribution|q\d+.*|hdi.*|eti.*|abs_error.*|mcse.*|ess.*|r_hat|lower|upper|chain|draw|sample|Unnamed.*|index|)$/;

/** Which columns of PyMC-Marketing's summary are what: every other column is a dimension of the model. */
export function pymcColumns(header: readonly string[], value: string | undefined): LongColumns {
  const dimensions = header.filter((name) => !statistic.test(name) && !['date', 'channel', value].includes(name));
  return {
    time: 'date',
    channel: 'channel',
    value: value ?? 'mean',
    dimensions,
    draw: [],
    keep: new Map(),
    drop: [],
  };
}

export const wantedOfPymc = (header: readonly string[], value: string | undefined): Wanted =>
  wantedOfLong(pymcColumns(header, value));

/** What `mmm.summary.contributions()` says, as CSV or JSON records: date, channel, dimensions, mean. */
export const readPymc = (faults: Faults, table: SourceTable, value: string | undefined): Contributions | null =>
  readLong(faults, table, pymcColumns(table.header, value), 'PyMC-Marketing');
