import { createHash } from 'node:crypto';
import { InputError, show } from '../../bindings/base/errors.js';
import { collectFaults, type Faults } from '../../bindings/base/faults.js';
import { type Model, parseModel } from '../../bindings/index.js';
import { MachineError, refusalOf } from '../outcome.js';
import { checkFiles } from './files.js';
import { type Json, readJsonFile } from './json.js';

export interface Config {
  readonly model: Model;
  readonly sha256: string;
}

/**
 * Reads a configuration and makes sure that the files it names are there. `more` may note further faults of the command
 * line, so that all are heard together.
 * @throws InputError, MachineError
 */
export async function readConfig(path: string, more?: (faults: Faults) => Promise<void>): Promise<Config> {
  const faults = collectFaults();
  await more?.(faults);
  const { bytes, value: raw } = await readJson(path, faults);
  await checkFiles(faults, raw, path);
  let model: Model | undefined;
  try {
    model = parseModel(raw);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const { kind, path: at, message } of error.faults) faults.add(kind, at, message.slice(at.length + 2));
  }
  faults.throwIfAny();
  return { model: model!, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Reads a configuration whose tables are not asked for. @throws InputError, MachineError */
export async function readModel(path: string, more: (faults: Faults) => Promise<void>): Promise<Model> {
  const faults = collectFaults();
  await more(faults);
  return parseModel((await readJson(path, faults)).value);
}

async function readJson(path: string, faults: Faults): Promise<Json> {
  const json = await readJsonFile(faults, path).catch((error) => {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    const problem = `expected a readable file, got ${show(path)} (${refusal})`;
    if (error.code === 'EACCES') throw new MachineError(`config: ${problem}`);
    faults.add('missing-file', 'config', problem);
    return null;
  });
  faults.throwIfAny();
  return json!;
}
