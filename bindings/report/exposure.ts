import type { Curve, Model } from '../config/config.js';
import type { Warning } from '../diagnose/warnings.js';
import type { Step } from '../exposure/calendar.js';
import type { ExposureTable } from './exposureTable.js';

/** Exposure after adstock and saturation, beside what was delivered: what a fit works on. Nothing is fitted. */
export interface EffectiveExposure {
  /** Brick columns, entity columns, `delivered`, `exposure` (effective): the rows of `allocation`, in its order. */
  readonly table: ExposureTable;
  /** The curves in use, by the values of the `by` columns; none where exposure is as delivered. */
  readonly curves: readonly CurveInUse[];
  /** The periods in order, as written; empty for one that only the step implies. None without a time column. */
  readonly periods: readonly string[];
  /** From one period to the next; null for a single period, or none. */
  readonly step: Step | null;
  /** `unused-curve`: no row uses a curve of the configuration. */
  readonly warnings: readonly Warning[];
  /** The configuration as used, defaults filled in. */
  readonly model: Model;
  readonly run: { readonly kernels: 'wasm' | 'js'; readonly reason: string | null; readonly version: string };
}

/** A curve and where the data lie on it. */
export interface CurveInUse {
  /** The values of the `by` columns that lead to it. */
  readonly by: readonly string[];
  /** As used: a preset written out. */
  readonly curve: Curve;
  /**
   * What saturates, as scaled, where it is above 0: of every place and period, history included; of every entity there
   * where these saturate by themselves.
   */
  readonly scaled: Float64Array;
}
