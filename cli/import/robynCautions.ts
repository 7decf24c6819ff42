import { collectFaults } from '../../bindings/faults.js';
import type { Delivery } from './delivery.js';
import { parseMoment, secondsOf } from './moment.js';
import type { Periods } from './periods.js';
import type { RobynImport } from './robyn.js';
import { figuresOf, type SourceTable, textsOf, type Wanted } from './table.js';

/** Adstock needs the delivery that Robyn saw, and a Weibull scale is a share of all its periods. */
export function historyCautions(
  { adstock, history: seen }: RobynImport,
  { rows }: Delivery,
  periods: Periods,
): string[] {
  const earliest = rows.period.reduce((least, period) => Math.min(least, period), 0);
  if (adstock === null || seen === null || seen === -earliest) return [];
  const apart = `Robyn saw ${seen} periods before the first total, the delivery begins ${-earliest} before (${periods.nameOf(earliest)})`;
  if (adstock !== 'geometric')
    return [`${apart}: the Weibull scale, a share of all periods, means another number of them`];
  return -earliest < seen ? [`${apart}: the carry-over into the first periods is too small`] : [];
}

/** What is read of raw_data.csv: the date and every medium. */
export const wantedOfRaw =
  (date: string, channels: readonly string[]) =>
  (header: readonly string[]): Wanted =>
    new Map(
      [date, ...channels]
        .filter((name) => header.includes(name))
        .map((name) => [name, name === date ? 'key' : 'value']),
    );

/** How far delivery may part from Robyn's own series, as a share of its mean, before it is worth a word. */
const worthAWord = 0.05;

/** A curve belongs to the series that it was fitted to: says where delivery is not proportional to that. */
export function seriesCautions(
  raw: SourceTable,
  date: string,
  channels: readonly string[],
  { rows, matches }: Delivery,
  periods: Periods,
): string[] {
  if (!raw.columns.has(date)) return [];
  const dates = textsOf(raw, date);
  const periodOf = dates.values.map((text) => {
    const moment = parseMoment(text);
    return moment ? periods.at(secondsOf(moment)) : -1;
  });
  const { names } = periods;
  return channels.flatMap((channel, c) => {
    if (matches.platformsOf[c].length === 0 || !raw.columns.has(channel)) return [];
    const faults = collectFaults();
    const figures = figuresOf(faults, raw, channel);
    if (faults.any) return []; // no series to compare with
    const [own, delivered] = [new Float64Array(names.length), new Float64Array(names.length)];
    for (let r = 0; r < raw.rows; r++) {
      const period = periodOf[dates.codes[r]];
      if (period >= 0 && period < names.length) own[period] += figures[r];
    }
    rows.exposure.forEach((value, i) => {
      if (rows.channel[i] === c && rows.period[i] >= 0) delivered[rows.period[i]] += value;
    });
    const total = (series: Float64Array) => series.reduce((sum, value) => sum + value, 0);
    const scale = total(own) / total(delivered);
    const mean = total(own) / names.length;
    const apart = own.map((value, t) => Math.abs(value - scale * delivered[t]) / mean);
    const worst = apart.indexOf(Math.max(...apart));
    if (!(apart[worst] > worthAWord)) return [];
    const percent = Math.round(apart[worst] * 100);
    return [
      `the delivery of ${channel} is not in proportion to what Robyn saw: apart by up to ${percent}% of its mean, in ${names[worst]}. Is it the same metric (--exposure)?`,
    ];
  });
}
