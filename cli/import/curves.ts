import { show } from '../../bindings/errors.js';
import type { Faults } from '../../bindings/faults.js';
import { suggestion } from '../../bindings/nearest.js';
import type { Curve } from './contributions.js';
import { hasColumn, type SourceTable, textsOf } from './table.js';

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
      if (text !== '') record[name] = parameterOf(text);
    });
    const channel = channels.values[channels.codes[r]];
    if (records.has(channel)) refuseTwice(faults, `${table.name} record ${r + 1}`, channel);
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

function parameterOf(text: string): unknown {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}

/**
 * The curve of every channel: `base`, over it the parameters for all channels, and over them its own. `rename` gives the
 * preset's name of a parameter of the file. Notes channels that are unknown or have no parameters.
 */
export function presetCurves(
  faults: Faults,
  name: string,
  records: CurveRecords,
  channels: readonly string[],
  skipped: readonly string[],
  base: Curve,
  rename: (parameter: string) => string,
): Map<string, Curve> {
  for (const channel of records.keys()) {
    if (channel === everyChannel || channels.includes(channel) || skipped.includes(channel)) continue;
    faults.add('curves', name, `expected a channel, got ${show(channel)}${suggestion(channel, channels)}`);
  }
  const common = records.get(everyChannel);
  const curves = new Map<string, Curve>();
  const renamed = (record: Readonly<Record<string, unknown>> = {}) =>
    Object.fromEntries(Object.entries(record).map(([parameter, value]) => [rename(parameter), value]));
  for (const [channel, record] of records) {
    const frequency = Object.keys(record).find((parameter) => /^(alpha|ec|slope)_(rf|orf)$/.test(parameter));
    if (frequency === undefined || skipped.includes(channel)) continue;
    const problem = `expected parameters of a channel of impressions, got ${show(frequency)}`;
    faults.add(
      'curves',
      `${name}, ${channel}`,
      `${problem}: reach and frequency are not imported. Use --skip ${channel}.`,
    );
  }
  const without: string[] = [];
  for (const channel of channels) {
    const own = records.get(channel);
    if (own || common) curves.set(channel, { ...base, ...renamed(common), ...renamed(own) });
    else without.push(channel);
  }
  if (without.length > 0) {
    const problem = `expected parameters for every channel, got none for ${without.map(show).join(', ')}`;
    faults.add('curves', name, `${problem}. Parameters of "*" stand for all channels.`);
  }
  return curves;
}
