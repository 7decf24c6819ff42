import { u32 } from '../machine/arena.js';
import type { Machine } from '../machine/machine.js';

/** Vectors that share one look at the exposures. */
export const lanes = 8;

/** Random signs, eight for each of `count`, interleaved: one random word of the stream for each, one sign bit per lane. @throws MemoryError */
export function randomSigns({ kernels, arena, seed }: Machine, stream: number, count: number): Float64Array {
  const wordBlocks = Math.ceil(count / 4);
  const drawn = arena.open({ words: u32(4 * wordBlocks) });
  try {
    kernels.randomWords(seed >>> 0, Math.floor(seed / 4294967296), stream, 0, drawn.at.words, wordBlocks);
    const words = drawn.u32('words');
    const signs = new Float64Array(count * lanes);
    for (let k = 0; k < count; k++) {
      for (let lane = 0; lane < lanes; lane++) signs[k * lanes + lane] = (words[k] >>> lane) & 1 ? 1 : -1;
    }
    return signs;
  } finally {
    drawn.close();
  }
}
