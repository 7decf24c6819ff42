import { basename, extname } from 'node:path';
import { show } from '../../bindings/base/errors.js';
import { collectFaults } from '../../bindings/base/faults.js';
import { defaults, effectiveExposure, type KernelChoice } from '../../bindings/index.js';
import { describeLearning, exposurePage } from '../../bindings/report/html/index.js';
import { readConfig } from '../input/config.js';
import { tableFiles } from '../input/files.js';
import { readInput } from '../input/read.js';
import { exitCodes } from '../outcome.js';
import { checkOutputs, openOutputs, refuseInputs, type WantedFile } from '../output/files.js';
import { refuseMergedNames, withEscapes, writeTable } from '../output/tables.js';
import { showProgress } from '../progress.js';

export interface ExposureArguments {
  readonly out: string;
  readonly html?: string;
  readonly kernels: KernelChoice;
  readonly memoryLimit?: number;
  readonly escapeFormulas?: boolean;
}

/** `apportion exposure`: what a fit would work on, written to a file, fitting nothing. Gives the exit code. */
export async function runExposure(config: string, options: ExposureArguments, signal: AbortSignal): Promise<number> {
  const { out, html, kernels, memoryLimit } = options;
  const wanted: WantedFile[] = [{ option: '--out', path: out, endings: ['.csv', '.parquet'] }];
  if (html !== undefined) wanted.push({ option: '--html', path: html, endings: ['.html'] });
  const { model: configured } = await readConfig(config, (faults) => checkOutputs(faults, wanted));
  const model = withEscapes(configured, options.escapeFormulas);
  const files = tableFiles(model, config);
  const faults = collectFaults();
  refuseInputs(faults, wanted, [config, ...files.map(({ path }) => path)]);
  faults.throwIfAny();
  const progress = showProgress(defaults.tolerance);
  try {
    const input = await readInput(files, { signal, onFile: (name) => progress.stage(`reading ${name}`) });
    const result = await effectiveExposure(input.tables, model, {
      kernels,
      memoryLimit,
      signal,
      names: input.names,
      onProgress: progress.fit,
    });
    const { table, warnings } = result;
    const format = out.endsWith('.parquet') ? 'parquet' : 'csv';
    if (format === 'parquet') refuseMergedNames([table]);
    const outputs = await openOutputs(
      wanted.map(({ path }) => path),
      signal,
    );
    try {
      progress.stage(`writing ${basename(out)}`);
      const base = basename(out, extname(out));
      await writeTable(outputs.folderOf(out), base, table, { ...model.output, format }, signal);
      if (html !== undefined) await outputs.folderOf(html).write(basename(html), [exposurePage(result)]);
      await outputs.commit();
    } finally {
      outputs.discard();
    }
    progress.stop();
    const lines = [`${table.rows} rows written to ${out}${html === undefined ? '' : `, the curves to ${html}`}.`];
    if (!model.effectiveExposure) lines.push('effectiveExposure is not configured: exposure is as delivered.');
    const learned = describeLearning(result.model, show);
    if (learned !== null) lines.push(learned);
    lines.push(...warnings.map(({ code, message }) => `${code}: ${message}`));
    process.stdout.write(`${lines.join('\n')}\n`);
    return exitCodes.done;
  } finally {
    progress.stop();
  }
}
