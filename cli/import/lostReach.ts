import type { CurveInUse } from '../../bindings/index.js';
import type { Contributions } from './contributions.js';
import type { Delivery, DeliveryRows } from './delivery.js';
import { type Gaps, lostRuns } from './gaps.js';
import type { Periods } from './periods.js';

/** Effective exposure of each brick of the totals, by channel that stays, period and place, and the curves, written out. */
export type ExposureOf = (
  rows: DeliveryRows,
  effective: { readonly gaps?: 'zero'; readonly curves: Readonly<Record<string, unknown>> },
) => Promise<{ readonly exposure: Float64Array; readonly curves: readonly CurveInUse[] }>;

/** A brick is reached when more than this share of what carries over to it may come from lost delivery: far below what the check tells. */
const worthLeavingOut = 1e-8;

/**
 * The bricks whose carry-over lost delivery is part of, 1 each, in the order of the totals: the adstock of (lost) over that of
 * (delivered or lost), 1 and 0 each, as in docs/method.md, "Lost delivery". Null where nothing is lost.
 */
export async function reachedByLost(
  { channels, places }: Contributions,
  periods: Periods,
  { rows }: Pick<Delivery, 'rows'>,
  gaps: readonly Gaps[],
  curves: readonly CurveInUse[],
  exposureOf: ExposureOf,
): Promise<Uint8Array | null> {
  const lost = new Map(gaps.map((gap) => [channels.indexOf(gap.channel), lostRuns(gap)] as const));
  if (![...lost.values()].some((runs) => runs.length > 0)) return null;
  const isLost = (channel: number, period: number) =>
    (lost.get(channel) ?? []).some(({ from, to }) => period >= from && period <= to);
  const first = rows.period.reduce((least, period) => Math.min(least, period), 0);
  const every = [...new Set(rows.channel)].flatMap((channel) =>
    Array.from({ length: periods.names.length - first }, (_, t) =>
      places.map((_, place) => ({ channel, period: first + t, place })),
    ).flat(),
  );
  const rowsOf = (exposure: (brick: (typeof every)[number]) => number): DeliveryRows => ({
    channel: Uint32Array.from(every, ({ channel }) => channel),
    period: Int32Array.from(every, ({ period }) => period),
    place: Uint32Array.from(every, ({ place }) => place),
    entity: new Uint32Array(every.length),
    exposure: Float64Array.from(every, exposure),
  });
  const adstocks = curves.map(({ by: [channel], curve }) => [channel, { adstock: curve.adstock }] as const);
  const effective = { gaps: 'zero' as const, curves: Object.fromEntries(adstocks) };
  const { exposure: ofLost } = await exposureOf(
    rowsOf(({ channel, period }) => (isLost(channel, period) ? 1 : 0)),
    effective,
  );
  const { exposure: ofAll } = await exposureOf(
    rowsOf(() => 1),
    effective,
  );
  // 0 / 0 is no carry-over at all
  return Uint8Array.from(ofLost, (carried, b) => (carried > worthLeavingOut * ofAll[b] ? 1 : 0));
}
