import { basename, join } from 'node:path';
import { collectFaults } from '../../bindings/base/faults.js';
import { defaults, fitJson, fit as fitModel, type KernelChoice, summarize } from '../../bindings/index.js';
import { readConfig } from '../input/config.js';
import { tableFiles } from '../input/files.js';
import { readInput } from '../input/read.js';
import { exitCodes } from '../outcome.js';
import { refuseInputs } from '../output/files.js';
import { checkFolder, openFolder } from '../output/folder.js';
import { refuseMergedNames, withEscapes, writeTable } from '../output/tables.js';
import { showProgress } from '../progress.js';

export interface FitArguments {
  readonly out: string;
  readonly kernels: KernelChoice;
  readonly memoryLimit?: number;
  readonly json?: boolean;
  readonly escapeFormulas?: boolean;
}

/** Tables of the result, each written under its own name. */
const tableNames = ['allocation', 'entities', 'unallocated'] as const;

/** `apportion fit`: tables to an exact split, written to a folder. Gives the exit code. */
export async function runFit(config: string, options: FitArguments, signal: AbortSignal): Promise<number> {
  const { model: configured, sha256 } = await readConfig(config, (faults) => checkFolder(faults, options.out));
  const model = withEscapes(configured, options.escapeFormulas);
  const { kernels, memoryLimit } = options;
  const files = tableFiles(model, config);
  const faults = collectFaults();
  const format = model.output?.format ?? 'csv';
  const wanted = [...tableNames.map((base) => `${base}.${format}`), 'fit.json'];
  refuseInputs(
    faults,
    wanted.map((name) => ({ option: '--out', path: join(options.out, name) })),
    [config, ...files.map(({ path }) => path)],
  );
  faults.throwIfAny();
  const progress = showProgress(model.fit?.tolerance ?? defaults.tolerance);
  try {
    const input = await readInput(files, { signal, onFile: (name) => progress.stage(`reading ${name}`) });
    const result = await fitModel(input.tables, model, {
      kernels,
      memoryLimit,
      signal,
      names: input.names,
      onProgress: progress.fit,
    });

    if (format === 'parquet') refuseMergedNames(tableNames.map((base) => result[base]));
    const folder = await openFolder(options.out, signal);
    const written: Record<string, string> = {};
    let json = '';
    try {
      for (const base of tableNames) {
        progress.stage(`writing ${base}`);
        const [name, digest] = await writeTable(folder, base, result[base], model.output ?? {}, signal);
        written[name] = digest;
      }
      const facts = fitJson(result);
      const run = { ...result.run, config: { file: basename(config), sha256 }, inputs: input.digests, files: written };
      json = `${JSON.stringify({ ...facts, run }, null, 2)}\n`;
      await folder.write('fit.json', [json]);
      await folder.commit('fit.json');
    } finally {
      folder.discard();
    }
    progress.stop();

    const names = [...Object.keys(written), 'fit.json'];
    process.stdout.write(
      options.json ? json : `${summarize(result)}\nWritten to ${join(options.out, '/')}: ${names.join(', ')}\n`,
    );
    if (result.converged) return exitCodes.done;
    const tolerance = model.fit?.tolerance ?? defaults.tolerance;
    process.stderr.write(
      `not converged: gap ${result.gap ?? 'unknown'} after ${result.passes} ${result.passes === 1 ? 'pass' : 'passes'}, tolerance ${tolerance}. The files are written and say so. Raise fit.maxPasses or fit.tolerance.\n`,
    );
    return exitCodes.notConverged;
  } finally {
    progress.stop();
  }
}
