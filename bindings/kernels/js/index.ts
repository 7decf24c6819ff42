import type { Memory } from '../../memory/memory.js';
import type { Kernels } from '../kernels.js';
import { adstockGeometric } from './adstock.js';
import { cholesky, traceInverse } from './cholesky.js';
import { gramSegments, multiplySegments, shareSegments } from './curvature.js';
import { exp } from './exp.js';
import { saturateHill } from './hill.js';
import { log } from './log.js';
import { boundSegments, passSegments } from './pass.js';
import { pow } from './pow.js';
import { randomWords } from './random.js';
import { splitSegments } from './split.js';

/** The JS twin of every kernel, over a plain buffer. Same names, same arguments, same bits. */
export function createJsKernels(memory: Memory): Kernels {
  return {
    exp: exp(memory),
    log: log(memory),
    pow: pow(memory),
    adstockGeometric: adstockGeometric(memory),
    saturateHill: saturateHill(memory),
    passSegments: passSegments(memory),
    boundSegments: boundSegments(memory),
    shareSegments: shareSegments(memory),
    gramSegments: gramSegments(memory),
    multiplySegments: multiplySegments(memory),
    cholesky: cholesky(memory),
    traceInverse: traceInverse(memory),
    splitSegments: splitSegments(memory),
    randomWords: randomWords(memory),
  };
}
