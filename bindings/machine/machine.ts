import type { Pace } from '../base/pace.js';
import type { Arena } from './arena.js';
import type { Kernels } from './kernels.js';

/** What numbers are worked out with: kernels, their memory, the caller's chances to abort, and the seed of what is drawn. */
export interface Machine {
  readonly kernels: Kernels;
  readonly arena: Arena;
  readonly pace: Pace;
  readonly seed: number;
}
