/**
 * The one interface of both kernel sets. Arguments are byte offsets into one buffer (inputs, then outputs, then sizes)
 * or plain numbers; kernels never allocate and never throw. Both sets give the same bits: the order of every addition
 * is part of the definition, which stands above each kernel in assembly/.
 */
export interface Kernels {
  /** outputs[i] = e^inputs[i], at most 0.52 ulp off. */
  exp(inputs: number, outputs: number, count: number): void;
  /** outputs[i] = ln(inputs[i]), at most 0.52 ulp off; NaN below zero, -Infinity at zero. */
  log(inputs: number, outputs: number, count: number): void;
  /** outputs[i] = bases[i]^exponents[i], at most 0.55 ulp off; special cases as in IEEE 754 pow. */
  pow(bases: number, exponents: number, outputs: number, count: number): void;
  /** Carry-over in panels laid out period by period: out[t][s] = x[t][s] + decays[s] * out[t-1][s]. `series` is even. */
  adstockGeometric(exposures: number, decays: number, outputs: number, periods: number, series: number): void;
  /**
   * Carry-over by weights: out[t][s] = sum_l weights[l] * x[t-l][s], l = 0 .. min(t, lags - 1), added in that order. Laid
   * out alike, `series` is even, outputs are not the exposures.
   */
  adstockWindow(
    exposures: number,
    weights: number,
    outputs: number,
    periods: number,
    series: number,
    lags: number,
  ): void;
  /** outputs[i] = x^slope / (x^slope + halfSaturation^slope), x = exposures[i] >= 0. */
  saturateHill(exposures: number, halfSaturation: number, slope: number, outputs: number, count: number): void;
  /**
   * outputs[i] = (1 - e) / (1 + shape e), e = e^-(rate x), x = exposures[i]: the exponential curve with shape 0, at most
   * 1.1 ulp off, the logistic one, tanh(rate x / 2), with shape 1. NaN where rate x is below -700.
   */
  saturateExponential(exposures: number, rate: number, shape: number, outputs: number, count: number): void;
  /**
   * One EM sweep over segments: fitted totals, per-entity sums of exposure * total / fitted (added to `sums`), and
   * scores = [log-likelihood high, low, Pearson sum, bricks with a total and no fit] (added to). `runs` is 1, or how many
   * runs of 256 bricks take turns, which changes the order in which bricks are added to `sums`.
   */
  passSegments(
    segments: number,
    entities: number,
    exposures: number,
    totals: number,
    productivities: number,
    fitted: number,
    sums: number,
    scores: number,
    bricks: number,
    runs: number,
  ): void;
  /** Adds to bound[0..1] (high, low) the sum over bricks of total * ln(largest factor in the brick). */
  boundSegments(
    segments: number,
    entities: number,
    factors: number,
    totals: number,
    bound: number,
    bricks: number,
  ): void;
  /**
   * passSegments on a dense panel: brick b is row b of `columns` cells, a multiple of 4, a zero cell is no exposure. What
   * pads a row is zero in `exposures` and in `productivities`.
   */
  passPanel(
    exposures: number,
    totals: number,
    productivities: number,
    fitted: number,
    sums: number,
    scores: number,
    bricks: number,
    columns: number,
  ): void;
  /** boundSegments on a dense panel: the largest factor among cells with an exposure above 0. */
  boundPanel(exposures: number, factors: number, totals: number, bound: number, bricks: number, columns: number): void;
  /** Diagonal of X'WX: sums[h] += weight_b * exposure_j^2 over the exposures of entity h. Weights are >= 0. */
  squareSegments(
    segments: number,
    entities: number,
    exposures: number,
    weights: number,
    sums: number,
    bricks: number,
  ): void;
  /** squareSegments on a dense panel of `columns` cells a row, a multiple of 4. */
  squarePanel(exposures: number, weights: number, sums: number, bricks: number, columns: number): void;
  /**
   * Adds every row's weighted outer product to the lower triangle of a `size` x `size` matrix:
   * gram[i][j] += weight_r v_i v_j, j <= i. Ids rise within a row.
   */
  gramSegments(
    segments: number,
    ids: number,
    values: number,
    weights: number,
    gram: number,
    rows: number,
    size: number,
  ): void;
  /**
   * X'WX of a dense panel, added to the lower triangle of a `columns` x `columns` matrix, `columns` a multiple of 4:
   * gram[i][j] += sum_b weight_b x_bi x_bj, j <= i. Above the diagonal the elements [i][i + 1] of even i are added to as
   * well. `scratch` holds gramScratch(columns) doubles.
   */
  gramPanel(exposures: number, weights: number, gram: number, scratch: number, bricks: number, columns: number): void;
  /** X'Wz of a dense panel: outputs[h] += sum_b weight_b x_bh response_b. `columns` is a multiple of 4. */
  crossPanel(
    exposures: number,
    weights: number,
    responses: number,
    outputs: number,
    bricks: number,
    columns: number,
  ): void;
  /** outputs += W inputs for eight interleaved vectors at once (8 lanes an id), W = sum over rows of weight_r v_r v_r'. */
  multiplySegments(
    segments: number,
    ids: number,
    values: number,
    weights: number,
    inputs: number,
    outputs: number,
    rows: number,
  ): void;
  /**
   * Bricks times covariates: outputs[b][c] = sum over the brick's exposures of
   * (exposure_j * productivity[entity_j]) * design[entity_j][c]. Rows hold `columns` doubles, a multiple of 4.
   */
  projectSegments(
    segments: number,
    entities: number,
    exposures: number,
    productivities: number,
    design: number,
    outputs: number,
    bricks: number,
    columns: number,
  ): void;
  /**
   * Cholesky factor in place of the lower triangle: rows `from`, a multiple of 4, up to `to` (a multiple of 4 too, or the
   * size), those before them done. Returns 0, or 1 + the row whose pivot is not positive.
   */
  cholesky(matrix: number, size: number, from: number, to: number): number;
  /** Solves L L' x = b for the factor L in `matrix`; x takes the place of b in `vector`. */
  solveCholesky(matrix: number, vector: number, size: number): void;
  /**
   * Trace of the inverse of L L' for the factor L in `matrix`, which is overwritten with its inverse: rows as in `cholesky`,
   * added to the `trace` of those before them. `scratch` holds four rows.
   */
  traceInverse(matrix: number, scratch: number, size: number, from: number, to: number, trace: number): number;
  /**
   * Splits every brick's total exactly: parts are whole multiples of the total's ulp and add up to it in any order.
   * Writes shares and parts; returns how many bricks have no mass to split (their shares and parts are zero).
   */
  splitSegments(
    segments: number,
    entities: number,
    exposures: number,
    productivities: number,
    totals: number,
    shares: number,
    parts: number,
    bricks: number,
  ): number;
  /** Philox4x32-10: words[4i..4i+3] for counters (first + i, stream) under the key (keyLow, keyHigh). */
  randomWords(keyLow: number, keyHigh: number, stream: number, first: number, words: number, blocks: number): void;
}

/** Doubles that gramPanel needs as scratch: a tile of 32 rows times their weights. */
export const gramScratch = (columns: number): number => 32 * columns;
