import { philoxOf } from '../math/random.js';
import { gammaOf, normalOf, poissonOf } from './variates.js';

/** Random numbers of one stream. The draws of a stream depend on seed, stream and part alone, never on other streams. */
export interface Random {
  /** A number in [0, 1): a multiple of 2^-53. */
  uniform(): number;
  /** A whole number from 0 to `count` - 1, each as likely as the others; `count` from 1 to 2^32. */
  integer(count: number): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
  /** Mean and variance `shape`, >= 0. */
  gamma(shape: number): number;
  /** A count with mean and variance `mean`, from 0 to 2^53. */
  poisson(mean: number): number;
}

/**
 * Opens a stream: the words that the kernel `randomWords` gives for this seed and stream from block `part` * 2^32 on.
 * `seed` is an integer from 0 to 2^53 - 1; `stream` and `part` are integers from 0 to 2^32 - 1. By convention `stream`
 * says what is drawn and `part` for whom, so that drawing one thing more disturbs nothing else.
 */
export function openStream(seed: number, stream: number, part = 0): Random {
  const seedHigh = Math.floor(seed / 4294967296);
  const block = new Uint32Array(4);
  let counter = 0;
  let used = 4;
  const word = () => {
    if (used === 4) {
      philoxOf(counter, part, stream, 0, seed, seedHigh, block, 0);
      counter++;
      used = 0;
    }
    return block[used++];
  };
  // 27 and 26 bits of two words
  const uniform = () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
  return {
    uniform,
    integer(count) {
      const fair = 4294967296 - (4294967296 % count);
      let drawn = word();
      while (drawn >= fair) drawn = word();
      return drawn % count;
    },
    normal: () => normalOf(uniform),
    gamma: (shape) => gammaOf(uniform, shape),
    poisson: (mean) => poissonOf(uniform, mean),
  };
}
