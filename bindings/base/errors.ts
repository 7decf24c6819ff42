export { show } from './show.js';

/** Every error this library throws on purpose. `code` is stable: match on it, not on the message. */
export class ApportionError extends Error {
  override readonly name: string = 'ApportionError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** The error of someone else that it tells of, if any. */
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** `input`: tables or configuration are wrong. `memory`: the arena cannot grow. `kernels`: the kernels asked for cannot run. */
export type ErrorCode = 'input' | 'memory' | 'kernels';

/** Something wrong in the tables or the configuration: `path: expected X, got Y`, in the caller's own names. */
export interface Fault {
  /** What kind of fault, stable: `missing-column`, `not-a-number`, `duplicate`, ... */
  readonly kind: string;
  /** Where, in the caller's words: `model.pooling.spread`, `delivery.csv record 841, column impressions`. */
  readonly path: string;
  /** `path: expected X, got Y` and, where there is one, the cure. */
  readonly message: string;
}

/** Everything found wrong at once: at most 20 faults of a kind, then how many more. */
export class InputError extends ApportionError {
  override readonly name = 'InputError';
  constructor(
    readonly faults: readonly Fault[],
    cause?: unknown,
  ) {
    super('input', faults.map((fault) => fault.message).join('\n'), cause);
  }
}

/** The arena would have to grow past what is allowed. Both figures are bytes. */
export class MemoryError extends ApportionError {
  override readonly name = 'MemoryError';
  constructor(
    readonly needed: number,
    readonly allowed: number,
  ) {
    super(
      'memory',
      `memory: expected at most ${allowed} bytes, needed ${needed}. Raise memoryLimit or split the input.`,
    );
  }
}
