import type { Faults } from '../faults.js';
import { describeKey } from './keys.js';
import { orderBy, segmentsOf } from './order.js';
import type { Rows } from './read.js';

/** Exposure by brick: those of brick b are segments[b] .. segments[b+1]-1, entities rising. */
export interface Deliveries {
  readonly segments: Uint32Array;
  readonly entity: Uint32Array;
  readonly value: Float64Array;
}

/**
 * Sorts the exposure rows canonically. Two rows of one brick and entity are a fault, or are added up in the order of
 * their size when `sum` says so, which does not depend on the order of the file.
 */
export function sortDeliveries(
  faults: Faults,
  { bricks, entities, exposure }: Rows,
  duplicates: 'sum' | undefined,
): Deliveries {
  const { record } = exposure;
  const rows = exposure.brick.length;
  const order = orderBy(exposure.brick, bricks.count, orderBy(exposure.entity, entities.count));
  const brick = new Uint32Array(rows);
  const entity = new Uint32Array(rows);
  const value = new Float64Array(rows);
  let kept = 0;
  for (let i = 0; i < rows; ) {
    const b = exposure.brick[order[i]];
    const e = exposure.entity[order[i]];
    let end = i + 1;
    while (end < rows && exposure.brick[order[end]] === b && exposure.entity[order[end]] === e) end++;
    brick[kept] = b;
    entity[kept] = e;
    if (end === i + 1) value[kept] = exposure.value[order[i]];
    else if (duplicates === 'sum') {
      const values = Float64Array.from(order.subarray(i, end), (r) => exposure.value[r]).sort();
      value[kept] = values.reduce((sum, x) => sum + x, 0);
      if (value[kept] === Number.POSITIVE_INFINITY) {
        faults.add(
          'infinite',
          record(order[i]),
          'expected rows of one brick and entity with a finite sum, got Infinity',
        );
      }
    } else {
      const first = order[i];
      for (let k = i + 1; k < end; k++) {
        faults.add('duplicate-pair', record(order[k]), () => {
          const pair = `${describeKey(bricks, b)} and ${describeKey(entities, e)}`;
          const before = record(first).replace(/^.* record/s, 'record');
          return `expected each brick and entity once, got ${pair} again (first in ${before}). Set "duplicates": "sum" to add them up.`;
        });
      }
    }
    kept++;
    i = end;
  }
  return {
    segments: segmentsOf(brick.subarray(0, kept), bricks.count),
    entity: entity.subarray(0, kept),
    value: value.subarray(0, kept),
  };
}
