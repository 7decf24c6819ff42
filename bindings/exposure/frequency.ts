import type { Faults } from '../base/faults.js';
import { type Arena, f64 } from '../machine/arena.js';
import type { Kernels } from '../machine/kernels.js';
import type { Deliveries } from '../tables/deliveries.js';
import type { Rows } from '../tables/read.js';
import type { NamedCurve, Watch } from './curves.js';
import type { SeriesGroups } from './groups.js';
import { saturate, scratchFields } from './saturation.js';
import { ofCurve } from './shaper.js';

const chunk = 2048; // deliveries at a time: as many as the scratch of curves

/**
 * S(frequency) of every delivery whose curve saturates frequency, for what was delivered to be multiplied by; null where
 * no curve does. A delivery above 0 without a frequency is a fault.
 */
export function weighByFrequency(
  faults: Faults,
  kernels: Kernels,
  arena: Arena,
  rows: Rows,
  deliveries: Deliveries,
  groups: SeriesGroups,
  named: readonly NamedCurve[],
  column: string,
  watch?: Watch,
): Float64Array | null {
  const { frequency } = deliveries;
  if (!frequency || !named.some(({ curve }) => ofCurve(curve) === 'frequency')) return null;
  const weights = new Float64Array(frequency.length);
  const missing = new Uint8Array(frequency.length);
  const region = arena.open({ ...scratchFields, values: f64(chunk) });
  const values = region.f64('values');
  for (let g = 0; g < groups.place.length; g++) {
    const { curve } = named[groups.key[g]];
    if (ofCurve(curve) !== 'frequency') continue;
    const end = groups.segments[groups.starts[g + 1]];
    for (let start = groups.segments[groups.starts[g]]; start < end; start += chunk) {
      const list = groups.deliveries.subarray(start, Math.min(end, start + chunk));
      for (const [i, j] of list.entries()) {
        missing[j] = deliveries.value[j] > 0 && Number.isNaN(frequency[j]) ? 1 : 0;
        values[i] = frequency[j] >= 0 ? frequency[j] : 0; // nothing was delivered
      }
      const some = values.subarray(0, list.length);
      watch?.(named[groups.key[g]], some);
      saturate(kernels, region, curve.saturation!, region.at.values, some);
      for (const [i, j] of list.entries()) weights[j] = values[i];
    }
  }
  region.close();
  if (missing.includes(1)) refuseMissing(faults, rows, deliveries, missing, column);
  return weights;
}

function refuseMissing(
  faults: Faults,
  { exposure }: Rows,
  { segments, entity }: Deliveries,
  missing: Uint8Array,
  column: string,
): void {
  for (let r = 0; r < exposure.brick.length; r++) {
    if (!(exposure.value[r] > 0) || !Number.isNaN(exposure.frequency![r])) continue;
    const j = entity.indexOf(exposure.entity[r], segments[exposure.brick[r]]);
    if (!missing[j]) continue;
    const problem = 'expected a number, got nothing: its curve saturates frequency';
    faults.add('frequency', `${exposure.record(r)}, column ${column}`, problem);
  }
}
