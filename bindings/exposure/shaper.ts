import { type Curve, defaults, type SaturatesOf } from '../config/config.js';
import { type FullScale, scaleOf } from '../config/fill.js';
import { type Arena, f64 } from '../machine/arena.js';
import type { Kernels } from '../machine/kernels.js';
import { type Panel, planCarrying } from './carry.js';
import type { Meter } from './meter.js';
import { saturate, scratchFields } from './saturation.js';

/** What of a curve saturates; null where nothing does. */
export const ofCurve = ({ saturation }: Curve): SaturatesOf | null =>
  saturation === undefined || saturation.kind === 'none' ? null : (saturation.of ?? defaults.of);

/** Series of one group, from `start` to before `end`. */
export interface Block {
  readonly start: number;
  readonly end: number;
  /** Series in a row of the panel: kernels take them in pairs, so there may be one of zeros at the end. */
  readonly width: number;
}

/** Writes the deliveries of a block into its panel, which is all zeros: value of series s in period t at t * width + s. */
export type Fill = (panel: Float64Array, block: Block) => void;
/** What the series of a group delivered, and what becomes of it before anything else: `weigh` multiplies it in place. */
export interface Source {
  readonly fill: Fill;
  readonly weigh?: Fill | undefined;
}
/** Takes the effective exposure of a block, laid out alike. */
export type Take = (panel: Float64Array, block: Block) => void;
export interface Scaling {
  /** The number that what saturates is divided by, given a way to measure it: one series, or null for their sum. */
  scaleFor(measure: (meter: Pick<Meter, 'add'>) => void, scale: FullScale, series: number | null): number;
  /** Share of a series in the exposure of its group, given the one it has here: only with `of: "scaled"`. */
  shareFor(share: number, series: number): number;
  /** Hears what is about to saturate. */
  see?(scaled: Float64Array): void;
}

const blockCells = 1048576; // of a panel, 8 MB: bounds the arena, changes no bit

/**
 * Opens a panel for groups of up to `series` series over so many periods, whose curves are among those given; adstocks as
 * long as the calendar are as long as `calendar`. What comes back turns the deliveries of one group into effective exposure, a block of series at a time. docs/method.md,
 * "Effective exposure"; a = adstock(x) is what saturates, or x itself where saturation comes first:
 *   medium  w = S(A / scale) a / A     A = sum of a over the group's series
 *   scaled  w = c S(a / (c scale))     c = share of the series in the sum of A over all periods
 *   entity  w = S(a / scale)           each series has its own scale
 *   frequency  w = a / scale           a = adstock(x S(frequency)): what a row delivered is weighed before all else
 */
