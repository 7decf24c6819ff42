import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import type { Contributions } from './contributions.js';
import type { Delivery, DeliveryRows } from './delivery.js';
import type { Periods } from './periods.js';

/** Periods in a row of which nothing was delivered, though some of them have a contribution. */
interface Run {
  /** Before all delivery, after all delivery, between, or there is no delivery at all. */
  readonly kind: 'first' | 'last' | 'hole' | 'all';
  readonly from: number;
  readonly to: number;
  /** How many of its periods have a contribution. */
  readonly periods: number;
  /** Its contributions fall from period to period, as those of a carry-over do. */
  readonly falls: boolean;
}

/** Contributions of which no row was delivered: of a channel, or of a channel in one place. */
interface Uncovered {
  /** Periods with a contribution. */
  readonly contributing: number;
  readonly runs: readonly Run[];
}

export interface Gaps extends Uncovered {
  readonly channel: string;
  /** Places whose own delivery begins late, ends early or is not there, where the channel's as a whole does not. */
  readonly places: readonly (Uncovered & { readonly place: string })[];
}

/** Less than this share of a channel's largest contribution is rounding, or the very last of a carry-over. */
const negligible = 1e-3;

/** The shortest hole that is refused where the carry-over does not explain it: two periods may be a weekend. */
const shortestHole = 3;

/**
 * Where delivery is missing, judged by its rows: a row of 0 says that nothing ran, no row says nothing. What is carried
 * over from earlier rows would else pass for exposure.
 */
export function gapsOf(contributions: Contributions, periods: Periods, { rows, matches }: Delivery): Gaps[] {
  const { channels, times, places } = contributions;
  const sizes = { periods: periods.names.length, places: places.length };
  const cells = channels.length * sizes.places * sizes.periods;
  const at = (channel: number, place: number) => (channel * sizes.places + place) * sizes.periods;
  const periodOf = times.map((text) => periods.of(text));
  const values = new Float64Array(cells);
  contributions.rows.value.forEach((value, i) => {
    const { channel, time, place } = contributions.rows;
    values[at(channel[i], place[i]) + periodOf[time[i]]] = Math.max(value, 0);
  });
  const delivered = new Uint8Array(cells);
  const before = new Uint8Array(channels.length * sizes.places);
  rows.period.forEach((period, i) => {
    if (period < 0) before[rows.channel[i] * sizes.places + rows.place[i]] = 1;
    else delivered[at(rows.channel[i], rows.place[i]) + period] = 1;
  });

  return channels.flatMap((channel, c) => {
    if (matches.platformsOf[c].length === 0) return [];
    const sums = new Float64Array(sizes.periods);
    const any = new Uint8Array(sizes.periods);
    let history = false;
    const own = places.map((place, g) => {
      const part = values.subarray(at(c, g), at(c, g) + sizes.periods);
      const there = delivered.subarray(at(c, g), at(c, g) + sizes.periods);
      const early = before[c * sizes.places + g] === 1;
      part.forEach((value, p) => {
        sums[p] += value;
        any[p] |= there[p];
      });
      history ||= early;
      return { place: place.join(' '), ...uncoveredOf(part, there, early) };
    });
    const whole = uncoveredOf(sums, any, history);
    const ends = ({ kind }: Run) => kind !== 'hole';
    const late = places.length > 1 && !whole.runs.some(ends) ? own.filter(({ runs }) => runs.some(ends)) : [];
    return whole.runs.length + late.length > 0 ? [{ channel, ...whole, places: late }] : [];
  });
}

function uncoveredOf(values: Float64Array, delivered: Uint8Array, history: boolean): Uncovered {
  const least = negligible * values.reduce((most, value) => Math.max(most, value), 0);
  const last = values.length - 1;
  const runs: Run[] = [];
  for (let from = 0; from <= last; from++) {
    if (delivered[from] === 1) continue;
    let to = from;
    while (to < last && delivered[to + 1] === 0) to++;
    const own = values.subarray(from, to + 1);
    const periods = own.filter((value) => value > least).length;
    if (periods > 0) {
      const edge = to === last ? 'last' : from === 0 && !history ? 'first' : 'hole';
      const falls = own.every((value, p) => p === 0 || value <= least || value < own[p - 1]);
      runs.push({ kind: from === 0 && to === last ? 'all' : edge, from, to, periods, falls });
    }
    from = to;
  }
  return { contributing: values.filter((value) => value > least).length, runs };
}

/** Delivery that begins late or ends early, and holes of some length in which contributions do not fall. */
const unexplained = ({ kind, periods, falls }: Run) => kind !== 'hole' || (periods >= shortestHole && !falls);

/** What `--gaps unallocated` takes for lost. */
export const lostRuns = ({ runs }: Pick<Gaps, 'runs'>): Run[] => runs.filter(unexplained);

