import type { Kernels } from '../kernels.js';
import type { Memory } from '../memory.js';
import { adstockGeometric } from './adstock.js';
import { adstockWindow } from './adstockWindow.js';
import { cholesky, solveCholesky, traceInverse } from './cholesky.js';
import { exp } from './exp.js';
import { saturateExponential } from './exponential.js';
import { gramPanel, gramSegments } from './gram.js';
import { saturateHill } from './hill.js';
import { log } from './log.js';
import { multiplySegments } from './multiply.js';
import { boundPanel, crossPanel, passPanel } from './panel.js';
import { boundSegments, passSegments } from './pass.js';
import { pow } from './pow.js';
import { projectSegments } from './project.js';
import { randomWords } from './random.js';
import { splitSegments } from './split.js';
import { squarePanel, squareSegments } from './square.js';

/** The JS twin of every kernel, over a plain buffer. Same names, same arguments, same bits. */
export function createJsKernels(memory: Memory): Kernels {
  return {
    exp: exp(memory),
    log: log(memory),
    pow: pow(memory),
    adstockGeometric: adstockGeometric(memory),
    adstockWindow: adstockWindow(memory),
    saturateHill: saturateHill(memory),
    saturateExponential: saturateExponential(memory),
    passSegments: passSegments(memory),
    boundSegments: boundSegments(memory),
    passPanel: passPanel(memory),
    boundPanel: boundPanel(memory),
    squareSegments: squareSegments(memory),
    squarePanel: squarePanel(memory),
    gramSegments: gramSegments(memory),
    gramPanel: gramPanel(memory),
    crossPanel: crossPanel(memory),
    multiplySegments: multiplySegments(memory),
    projectSegments: projectSegments(memory),
    cholesky: cholesky(memory),
    solveCholesky: solveCholesky(memory),
    traceInverse: traceInverse(memory),
    splitSegments: splitSegments(memory),
    randomWords: randomWords(memory),
  };
}
