import { check, defaults } from '../../bindings/index.js';
import { readConfig } from '../input/config.js';
import { tableFiles } from '../input/files.js';
import { readInput } from '../input/read.js';
import { exitCodes } from '../outcome.js';
import { showProgress } from '../progress.js';

/** `apportion check`: everything `fit` would refuse, found without fitting. Gives the exit code. */
export async function runCheck(
  config: string,
  options: { readonly json?: boolean },
  signal: AbortSignal,
): Promise<number> {
  const { model } = await readConfig(config);
  const progress = showProgress(model.fit?.tolerance ?? defaults.tolerance);
  let found: Awaited<ReturnType<typeof check>>;
  try {
    const input = await readInput(tableFiles(model, config), {
      signal,
      onFile: (name) => progress.stage(`reading ${name}`),
    });
    found = await check(input.tables, model, { signal, names: input.names, onProgress: progress.fit });
  } finally {
    progress.stop();
  }
  process.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : inWords(config, found));
  return exitCodes.done;
}

function inWords(config: string, found: Awaited<ReturnType<typeof check>>): string {
  const { bricks, entities, exposures, components, unallocated, exposureWithoutTotal, sums, warnings } = found;
  const said = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  const lines = [
    warnings.length === 0
      ? `${config} is right: nothing was fitted, nothing written.`
      : `${config} can be fitted, with ${said}: nothing was fitted, nothing written.`,
    `  bricks with a total     ${bricks}${unallocated > 0 ? ` (${unallocated} without exposure, sum ${sums.unallocated} of ${sums.totals}: they stay unallocated)` : ''}`,
    `  entities                ${entities}`,
    `  rows of exposure        ${exposures}${exposureWithoutTotal > 0 ? ` (${exposureWithoutTotal} in bricks without a total)` : ''}`,
    `  components              ${components}`,
    ...(warnings.length > 0 ? ['Warnings:', ...warnings.map(({ code, message }) => `  ${code}: ${message}`)] : []),
  ];
  return `${lines.join('\n')}\n`;
}
