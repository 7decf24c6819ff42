import type { Faults } from '../base/faults.js';
import { pausesIn, type Steps } from '../base/steps.js';
import { describeKey } from './keys.js';
import { orderBy, segmentsOf } from './order.js';
import type { Rows } from './read.js';

/** Exposure by brick: those of brick b are segments[b] .. segments[b+1]-1, entities rising. */
export interface Deliveries {
  readonly segments: Uint32Array;
  readonly entity: Uint32Array;
  readonly value: Float64Array;
  /** NaN where there is none; of rows added up the mean, weighed by their exposure. */
  readonly frequency?: Float64Array | undefined;
}

/**
 * Sorts the exposure rows canonically. Two rows of one brick and entity are a fault, or are added up in the order of
 * their size when `sum` says so, which does not depend on the order of the file.
 */
export function* sortDeliveries(faults: Faults, rows: Rows, duplicates: 'sum' | undefined): Steps<Deliveries> {
  const { bricks, entities, exposure } = rows;
  const count = exposure.brick.length;
  const order = yield* orderBy(exposure.brick, bricks.count, yield* orderBy(exposure.entity, entities.count));
  const starts = segmentsOf(exposure.brick, bricks.count);
  const segments = new Uint32Array(bricks.count + 1);
  const entity = new Uint32Array(count);
  const value = new Float64Array(count);
  const frequency = exposure.frequency && new Float64Array(count);
  let kept = 0;
  const pauses = pausesIn(starts);
  for (let b = 0; b < bricks.count; b++) {
    if (pauses(b)) yield;
    for (let i = starts[b]; i < starts[b + 1]; ) {
      const e = exposure.entity[order[i]];
      let end = i + 1;
      while (end < starts[b + 1] && exposure.entity[order[end]] === e) end++;
      entity[kept] = e;
      value[kept] = exposure.value[order[i]];
      if (frequency) frequency[kept] = exposure.frequency![order[i]];
      if (end > i + 1) {
        const repeated = order.subarray(i, end);
        if (duplicates === 'sum') {
          value[kept] = sumOf(faults, rows, repeated);
          if (frequency) frequency[kept] = meanFrequency(rows, repeated);
        } else refuse(faults, rows, repeated);
      }
      kept++;
      i = end;
    }
    segments[b + 1] = kept;
  }
  return {
    segments,
    entity: entity.subarray(0, kept),
    value: value.subarray(0, kept),
    frequency: frequency?.subarray(0, kept),
  };
}

/** Sum of the rows of one brick and entity, smallest first. */
function sumOf(faults: Faults, { exposure }: Rows, repeated: Uint32Array): number {
  let sum = 0;
  for (const x of Float64Array.from(repeated, (r) => exposure.value[r]).sort()) sum += x;
  if (sum === Number.POSITIVE_INFINITY) {
    const problem = 'expected rows of one brick and entity with a finite sum, got Infinity';
    faults.add('infinite', exposure.record(repeated[0]), problem);
  }
  return sum;
}

/** Contacts over reach: rows of one brick and entity together have as many contacts as apart. */
function meanFrequency({ exposure }: Rows, repeated: Uint32Array): number {
  const frequency = exposure.frequency!;
  const seen = repeated.filter((r) => exposure.value[r] > 0);
  const contacts = Float64Array.from(seen, (r) => exposure.value[r] * frequency[r]).sort();
  const reach = Float64Array.from(seen, (r) => exposure.value[r]).sort();
  const sum = (sorted: Float64Array) => sorted.reduce((total, x) => total + x, 0);
  return seen.length > 0 ? sum(contacts) / sum(reach) : Number.NaN;
}

function refuse(faults: Faults, { bricks, entities, exposure }: Rows, repeated: Uint32Array): void {
  const said = new Map([[exposure.value[repeated[0]], repeated[0]]]); // rows by value
  for (const r of repeated.subarray(1)) {
    const value = exposure.value[r];
    const same = said.get(value);
    if (same === undefined) said.set(value, r);
    faults.add('duplicate-pair', exposure.record(r), () => {
      const pair = `${describeKey(bricks, exposure.brick[r])} and ${describeKey(entities, exposure.entity[r])}`;
      const first = exposure.record(same ?? repeated[0]).slice(exposure.table.length + 1);
      const again =
        same !== undefined && value > 0 ? `again with the same value (as ${first})` : `again (first in ${first})`;
      const cure =
        same !== undefined && value > 0
          ? 'Take it out if both are one row, as in exports that overlap: "duplicates": "sum" would count it twice.'
          : 'Set "duplicates": "sum" to add them up.';
      return `expected each brick and entity once, got ${pair} ${again}. ${cure}`;
    });
  }
}
