import type { Kernels } from '../kernels/kernels.js';
import { type Arena, f64 } from '../memory/arena.js';
import type { Curve } from '../model/config.js';

/** Series of one group, from `start` to before `end`. */
export interface Block {
  readonly start: number;
  readonly end: number;
  /** Series in a row of the panel: kernels take them in pairs, so there may be one of zeros at the end. */
  readonly width: number;
}

/** Writes the deliveries of a block into its panel, which is all zeros: value of series s in period t at t * width + s. */
export type Fill = (panel: Float64Array, block: Block) => void;
/** Takes the effective exposure of a block, laid out alike. */
export type Take = (panel: Float64Array, block: Block) => void;
/** The number that brings what saturates to a share of its maximum, given the largest value it has here. */
export type ScaleFor = (largest: number, series: number | null) => number;

const blockCells = 1048576; // of a panel, 8 MB: bounds the arena, changes no bit

/**
 * Opens a panel for groups of up to `series` series over so many periods. What comes back turns the deliveries of one
 * group into effective exposure, a block of series at a time. Per series a = adstock(x). What saturates is each series by
 * itself (`of: "entity"`: w = S(a / max a)) or their sum A (`of: "medium"`: w = S(A / max A) a / A).
 */
export function openShaper(kernels: Kernels, arena: Arena, periods: number, series: number) {
  const pairs = (count: number) => count + (count % 2);
  const most = pairs(Math.max(1, Math.min(series, Math.floor(blockCells / periods))));
  const region = arena.open({
    panel: f64(periods * most),
    decays: f64(most),
    sums: f64(periods),
    level: f64(periods),
  });
  const { at } = region;
  const whole = region.f64('panel');
  const decays = region.f64('decays');
  const sums = region.f64('sums');
  const level = region.f64('level');

  function* blocks(count: number): Generator<Block> {
    for (let start = 0; start < count; start += most) {
      const end = Math.min(count, start + most);
      yield { start, end, width: pairs(end - start) };
    }
  }

  function carry(curve: Curve, block: Block, fill: Fill): Float64Array {
    const panel = whole.subarray(0, periods * block.width).fill(0);
    fill(panel, block);
    if (curve.adstock?.kind === 'geometric') {
      decays.fill(curve.adstock.decay, 0, block.width);
      kernels.adstockGeometric(at.panel, at.decays, at.panel, periods, block.width);
    }
    return panel;
  }

  function eachByItself(curve: Curve, count: number, fill: Fill, take: Take, scaleFor: ScaleFor | null): void {
    const hill = hillOf(curve);
    for (const block of blocks(count)) {
      const panel = carry(curve, block, fill);
      for (let s = 0; scaleFor && s < block.end - block.start; s++) {
        let largest = 0;
        for (let i = s; i < panel.length; i += block.width) if (panel[i] > largest) largest = panel[i];
        const scale = scaleFor(largest, block.start + s);
        if (scale > 0) for (let i = s; i < panel.length; i += block.width) panel[i] /= scale;
      }
      if (hill) kernels.saturateHill(at.panel, hill.halfSaturation, hill.slope, at.panel, panel.length);
      take(panel, block);
    }
  }

  function together(curve: Curve, count: number, fill: Fill, take: Take, scaleFor: ScaleFor | null): void {
    const hill = hillOf(curve);
    sums.fill(0);
    let panel = whole;
    for (const block of blocks(count)) {
      panel = carry(curve, block, fill);
      for (let t = 0, i = 0; t < periods; t++) {
        let sum = sums[t];
        for (const end = i + block.width; i < end; i++) sum += panel[i];
        sums[t] = sum;
      }
    }
    level.set(sums);
    if (scaleFor) {
      let largest = 0;
      for (let t = 0; t < periods; t++) if (sums[t] > largest) largest = sums[t];
      const scale = scaleFor(largest, null);
      if (scale > 0) for (let t = 0; t < periods; t++) level[t] /= scale;
    }
    if (hill) kernels.saturateHill(at.level, hill.halfSaturation, hill.slope, at.level, periods);
    for (const block of blocks(count)) {
      // the one block of a small group is still there
      if (count > most) panel = carry(curve, block, fill);
      for (let t = 0, i = 0; t < periods; t++) {
        const end = i + block.width;
        if (sums[t] > 0) for (; i < end; i++) panel[i] = level[t] * (panel[i] / sums[t]);
        i = end;
      }
      take(panel, block);
    }
  }

  return {
    /** `scaleFor` is asked only where the curve is scaled: per series with `of: "entity"`, else once for their sum. */
    shape(curve: Curve, count: number, fill: Fill, take: Take, scaleFor: ScaleFor): void {
      const hill = hillOf(curve);
      const scaled = (curve.scale ?? (hill ? 'max' : 'none')) === 'max';
      const separate = hill ? hill.of === 'entity' : !scaled;
      (separate ? eachByItself : together)(curve, count, fill, take, scaled ? scaleFor : null);
    },
    close: () => region.close(),
  };
}

const hillOf = ({ saturation }: Curve) => (saturation?.kind === 'hill' ? saturation : null);
