/** What became of a parameter that was learned. */
export interface LearnedCurve {
  /** Values of the `by` columns that lead to the curve. */
  readonly curve: readonly string[];
  readonly parameter: 'decay' | 'halfSaturation';
  /** The value that the configuration has, and the one that the fit uses. */
  readonly given: number;
  readonly learned: number;
  readonly from: number;
  readonly to: number;
  /** Standard deviation of the belief in `given`, on the scale of ln(decay / (1 - decay)) or of ln halfSaturation. */
  readonly spread: number;
  /** How much the totals decide: 0 the objective is flat along this parameter, 1 the belief counts for nothing beside it. */
  readonly decided: number;
  readonly atBound: boolean;
  /** How much better the totals are explained than at `given`, in log-likelihood over what the dispersion and evidence leave. */
  readonly gain: number;
}

/** Below this the data do not decide. */
export const decides = 0.5;