export function openShaper(
  kernels: Kernels,
  arena: Arena,
  periods: number,
  series: number,
  curves: readonly Curve[],
  calendar = periods,
) {
  const pairs = (count: number) => count + (count % 2);
  const most = pairs(Math.max(1, Math.min(series, Math.floor(blockCells / periods))));
  const carrying = planCarrying(
    curves.flatMap(({ adstock }) => (adstock ? [adstock] : [])),
    periods,
    most,
    calendar,
  );
  const region = arena.open({
    ...carrying.fields,
    ...scratchFields,
    sums: f64(periods),
    level: f64(periods),
    delivered: f64(periods),
  });
  const { at } = region;
  const whole = region.f64('panel');
  const sums = region.f64('sums');
  const level = region.f64('level');
  const delivered = region.f64('delivered');

  function* blocks(count: number): Generator<Block> {
    for (let start = 0; start < count; start += most) {
      const end = Math.min(count, start + most);
      yield { start, end, width: pairs(end - start) };
    }
  }

  const saturatesFirst = ({ order = defaults.order }: Curve) => order === 'saturationFirst';
  const carry = ({ adstock }: Curve, { width }: Block): Panel =>
    adstock
      ? carrying.carry(kernels, region, adstock, width)
      : { at: at.panel, values: whole.subarray(0, periods * width) };

  /** What a block delivered, and what of it saturates. */
  function load(curve: Curve, block: Block, source: Source, see?: (deliveries: Float64Array) => void): Panel {
    const values = whole.subarray(0, periods * block.width).fill(0);
    source.fill(values, block);
    see?.(values);
    source.weigh?.(values, block);
    return saturatesFirst(curve) ? { at: at.panel, values } : carry(curve, block);
  }

  /** Effective exposure: carried over now if it was not before. */
  function hand(curve: Curve, block: Block, { values }: Panel, take: Take): void {
    take(saturatesFirst(curve) ? carry(curve, block).values : values, block);
  }

  function bend(curve: Curve, { at, values }: Panel, { see }: Scaling): void {
    const of = ofCurve(curve);
    if (of === null || of === 'frequency') return;
    see?.(values);
    saturate(kernels, region, curve.saturation!, at, values);
  }

  function eachByItself(curve: Curve, count: number, source: Source, take: Take, scaling: Scaling): void {
    const scale = scaleOf(curve);
    for (const block of blocks(count)) {
      const divisors = new Float64Array(block.width);
      const measure = (values: Float64Array) => {
        for (let s = 0; scale !== null && s < block.end - block.start; s++) {
          const add = (meter: Pick<Meter, 'add'>) => meter.add(values, s, block.width);
          divisors[s] = typeof scale === 'number' ? scale : scaling.scaleFor(add, scale, block.start + s);
        }
      };
      const before = scale !== null && typeof scale !== 'number' && scale.from === 'delivered';
      const panel = load(curve, block, source, before ? measure : undefined);
      const { values } = panel;
      if (!before) measure(values);
      for (let s = 0; s < block.width; s++) {
        const divisor = divisors[s];
        if (divisor > 0) for (let i = s; i < values.length; i += block.width) values[i] /= divisor;
      }
      bend(curve, panel, scaling);
      hand(curve, block, panel, take);
    }
  }

  /** Sums over series of what saturates, period by period, and over periods where asked; the last block's panel. */
  function addUp(
    curve: Curve,
    count: number,
    source: Source,
    scale: FullScale | number | null,
    sizes?: Float64Array,
  ): Panel {
    const add = (into: Float64Array, values: Float64Array, width: number) => {
      for (let t = 0, i = 0; t < periods; t++) {
        let sum = into[t];
        for (const end = i + width; i < end; i++) sum += values[i];
        into[t] = sum;
      }
    };
    sums.fill(0);
    delivered.fill(0);
    const before = scale !== null && typeof scale !== 'number' && scale.from === 'delivered';
    let panel: Panel = { at: at.panel, values: whole };
    for (const block of blocks(count)) {
      panel = load(curve, block, source, before ? (values) => add(delivered, values, block.width) : undefined);
      add(sums, panel.values, block.width);
      for (let t = 0, i = 0; sizes && t < periods; t++, i += block.width) {
        for (let s = block.start; s < block.end; s++) sizes[s] += panel.values[i + s - block.start];
      }
    }
    return panel;
  }

  /** The scale of the sums. */
  function scaleOfSums(scale: FullScale | number | null, scaling: Scaling): number {
    if (scale === null || typeof scale === 'number') return scale ?? 0;
    return scaling.scaleFor((meter) => meter.add(scale.from === 'delivered' ? delivered : sums, 0, 1), scale, null);
  }

  function together(curve: Curve, count: number, source: Source, take: Take, scaling: Scaling): void {
    const scale = scaleOf(curve);
    let panel = addUp(curve, count, source, scale);
    level.set(sums);
    const divisor = scaleOfSums(scale, scaling);
    if (divisor > 0) for (let t = 0; t < periods; t++) level[t] /= divisor;
    bend(curve, { at: at.level, values: level }, scaling);
    for (const block of blocks(count)) {
      // the one block of a small group is still there
      if (count > most) panel = load(curve, block, source);
      const { values } = panel;
      for (let t = 0, i = 0; t < periods; t++) {
        const end = i + block.width;
        if (sums[t] > 0) for (; i < end; i++) values[i] = level[t] * (values[i] / sums[t]);
        i = end;
      }
      hand(curve, block, panel, take);
    }
  }

  function shrunk(curve: Curve, count: number, source: Source, take: Take, scaling: Scaling): void {
    const scale = scaleOf(curve);
    const sizes = new Float64Array(count);
    let panel = addUp(curve, count, source, scale, sizes);
    const divisor = scaleOfSums(scale, scaling);
    let total = 0;
    for (let t = 0; t < periods; t++) total += sums[t];
    for (const block of blocks(count)) {
      if (count > most) panel = load(curve, block, source);
      const { values } = panel;
      const shares = new Float64Array(block.width);
      for (let s = block.start; s < block.end; s++) {
        // a total past the largest double leaves no share: NaN, which the result refuses
        const share = total < Number.POSITIVE_INFINITY ? sizes[s] / (total || 1) : Number.NaN;
        shares[s - block.start] = scaling.shareFor(share, s);
      }
      const scales = shares.map((share) => (divisor > 0 ? share * divisor : share));
      eachCell(values, block, (i, s) => {
        if (scales[s] !== 0) values[i] /= scales[s];
      });
      bend(curve, panel, scaling);
      eachCell(values, block, (i, s) => {
        values[i] *= shares[s];
      });
      hand(curve, block, panel, take);
    }
  }

  function eachCell(values: Float64Array, { width }: Block, visit: (i: number, s: number) => void): void {
    for (let start = 0; start < values.length; start += width) for (let s = 0; s < width; s++) visit(start + s, s);
  }

  return {
    /** Shapes one group. Scales and shares are asked for only where the curve has them. */
    shape(curve: Curve, count: number, source: Source, take: Take, scaling: Scaling): void {
      const of = ofCurve(curve);
      const linear = of === null || of === 'frequency';
      const how = linear ? (scaleOf(curve) === null ? 'entity' : 'medium') : of;
      ({ medium: together, entity: eachByItself, scaled: shrunk })[how](curve, count, source, take, scaling);
    },
    close: () => region.close(),
  };
}
