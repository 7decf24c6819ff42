import { InputError } from '../../bindings/base/errors.js';
import { collectFaults, type Faults } from '../../bindings/base/faults.js';
import { check, parseModel } from '../../bindings/index.js';
import type { Imported } from './assemble.js';
import type { Curve } from './contributions.js';
import type { Source } from './source.js';

type Curves = ReadonlyMap<string, Curve> | null;

const ofCurves = 'effectiveExposure.curves.';

/** Notes the faults of a configuration that the user did not write: those of curves where their parameters stand. */
function retell(faults: Faults, error: InputError, curves: Curves, { parameterPath }: Pick<Source, 'parameterPath'>) {
  const channels = [...(curves?.keys() ?? [])].sort((a, b) => b.length - a.length);
  const told = new Set<string>(); // what stands for all channels is wrong once
  for (const { kind, path, message } of error.faults) {
    const inside = path.startsWith(ofCurves) ? path.slice(ofCurves.length) : null;
    const channel = channels.find((name) => `${inside}.`.startsWith(`${name}.`));
    const [parameter, ...deeper] = channel === undefined ? [] : inside!.slice(channel.length + 1).split('.');
    const found = channel !== undefined && parameterPath?.(channel, parameter);
    const place = found ? [found, ...deeper].join('.') : path;
    const problem = message.slice(path.length + 2);
    if (!told.has(`${place} ${problem}`)) faults.add(kind, place, problem);
    told.add(`${place} ${problem}`);
  }
}

/** Notes all that is wrong with curves by themselves. */
export function checkCurves(faults: Faults, curves: Curves, source: Pick<Source, 'parameterPath'>): void {
  if (!curves || curves.size === 0) return;
  const brick = ['medium', 'period'];
  try {
    parseModel({
      totals: { brick, value: 'contribution' },
      exposure: { brick, entity: ['medium', 'campaign'], value: 'exposure' },
      effectiveExposure: { time: 'period', by: ['medium'], curves: Object.fromEntries(curves) },
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    retell(faults, error, curves, source);
  }
}

/**
 * Checks tables and configuration as a fit does, so that nothing is written that it would refuse. Gives what there is to
 * say of totals without exposure.
 * @throws InputError
 */
export async function checkImport(
  { totals, delivery, model }: Imported,
  curves: Curves,
  source: Pick<Source, 'parameterPath'>,
): Promise<string[]> {
  try {
    const parsed = parseModel(model);
    const names = { totals: model.totals.file!, exposure: model.exposure.file! };
    const found = await check({ totals: totals.columns, exposure: delivery.columns }, parsed, { names });
    return found.warnings.flatMap(({ code, message }) => (code === 'unallocated' ? [message.replace(/\.$/, '')] : []));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const faults = collectFaults();
    retell(faults, error, curves, source);
    faults.throwIfAny();
    throw error;
  }
}
