import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { show } from '../../bindings/base/errors.js';
import { refusalOf } from '../outcome.js';
import type { Curve } from './contributions.js';
import { dialectOf } from './dialect.js';
import { readJson, readTable } from './read.js';
import { type RobynFiles, readRobyn, wantedOfDecomposition, wantedOfHyperparameters } from './robyn.js';
import { historyCautions, seriesCautions } from './robynCautions.js';
import { type RobynRaw, rawInside, rawOf, robynDataOf, wantedOfRaw, windowOf } from './robynData.js';
import type { RobynJson } from './robynModel.js';
import type { ReadSource } from './source.js';
import { type SourceTable, textsOf, type Wanted } from './table.js';

const decompositionFile = 'pareto_alldecomp_matrix.csv';
const hyperparametersFile = 'pareto_hyperparameters.csv';
const transformsFile = 'pareto_media_transform_matrix.csv';
const rawFile = 'raw_data.csv';
const isModelFile = (name: string) => /^RobynModel-.*\.json$/.test(name);

/** The files of an export folder that are read; none where there is no such folder. */
export async function robynFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const read = [decompositionFile, hyperparametersFile, transformsFile, rawFile];
  return names.filter((name) => read.includes(name) || isModelFile(name)).map((name) => join(folder, name));
}

/** Reads the export folder of Robyn. */
export const robynSource: ReadSource = async (faults, folder, options, signal) => {
  let names: string[];
  try {
    names = (await readdir(folder)).sort();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    faults.add('missing-file', 'folder', `expected the export folder of Robyn, got ${show(folder)} (${refusal})`);
    return null;
  }
  const read = [`${decompositionFile} (contributions)`];
  const cautions: string[] = [];
  const wantsCurves = options.curves !== false;
  if (!names.includes(decompositionFile)) {
    const problem = `expected ${decompositionFile}, which has the contributions, got none`;
    faults.add('missing-file', folder, `${problem}. Export it with robyn_outputs(.., csv_out = "pareto").`);
    return null;
  }
  const table = (name: string, wanted: (header: readonly string[]) => Wanted) =>
    readTable(faults, join(folder, name), wanted, dialectOf(options, 'contributions'), signal);
  const decomposition = await table(decompositionFile, wantedOfDecomposition);
  let hyperparameters: SourceTable | null = null;
  if (names.includes(hyperparametersFile)) {
    hyperparameters = await table(hyperparametersFile, wantedOfHyperparameters);
    read.push(`${hyperparametersFile} (${wantsCurves ? 'parameters of the curves' : 'names of the media'})`);
  } else if (wantsCurves)
    cautions.push(`no ${hyperparametersFile}: parameters of the curves are those of the JSON, which may be rounded`);
  const jsons: RobynJson[] = [];
  for (const file of names.filter(isModelFile)) {
    jsons.push({ file, content: await readJson(faults, join(folder, file)) });
    read.push(`${file} (which media are paid, adstock)`);
  }
  if (jsons.length === 0) cautions.push('no RobynModel-*.json: organic media, if any, cannot be told from paid ones');
  let transforms: RobynFiles['transforms'] = null;
  if (names.includes(transformsFile)) {
    const found = await table(transformsFile, () => new Map([['type', 'key'] as const]));
    const media = found?.header.filter((name) => !['', 'ds', 'type', 'solID'].includes(name)) ?? [];
    transforms = found && { name: transformsFile, types: textsOf(found, 'type').values, media };
    read.push(`${transformsFile} (${wantsCurves ? 'version' : 'names of the media'})`);
  }
  if (faults.any || !decomposition) return null;
  const { model, adstock, robynVersion: version, dataRows } = options;
  const files = { decomposition, hyperparameters, jsons, transforms };
  const found = readRobyn(faults, files, { model, adstock, version, curves: wantsCurves });
  if (!found) return null;
  const { curves, parameterPath, contributions, json } = found;
  let raw: RobynRaw | null = null;
  if (names.includes(rawFile)) {
    const seen = await table(rawFile, (header) => wantedOfRaw(header, json, contributions.channels));
    raw = seen && rawOf(seen, json);
    read.push(`${rawFile} (what Robyn saw, beside the delivery)`);
  } else {
    raw = rawInside(json);
    if (raw) read.push(`${raw.table.name} (what Robyn saw, beside the delivery)`);
  }
  return {
    contributions,
    read,
    parameterPath,
    posterior: false,
    others: (used) => new Map([otherVersion(used)]),
    data: wantsCurves ? (noted, periods) => robynDataOf(noted, json, raw, dataRows, periods) : undefined,
    cautions: (context) => [
      ...cautions,
      ...found.cautions,
      ...historyCautions(found.adstock, context),
      ...(raw ? seriesCautions(raw, contributions.channels, context) : []),
    ],
    curves: (noted, channels, _, { data, delivery, periods }) =>
      curves?.(noted, channels, windowOf(data, delivery, periods)) ?? null,
  };
};

/** The curves of the other side of 3.12, by the option that asks for them. */
function otherVersion(curves: ReadonlyMap<string, Curve>): [string, ReadonlyMap<string, Curve>] {
  const legacy = [...curves.values()].every(({ preset }) => preset === 'robyn-legacy');
  const preset = legacy ? 'robyn' : 'robyn-legacy';
  const changed = Array.from(curves, ([channel, curve]) => [channel, { ...curve, preset }] as const);
  return [
    `the curve of Robyn ${legacy ? 'from' : 'before'} 3.12 (--robyn-version ${legacy ? '3.12' : '3.11'})`,
    new Map(changed),
  ];
}
