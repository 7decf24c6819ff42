import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';

type Section = Readonly<Record<string, unknown>>;

const isSection = (value: unknown): value is Section => value instanceof Object && !Array.isArray(value);

/** Values of the attributes of a netCDF file are JSON in text; some are plain text. */
function read(attrs: Section, key: string): unknown {
  const value = attrs[key];
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The lookup name of a transformation: alone, in a record, or behind the name of its class. */
function kindOf(transformation: unknown, nothing: string): string | undefined {
  if (typeof transformation === 'string') return transformation;
  if (!isSection(transformation)) return undefined;
  const { lookup_name: name, __type__: type } = transformation;
  if (typeof name === 'string') return name;
  if (typeof type !== 'string') return undefined;
  const plain = type.replace(/^.*\./, '').replace(/Adstock|Saturation/, '');
  const snake = plain.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return snake === 'no' ? nothing : snake;
}

/** Contributions under another link than identity are factors: what to do instead. */
export function refuseLink(faults: Faults, path: string, link: unknown): void {
  if (link === undefined || link === null || link === 'identity') return;
  const problem = `expected "identity", got ${show(link)}: contributions under a log link are factors, which do not add up`;
  const cure = 'Export the prediction minus the prediction without the channel, on the original scale';
  faults.add('link', path, `${problem}. ${cure}.`);
}

/** The scale of channels as `model.json` says it; nothing for the preset's own, the largest value of each place. */
function scaleOf(faults: Faults, name: string, attrs: Section): Section | undefined {
  const scaling = read(attrs, 'scaling');
  const channel = isSection(scaling) && isSection(scaling.channel) ? scaling.channel : {};
  const { method = 'max' } = channel;
  // over these dimensions besides the date
  const dims = [channel.dims ?? []].flat();
  const all = [read(attrs, 'dims') ?? []].flat();
  const path = `${name}, scaling.channel`;
  if (method !== 'max' && method !== 'mean') {
    faults.add('scale', `${path}.method`, `expected "max" or "mean", got ${show(method)}`);
    return undefined;
  }
  if (dims.length > 0 && !all.every((dim) => dims.includes(dim))) {
    faults.add('scale', `${path}.dims`, `expected all of ${show(all)} or none, got ${show(dims)}`);
  }
  if (method === 'max' && dims.length === 0) return undefined;
  return { kind: method, from: 'delivered', over: 'totals', ...(dims.length > 0 && { per: 'curve' }) };
}

/**
 * What the attributes of PyMC-Marketing's inference data say of all channels' curves, under the names of the preset:
 * `json.dump(dict(mmm.idata.attrs), file)`. Notes a link and a convolution that a curve cannot have.
 */
export function curveOfAttrs(faults: Faults, name: string, content: unknown): Section {
  if (!isSection(content)) {
    faults.add('json', name, `expected the attributes of the inference data, got ${show(content)}`);
    return {};
  }
  refuseLink(faults, `${name}, link`, read(content, 'link'));
  const adstock = read(content, 'adstock');
  const { l_max, normalize, mode = 'After' } = isSection(adstock) ? adstock : ({} as Section);
  if (mode !== 'After') {
    faults.add(
      'mode',
      `${name}, adstock.mode`,
      `expected "After", got ${show(mode)}: carry-over before the exposure is not imported`,
    );
  }
  const found = {
    adstock: kindOf(adstock, 'no_adstock'),
    l_max,
    normalize,
    saturation: kindOf(read(content, 'saturation'), 'no_saturation'),
    adstock_first: read(content, 'adstock_first'),
    scale: scaleOf(faults, name, content),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined && value !== null));
}
