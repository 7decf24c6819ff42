import { show } from '../base/errors.js';
import { collectFaults, type Faults } from '../base/faults.js';
import { readMembers } from '../base/members.js';
import type { RunOptions, TableNames } from '../base/run.js';
import { got } from '../base/show.js';
import type { EngineOptions } from './engine.js';

const whole = 'options';
const engineNames = ['kernels', 'memoryLimit'] as const;
const runNames = ['signal', 'onProgress', 'names'] as const;
const tableNames = ['totals', 'exposure', 'entities'] as const;
const choices = ['auto', 'wasm', 'js'];

type Members<Name extends string> = Partial<Record<Name, unknown>>;

/** Options of an engine, as they are now. @throws InputError on those that are unknown or out of range */
export function readEngineOptions(options: unknown): EngineOptions {
  const faults = collectFaults();
  const members = readMembers(faults, options, engineNames, { whole });
  checkEngine(faults, members);
  faults.throwIfAny();
  return members as EngineOptions;
}

/** Options of a job, as they are now. @throws InputError on those that are unknown or of another kind */
export function readRunOptions(options: unknown): RunOptions {
  const faults = collectFaults();
  const run = checkRun(faults, readMembers(faults, options, runNames, { whole }));
  faults.throwIfAny();
  return run;
}

/** Options of a job and of the engine it runs on. @throws InputError */
export function readFitOptions(options: unknown): { engine: EngineOptions; run: RunOptions } {
  const faults = collectFaults();
  const members = readMembers(faults, options, [...engineNames, ...runNames], { whole });
  checkEngine(faults, members);
  const run = checkRun(faults, members);
  faults.throwIfAny();
  const { kernels, memoryLimit } = members as EngineOptions;
  return { engine: { kernels, memoryLimit }, run };
}

function checkEngine(faults: Faults, { kernels, memoryLimit }: Members<'kernels' | 'memoryLimit'>): void {
  if (kernels !== undefined && !choices.includes(kernels as string)) {
    faults.add('option', 'options.kernels', `expected "auto", "wasm" or "js", got ${show(kernels)}`);
  }
  if (memoryLimit !== undefined && !(typeof memoryLimit === 'number' && memoryLimit > 0)) {
    faults.add('option', 'options.memoryLimit', `expected a number of bytes above 0, got ${show(memoryLimit)}`);
  }
}

function checkRun(faults: Faults, members: Members<'signal' | 'onProgress' | 'names'>): RunOptions {
  const { signal, onProgress, names } = members;
  if (signal !== undefined) checkSignal(faults, signal);
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    faults.add('option', 'options.onProgress', `expected a function, got ${got(onProgress)}`);
  } else if (/^class\b/.test(String(onProgress))) {
    faults.add('option', 'options.onProgress', 'expected a function, got a class');
  }
  const run = { signal, onProgress } as RunOptions;
  return names === undefined ? run : { ...run, names: readTableNames(faults, names) };
}

function readTableNames(faults: Faults, names: unknown): TableNames {
  const read = readMembers(faults, names, tableNames, { whole: 'options.names' });
  for (const name of tableNames) {
    if (read[name] === undefined || typeof read[name] === 'string') continue;
    faults.add('option', `options.names.${name}`, `expected text, got ${got(read[name])}`);
  }
  return read as TableNames;
}

/** A signal is known by what it does: it may come from another window, or be a stand-in for one. */
function checkSignal(faults: Faults, signal: unknown): void {
  const path = 'options.signal';
  const like = readMembers(
    collectFaults(),
    signal,
    ['aborted', 'throwIfAborted', 'addEventListener', 'removeEventListener', 'signal'],
    { whole: path, others: 'allowed' },
  );
  const methods = [like.throwIfAborted, like.addEventListener, like.removeEventListener];
  if (typeof like.aborted === 'boolean' && methods.every((method) => typeof method === 'function')) return;
  const cure = like.signal === undefined ? '' : '. Hand over its signal: controller.signal.';
  faults.add('option', path, `expected an AbortSignal, got ${got(signal)}${cure}`);
}
