import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { suggestion } from '../../bindings/base/nearest.js';
import { type NumberMarks, parseNumber } from '../../bindings/base/numbers/grammar.js';
import type { Curve } from './contributions.js';
import { hasColumn, recordOfRow, type SourceTable, textsOf } from './table.js';

/** Parameters of a channel as a file says them; `*` stands for all channels. */
export type CurveRecords = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

const everyChannel = '*';

/** Parameters from a table: a column `channel`, and one per parameter. Empty cells say nothing. */
export function recordsOfTable(faults: Faults, table: SourceTable): CurveRecords {
  if (!hasColumn(faults, table, 'channel', 'the channel of the curve')) return new Map();
  const channels = textsOf(table, 'channel');
  const parameters = table.header.filter((name) => name !== '' && name !== 'channel');
  const columns = parameters.map((name) => textsOf(table, name));
  const records = new Map<string, Record<string, unknown>>();
  for (let r = 0; r < table.rows; r++) {
    const record: Record<string, unknown> = {};
    parameters.forEach((name, c) => {
      const text = columns[c].values[columns[c].codes[r]];
      if (text !== '') record[name] = parameterOf(text, table.dialect);
    });
    const channel = channels.values[channels.codes[r]];
    if (records.has(channel)) refuseTwice(faults, recordOfRow(table, r), channel);
    records.set(channel, record);
  }
  return records;
}

/** Parameters from JSON: an object by channel, or a list of records with a `channel`. */
export function recordsOfJson(faults: Faults, name: string, content: unknown): CurveRecords {
  const records = new Map<string, Record<string, unknown>>();
  const add = (path: string, channel: unknown, record: unknown) => {
    const given = record instanceof Object && !Array.isArray(record) && typeof channel === 'string';
    if (!given) faults.add('curves', path, `expected parameters of a channel, got ${show(record)}`);
    else if (records.has(channel)) refuseTwice(faults, path, channel);
    else records.set(channel, record as Record<string, unknown>);
  };
  if (Array.isArray(content)) {
    content.forEach((item, i) => {
      const { channel, ...record } = (item ?? {}) as Record<string, unknown>;
      add(`${name}, item ${i + 1}`, channel, channel === undefined ? item : record);
    });
  } else if (content instanceof Object) {
    for (const [channel, record] of Object.entries(content)) add(`${name}, ${channel}`, channel, record);
  } else faults.add('curves', name, `expected parameters by channel, got ${show(content)}`);
  return records;
}

const refuseTwice = (faults: Faults, path: string, channel: string) =>
  faults.add('curves', path, `expected each channel once, got ${show(channel)} again`);

function parameterOf(text: string, marks: NumberMarks = {}): unknown {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  const number = parseNumber(text, marks);
  return number !== undefined && Number.isFinite(number) ? number : text;
}

/** The user's parameters, and how they become those of a preset. */
export interface CurveParameters {
  /** The file. */
  readonly name: string;
  readonly records: CurveRecords;
  readonly preset: string;
  /** The preset's name of a parameter of the file, and the file's of one of the preset. */
  readonly renamed: (parameter: string) => string;
  readonly written: (parameter: string) => string;
  /** What another file says of all channels. */
  readonly common: { readonly name: string; readonly curve: Curve } | null;
}

/** Where a parameter of a channel stands (its curve, where none is given), in the user's words: `curves.json, tv.alpha_m`. */
export function parameterPath(parameters: CurveParameters, channel: string, parameter: string): string {
  const { name, records, renamed, written, common } = parameters;
  for (const record of [channel, everyChannel]) {
    const found = Object.keys(records.get(record) ?? {}).find((key) => renamed(key) === parameter);
    if (found !== undefined) return `${name}, ${record}.${found}`;
  }
  if (parameter === '') return `${name}, ${records.has(channel) ? channel : everyChannel}`;
  if (common && parameter in common.curve) return `${common.name}, ${parameter}`;
  return `${name}, ${channel}.${written(parameter)}`;
}

/** Notes parameters that contradict what the other file says of all channels. A scale is said more closely, not otherwise. */
function refuseContradictions(faults: Faults, { name, records, renamed, common }: CurveParameters): void {
  if (!common) return;
  for (const [channel, record] of records) {
    for (const [key, value] of Object.entries(record)) {
      const said = common.curve[renamed(key)];
      if (said === undefined || renamed(key) === 'scale' || String(said) === String(value)) continue;
      const problem = `expected ${show(said)} as ${common.name} says, got ${show(value)}`;
      faults.add('contradiction', `${name}, ${channel}.${key}`, `${problem}. Are both of one model?`);
    }
  }
}

/**
 * The curve of every channel: what the other file says, over it the parameters for all channels, and over them its own.
 * Notes channels that are unknown or have no parameters, and files that contradict each other.
 */
export function presetCurves(
  faults: Faults,
  parameters: CurveParameters,
  channels: readonly string[],
  skipped: readonly string[],
): Map<string, Curve> {
  const { name, records, preset } = parameters;
  refuseContradictions(faults, parameters);
  const unknown = [...records.keys()].filter((name) => ![everyChannel, ...channels, ...skipped].includes(name));
  for (const channel of unknown) {
    faults.add('curves', name, `expected a channel, got ${show(channel)}${suggestion(channel, channels)}`);
  }
  const every = records.get(everyChannel);
  const curves = new Map<string, Curve>();
  const renamed = (record: Readonly<Record<string, unknown>> = {}) =>
    Object.fromEntries(Object.entries(record).map(([parameter, value]) => [parameters.renamed(parameter), value]));
  const frequencies = new Set<string>();
  for (const [channel, record] of records) {
    const frequency = Object.keys(record).find((parameter) => /^(alpha|ec|slope)_(rf|orf)$/.test(parameter));
    if (frequency === undefined || skipped.includes(channel)) continue;
    frequencies.add(channel);
    const problem = `expected parameters of a channel of impressions, got ${show(frequency)}`;
    faults.add(
      'curves',
      `${name}, ${channel}`,
      `${problem}: reach and frequency are not imported. Use --skip ${channel}.`,
    );
  }
  const without: string[] = [];
  for (const channel of channels) {
    if (frequencies.has(channel) || frequencies.has(everyChannel)) continue; // said
    const own = records.get(channel);
    if (!own && every && unknown.length > 0) continue; // its own may stand under a misspelt name
    if (own || every) {
      curves.set(channel, { preset, ...parameters.common?.curve, ...renamed(every), ...renamed(own) });
    } else without.push(channel);
  }
  if (without.length > 0) {
    const problem = `expected parameters for every channel, got none for ${without.map(show).join(', ')}`;
    faults.add('curves', name, `${problem}. Parameters of "*" stand for all channels.`);
  }
  return curves;
}
