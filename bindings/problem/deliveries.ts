import type { Faults } from '../faults.js';
import { describeKey } from './keys.js';
import type { Rows } from './read.js';

/** Exposure by brick: those of brick b are segments[b] .. segments[b+1]-1, entities rising. */
export interface Deliveries {
  readonly segments: Uint32Array;
  readonly entity: Uint32Array;
  readonly value: Float64Array;
}

/** Stable order of rows by a small whole number each: positions of rows, smallest first. */
export function orderBy(numbers: Uint32Array, count: number, rows?: Uint32Array): Uint32Array {
  const starts = new Uint32Array(count + 1);
  for (let r = 0; r < numbers.length; r++) starts[numbers[r] + 1]++;
  for (let k = 0; k < count; k++) starts[k + 1] += starts[k];
  const order = new Uint32Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const r = rows ? rows[i] : i;
    order[starts[numbers[r]]++] = r;
  }
  return order;
}

/** Where each number's run starts in a sorted list of them. */
export function segmentsOf(sorted: Uint32Array, count: number): Uint32Array {
  const segments = new Uint32Array(count + 1);
  for (const k of sorted) segments[k + 1]++;
  for (let k = 0; k < count; k++) segments[k + 1] += segments[k];
  return segments;
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
      for (let k = i + 1; k < end; k++) {
        const pair = `${describeKey(bricks, b)} and ${describeKey(entities, e)}`;
        const first = record(order[i]).replace(/^.* record/, 'record');
        faults.add(
          'duplicate-pair',
          record(order[k]),
          `expected each brick and entity once, got ${pair} again (first in ${first}). Set "duplicates": "sum" to add them up.`,
        );
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
