import { basename, join } from 'node:path';
import { defaults, fitJson, fit as fitModel, type KernelChoice, summarize } from '../../bindings/index.js';
import { readConfig } from '../input/config.js';
import { tableFiles } from '../input/files.js';
import { readInput } from '../input/read.js';
import { exitCodes } from '../outcome.js';
import { checkFolder, openFolder } from '../output/folder.js';
import { refuseMergedNames, writeTable } from '../output/tables.js';
import { showProgress } from '../progress.js';

export interface FitArguments {
  readonly out: string;
  readonly kernels: KernelChoice;
  readonly memoryLimit?: number;
  readonly json?: boolean;
}

/** `apportion fit`: tables to an exact split, written to a folder. Gives the exit code. */
export async function runFit(config: string, options: FitArguments, signal: AbortSignal): Promise<number> {
  const { model, sha256 } = await readConfig(config, (faults) => checkFolder(faults, options.out));
  const { kernels, memoryLimit } = options;
  const progress = showProgress(model.fit?.tolerance ?? defaults.tolerance);
  try {
    const files = tableFiles(model, config);
    const input = await readInput(files, { signal, onFile: (name) => progress.stage(`reading ${name}`) });
    const result = await fitModel(input.tables, model, {
      kernels,
      memoryLimit,
      signal,
      names: input.names,
      onProgress: progress.fit,
    });

    const tables = { allocation: result.allocation, entities: result.entities, unallocated: result.unallocated };
    if (model.output?.format === 'parquet') refuseMergedNames(Object.values(tables));
    const folder = await openFolder(options.out, signal);
    process.once('exit', folder.discard);
    const written: Record<string, string> = {};
    let json = '';
    try {
      for (const [base, table] of Object.entries(tables)) {
        progress.stage(`writing ${base}`);
        const [name, digest] = await writeTable(folder, base, table, model.output ?? {}, signal);
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
      `not converged: gap ${result.gap ?? 'unknown'} after ${result.passes} passes, tolerance ${tolerance}. The files are written and say so. Raise fit.maxPasses or fit.tolerance.\n`,
    );
    return exitCodes.notConverged;
  } finally {
    progress.stop();
  }
}
