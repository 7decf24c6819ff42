import { join } from 'node:path';
import { collectFaults } from '../../bindings/base/faults.js';
import type { Model, TableConfig } from '../../bindings/index.js';
import {
  hcpOptions,
  mtaOptions,
  type OptionRules,
  type Simulation,
  simulateHcp,
  simulateMta,
} from '../../bindings/simulate/index.js';
import { exitCodes } from '../outcome.js';
import { checkFolder, openFolder } from '../output/folder.js';
import { writeTable } from '../output/tables.js';

export interface Simulator {
  readonly about: string;
  /** Its switches, by name. */
  readonly rules: OptionRules;
  readonly simulate: (options: Record<string, number>) => Simulation;
}

/** The simulators by the name the command line gives them. */
export const simulators: Readonly<Record<'hcp' | 'mta', Simulator>> = {
  hcp: {
    about: 'Doctors in sales territories: visits as exposure, heavy-tailed territories, productivity by covariates.',
    rules: hcpOptions,
    simulate: simulateHcp,
  },
  mta: {
    about: 'Contributions of a marketing-mix model by medium, week and geo, and the campaigns that earned them.',
    rules: mtaOptions,
    simulate: simulateMta,
  },
};

export interface SimulateArguments {
  readonly out: string;
  readonly format: 'csv' | 'parquet';
}

/** `apportion simulate`: tables, the truth behind them, and a model.json that `fit` accepts. Gives the exit code. */
export async function runSimulate(
  { simulate }: Simulator,
  switches: Record<string, number>,
  { out, format }: SimulateArguments,
  signal: AbortSignal,
): Promise<number> {
  const faults = collectFaults();
  await checkFolder(faults, out);
  faults.throwIfAny();
  const { files, model } = simulate(switches);
  const folder = await openFolder(out, signal);
  const names: string[] = [];
  try {
    for (const [name, table] of Object.entries(files)) {
      const [written] = await writeTable(folder, name.replace(/\.csv$/, ''), table, { format }, signal);
      names.push(written);
    }
    await folder.write('model.json', [`${JSON.stringify(inFormat(model, format), null, 2)}\n`]);
    await folder.commit('model.json');
  } finally {
    folder.discard();
  }
  const path = join(out, 'model.json');
  process.stdout.write(
    `Written to ${join(out, '/')}: ${[...names, 'model.json'].join(', ')}\nNext: apportion fit ${path} --out ${join(out, 'result')}\n`,
  );
  return exitCodes.done;
}

/** The model with its tables, and its results, in files of a format. */
function inFormat(model: Model, format: 'csv' | 'parquet'): Model {
  if (format === 'csv') return model;
  const renamed = <T extends TableConfig>(table: T): T => ({
    ...table,
    file: table.file?.replace(/\.csv$/, '.parquet'),
  });
  const { totals, exposure, entities } = model;
  return {
    ...model,
    totals: renamed(totals),
    exposure: renamed(exposure),
    ...(entities && { entities: renamed(entities) }),
    output: { ...model.output, format },
  };
}
