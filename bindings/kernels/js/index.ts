import type { Memory } from '../../memory/memory.js';
import type { Kernels } from '../kernels.js';

/** The JS twin of every kernel, over a plain buffer. Same names, same arguments, same bits. */
export function createJsKernels(memory: Memory): Kernels {
  return {
  };
}
