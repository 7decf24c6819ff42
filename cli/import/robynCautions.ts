import { collectFaults } from '../../bindings/base/faults.js';
import type { RobynAdstock } from './robynCurves.js';
import { periodsOfRaw, type RobynRaw, windowOf } from './robynData.js';
import type { CurveContext } from './source.js';
import { figuresOf } from './table.js';

/** Adstock needs the delivery that Robyn saw, and a Weibull scale is a share of all its periods. */
export function historyCautions(adstock: RobynAdstock | null, { data, delivery, periods }: CurveContext): string[] {
  if (adstock === null) return [];
  const cautions: string[] = [];
  const { rows, before } = data;
  const earliest = delivery.rows.period.reduce((least, period) => Math.min(least, period), 0);
  if (before !== null && -earliest < before) {
    cautions.push(
      `Robyn saw ${before} periods before the first total, the delivery begins ${-earliest} before (${periods.nameOf(earliest)}): the carry-over into the first periods is too small`,
    );
  }
  if (adstock !== 'geometric' && rows === null) {
    const window = windowOf(data, delivery, periods);
    cautions.push(
      `nothing says how many periods of data Robyn was given, of which a Weibull scale is a share: taken for ${window}, all that files and delivery show; --data-rows says another number`,
    );
  }
  return cautions;
}

/** How far delivery may part from Robyn's own series, as a share of its mean, before it is worth a word. */
const worthAWord = 0.05;

/** A curve belongs to the series that it was fitted to: says where delivery is not proportional to that. */
export function seriesCautions(
  raw: RobynRaw,
  channels: readonly string[],
  { delivery: { rows, matches }, periods }: CurveContext,
): string[] {
  const { table } = raw;
  const periodOf = periodsOfRaw(raw, periods);
  if (!periodOf) return [];
  const { names } = periods;
  return channels.flatMap((channel, c) => {
    if (matches.platformsOf[c].length === 0 || !table.columns.has(channel)) return [];
    const faults = collectFaults();
    const figures = figuresOf(faults, table, channel);
    if (faults.any) return []; // no series to compare with
    const [own, delivered] = [new Float64Array(names.length), new Float64Array(names.length)];
    for (let r = 0; r < table.rows; r++) {
      const period = periodOf[r];
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
