/** Curvature that a sweep can bring along: the Hessian's diagonal, or all of it. */
export type Kind = 'diagonal' | 'hessian';

/** What one sweep brings beside its sums: values alone, so that it can be posted to a worker or sent. */
export interface Want {
  readonly curvature?: Kind | null | undefined;
  readonly projection?: Projection | null | undefined;
  /** Wants sum_b total_b ln(largest of these among the entities of the brick): one value per entity. */
  readonly factors?: Float64Array | null | undefined;
  /** Wants the Hessian times eight vectors, interleaved: eight values per entity. Lists alone. */
  readonly vectors?: Float64Array | null | undefined;
  /** Wants what every entity contributes to every brick. */
  readonly rows?: boolean | undefined;
}

/** What a brick counts for in the cross products, from its total y and fitted total u. */
export const weighings = {
  /** 1 / u: Fisher's information. */
  expected: (_: number, u: number) => 1 / u,
  /** y / u^2: what the bricks add to the observed information. */
  observed: (y: number, u: number) => y / u / u,
  /** (y / u - 1)^2: the middle of the sandwich. */
  residual: (y: number, u: number) => (y / u - 1) * (y / u - 1),
};

/** Asks a sweep for J = d fitted / d coefficients: row b is the sum over entities of exposure_bh productivity_h x_h. */
export interface Projection {
  /** x_h: `columns` values per entity, a multiple of 4. */
  readonly design: Float64Array;
  readonly columns: number;
  /** Wants the lower triangle of sum_b weight_b J_b J_b'. */
  readonly weighing?: keyof typeof weighings;
  /** Wants the sums of (y_b / u_b - 1) J_b over the bricks of each block: the block of each brick of the component. */
  readonly blockOf?: Uint32Array;
  readonly blocks?: number;
}

/** Whether two ask for the same of the same columns. */
export function sameProjection(one: Projection, other: Projection): boolean {
  return (
    one.design === other.design &&
    one.columns === other.columns &&
    one.weighing === other.weighing &&
    one.blocks === other.blocks &&
    (one.blockOf === other.blockOf || one.blocks === 1)
  );
}