/** Notes channels whose delivery is not all there; `table` is the file of the delivery. */
export function refuseGaps(faults: Faults, table: string, gaps: readonly Gaps[], periods: Periods): void {
  for (const { channel, contributing, runs } of gaps) {
    const missing = lostRuns({ runs }).map((run) => runText(run, contributing, periods));
    if (missing.length === 0) continue;
    const more = missing.length > 3 ? ` and ${missing.length - 3} more holes` : '';
    const problem = `expected delivery in every period with a contribution, got ${missing.slice(0, 3).join(', ')}${more}`;
    const cure = 'Add what is missing, or set --gaps allow if nothing ran there, --gaps unallocated if it is lost';
    faults.add('gaps', `${table}, channel ${channel}`, `${problem}. ${cure}.`);
  }
}

function runText({ kind, from, to, periods }: Run, contributing: number, { nameOf }: Periods): string {
  if (kind === 'all') return `none in all ${contributing}`;
  if (kind === 'first') return `none in the first ${periods} of ${contributing} (before ${nameOf(to + 1)})`;
  if (kind === 'last') return `none in the last ${periods} of ${contributing} (after ${nameOf(from - 1)})`;
  return `none in ${periods} of ${contributing} from ${nameOf(from)} to ${nameOf(to)}`;
}

/** What there is to mind of gaps that are not refused. */
export function gapCautions(gaps: readonly Gaps[], dimensions: readonly string[], periods: Periods): string[] {
  return gaps.flatMap(({ channel, contributing, runs, places }) => {
    const count = runs.reduce((sum, run) => sum + run.periods, 0);
    const longest = runs.reduce((most, run) => Math.max(most, run.periods), 0);
    const first = runs.length > 0 ? periods.nameOf(runs[0].from) : '';
    const lines: string[] = [];
    if (count > 0) {
      const what = `no delivery of ${channel} in ${count} of ${contributing} periods with a contribution`;
      lines.push(`${what}: the first from ${first}, at most ${longest} in a row`);
    }
    if (places.length > 0) {
      const [{ place, contributing: own, runs: parts }] = places;
      const run = parts.find(({ kind }) => kind !== 'hole')!;
      const where = `${places.length} of ${dimensions.join(' and ')}`;
      const got = `${show(place)}: ${runText(run, own, periods)}`;
      lines.push(`delivery of ${channel} begins late, ends early or is missing in ${where} (${got})`);
    }
    return lines;
  });
}

/**
 * Rows of 0 wherever a place of a channel has none after its first, but for what is lost: the gaps that would be refused.
 * A fit with `"gaps": "unallocated"` then takes these alone for lost, and shorter holes and what carry-over explains for
 * periods in which nothing ran.
 */
export function fillPauses(rows: DeliveryRows, gaps: readonly Gaps[], channels: readonly string[], periods: number) {
  const lost = new Map(gaps.map((gap) => [channels.indexOf(gap.channel), lostRuns(gap)] as const));
  const isLost = (channel: number, period: number) =>
    (lost.get(channel) ?? []).some(({ from, to }) => period >= from && period <= to);
  const series = new Map<
    string,
    { channel: number; place: number; entity: number; from: number; there: Set<number> }
  >();
  rows.period.forEach((period, i) => {
    const [channel, place, entity] = [rows.channel[i], rows.place[i], rows.entity[i]];
    const key = `${channel} ${place}`;
    const known = series.get(key) ?? { channel, place, entity, from: period, there: new Set<number>() };
    series.set(key, known);
    known.from = Math.min(known.from, period);
    known.there.add(period);
  });
  const added: [channel: number, period: number, place: number, entity: number][] = [];
  for (const { channel, place, entity, from, there } of series.values()) {
    for (let period = from; period < periods; period++)
      if (!there.has(period) && !isLost(channel, period)) added.push([channel, period, place, entity]);
  }
  return {
    channel: Uint32Array.from([...rows.channel, ...added.map(([channel]) => channel)]),
    period: Int32Array.from([...rows.period, ...added.map(([, period]) => period)]),
    place: Uint32Array.from([...rows.place, ...added.map(([, , place]) => place)]),
    entity: Uint32Array.from([...rows.entity, ...added.map(([, , , entity]) => entity)]),
    exposure: Float64Array.from([...rows.exposure, ...added.map(() => 0)]),
  };
}

/** How many periods of each channel are left unallocated because their delivery is lost. */
export function lostCautions(gaps: readonly Gaps[], periods: Periods): string[] {
  return gaps.flatMap(({ channel, contributing, runs }) =>
    lostRuns({ runs }).map((run) => {
      return `delivery of ${channel} is lost, totals stay unallocated: ${runText(run, contributing, periods)}`;
    }),
  );
}
