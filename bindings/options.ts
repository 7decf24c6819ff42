import type { EngineOptions } from './engine.js';
import { show } from './errors.js';
import { collectFaults } from './faults.js';
import { suggestion } from './nearest.js';
import type { RunOptions } from './run.js';

const engineOptions = ['kernels', 'memoryLimit'];
const runOptions = ['signal', 'onProgress', 'names'];
const choices = ['auto', 'wasm', 'js'];

/** @throws InputError on options of an engine that are unknown or out of range */
export function checkEngineOptions(options: EngineOptions): void {
  const faults = collectFaults();
  refuseUnknown(faults, options, engineOptions);
  const { kernels, memoryLimit } = options;
  if (kernels !== undefined && !choices.includes(kernels)) {
    faults.add('option', 'options.kernels', `expected "auto", "wasm" or "js", got ${show(kernels)}`);
  }
  if (memoryLimit !== undefined && !(typeof memoryLimit === 'number' && memoryLimit > 0)) {
    faults.add('option', 'options.memoryLimit', `expected a number of bytes above 0, got ${show(memoryLimit)}`);
  }
  faults.throwIfAny();
}

/** @throws InputError on options of a job that are unknown */
export function checkRunOptions(options: RunOptions): void {
  const faults = collectFaults();
  refuseUnknown(faults, options, runOptions);
  faults.throwIfAny();
}

function refuseUnknown(faults: ReturnType<typeof collectFaults>, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    faults.add('unknown-option', `options.${name}`, `unknown option${suggestion(name, known)}`);
  }
}
