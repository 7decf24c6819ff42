import { basename, dirname, relative, resolve } from 'node:path';
import { show } from '../../bindings/base/errors.js';
import { collectFaults } from '../../bindings/base/faults.js';
import { suggestion } from '../../bindings/base/nearest.js';
import { type Conversion, convertCurve } from '../../bindings/exposure/convert/convert.js';
import {
  type Curve,
  type Curves,
  curvesOf,
  type Model,
  type Preset,
  type PresetName,
  type TableConfig,
} from '../../bindings/index.js';
import { readModel } from '../input/config.js';
import { exitCodes } from '../outcome.js';
import { checkOutputs, openOutputs, refuseInputs, type WantedFile } from '../output/files.js';

/** What curves can be converted to. */
export const conversions = [
  'robyn',
  'robyn-legacy',
  'meridian',
  'pymc-marketing',
  'lightweight-mmm',
  'plain',
] as const satisfies readonly (PresetName | 'plain')[];

const mostListed = 20; // names of curves in a message

export interface ConvertArguments {
  readonly to: PresetName | 'plain';
  readonly periods?: number;
  /** `tv=1200.5,880` each. */
  readonly scales?: readonly string[];
  readonly out?: string;
}

/** `apportion convert`: the same model with its curves under the names of another library. Gives the exit code. */
export async function runConvert(config: string, options: ConvertArguments, signal: AbortSignal): Promise<number> {
  const { to, periods, out } = options;
  const wanted: WantedFile[] = out === undefined ? [] : [{ option: '--out', path: out, endings: ['.json'] }];
  const model = await readModel(config, (faults) => checkOutputs(faults, wanted));
  const { effectiveExposure } = model;
  const faults = collectFaults();
  refuseInputs(faults, wanted, [config]);
  if (!effectiveExposure) faults.add('option', 'effectiveExposure', 'expected curves to convert, got nothing');
  const depth = effectiveExposure?.by?.length ?? 0;
  const written = effectiveExposure ? [...curvesOf(effectiveExposure.curves, depth)] : [];
  const names = written.map(([path]) => nameOf(path));
  const scales = new Map<string, { from: number; to: number }>();
  for (const text of options.scales ?? []) {
    const [, name, from, to] = /^(.*)=([^,=]+),([^,=]+)$/.exec(text) ?? [];
    const numbers = { from: Number(from), to: Number(to) };
    if (!(numbers.from > 0 && numbers.to > 0 && numbers.from + numbers.to < Number.POSITIVE_INFINITY)) {
      faults.add('option', '--scales', `expected CURVE=FROM,TO with two numbers above 0, got ${show(text)}`);
    } else if (!names.includes(name)) {
      const listed = names.slice(0, mostListed).map(show).join(', ');
      const more = names.length > mostListed ? ` and ${names.length - mostListed} more` : '';
      const cure = suggestion(name, names) || `. Known: ${listed}${more}.`;
      faults.add('option', '--scales', `expected a curve of the model, got ${show(name)}${cure}`);
    } else scales.set(name, numbers);
  }
  faults.throwIfAny();

  const found = new Map<string, Conversion>();
  for (const [path, curve] of written) {
    const known = scales.get(nameOf(path));
    found.set(JSON.stringify(path), convertCurve(curve, to, { periods, ...(known && { scales: known }) }));
  }
  const curves = replaced(effectiveExposure!.curves, depth, (path, curve) => {
    return found.get(JSON.stringify(path))?.curve ?? curve;
  });
  const converted = { ...moved(model, config, out), effectiveExposure: { ...effectiveExposure!, curves } };
  const text = `${JSON.stringify(converted, null, 2)}\n`;
  const lines = written.map(([path, curve]) => inWords(nameOf(path), curve, to, found.get(JSON.stringify(path))!));
  lines.push(...noteOn(model, [...found.values()]));
  const words = `${lines.join('\n')}\n`;
  if (out === undefined) {
    process.stderr.write(words);
    process.stdout.write(text);
    return exitCodes.done;
  }
  const outputs = await openOutputs([out], signal);
  try {
    await outputs.folderOf(out).write(basename(out), [text]);
    await outputs.commit();
  } finally {
    outputs.discard();
  }
  process.stdout.write(`${words}Written to ${out}\n`);
  return exitCodes.done;
}

/** What `--scales` and the report call a curve. */
const nameOf = (path: readonly string[]) => path.join('.') || 'curves';

function inWords(
  name: string,
  curve: Curve | Preset,
  to: string,
  { curve: made, factor, kernel, reason, nearest }: Conversion,
) {
  const from = 'preset' in curve ? curve.preset : 'plain';
  if (made) {
    const change =
      factor !== null && isOne(factor) ? 'effective exposure as it was' : `effective exposure ${times(factor)}`;
    return `${name}: ${from} is now ${to}, ${change}.`;
  }
  const weights =
    kernel?.factor && isOne(kernel.factor) ? 'with the same weights' : `with weights ${times(kernel?.factor ?? null)}`;
  const alone = kernel ? ` Its kernel alone is ${JSON.stringify(kernel.parameters)}, ${weights}.` : '';
  const near = nearest
    ? ` Near: ${JSON.stringify(nearest.parameters)}, weights at most ${Number(nearest.difference.toPrecision(3))} apart.`
    : '';
  return `${name}: stays as it is. ${reason}${alone}${near}`;
}

const isOne = (factor: number) => Math.abs(factor - 1) <= 1e-12;
const times = (factor: number | null) =>
  `times ${factor === null ? 'a factor that depends on the length of the calendar' : Number(factor.toPrecision(6))}`;

/** Factors are for productivity to take in, which entities of several curves in one component cannot. */
function noteOn({ exposure, effectiveExposure }: Model, found: readonly Conversion[]): string[] {
  const { by = [] } = effectiveExposure!;
  const apart = by.every((name) => exposure.brick.includes(name) && exposure.entity.includes(name));
  const factors = new Set(found.map(({ curve, factor }) => (curve ? factor : 1)));
  if (apart || factors.size < 2) return [];
  return ['Curves now have different factors: where bricks or entities have several curves the split changes.'];
}

function replaced(
  curves: Curves,
  depth: number,
  replace: (path: readonly string[], curve: Curve | Preset) => Curve | Preset,
  path: readonly string[] = [],
): Curves {
  if (depth === 0) return replace(path, curves as Curve | Preset);
  const inner = Object.entries(curves as Record<string, Curves>);
  return Object.fromEntries(
    inner.map(([value, curves]) => [value, replaced(curves, depth - 1, replace, [...path, value])]),
  );
}

/** The model for another folder: paths in it are relative to where it lies. */
function moved(model: Model, config: string, out: string | undefined): Model {
  const [from, to] = [dirname(resolve(config)), dirname(resolve(out ?? config))];
  if (from === to) return model;
  const there = <T extends TableConfig>(table: T): T =>
    table.file === undefined ? table : { ...table, file: relative(to, resolve(from, table.file)) };
  const { totals, exposure, entities } = model;
  return { ...model, totals: there(totals), exposure: there(exposure), ...(entities && { entities: there(entities) }) };
}
