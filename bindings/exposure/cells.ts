import type { Faults } from '../base/faults.js';
import { runLength, type Steps } from '../base/steps.js';
import type { Deliveries } from '../tables/deliveries.js';
import { describeKey } from '../tables/keys.js';
import { orderBy, segmentsOf } from '../tables/order.js';
import type { Rows } from '../tables/read.js';

/** Collects effective exposures in any order, in room that doubles when it is full. */
export function collectCells(room: number) {
  let brick = new Uint32Array(room);
  let entity = new Uint32Array(room);
  let value = new Float64Array(room);
  let count = 0;
  const grow = () => {
    const size = Math.max(1024, count * 2);
    const wider = <T extends Uint32Array | Float64Array>(old: T, made: T) => {
      made.set(old);
      return made;
    };
    brick = wider(brick, new Uint32Array(size));
    entity = wider(entity, new Uint32Array(size));
    value = wider(value, new Float64Array(size));
  };
  return {
    add(b: number, e: number, x: number): void {
      if (count === brick.length) grow();
      brick[count] = b;
      entity[count] = e;
      value[count++] = x;
    },
    /** All of them by brick, entities rising. One that is not finite is a fault: carry-over or the sum overflowed. */
    *sorted(faults: Faults, { bricks, entities }: Rows, path: string): Steps<Deliveries> {
      const brickOf = brick.subarray(0, count);
      const entityOf = entity.subarray(0, count);
      const order = yield* orderBy(brickOf, bricks.count, yield* orderBy(entityOf, entities.count));
      const sorted = {
        segments: segmentsOf(brickOf, bricks.count),
        entity: entityOf.slice(),
        value: new Float64Array(count),
      };
      for (let i = 0; i < count; i++) {
        if (i % runLength === 0) yield;
        const from = order[i];
        sorted.entity[i] = entity[from];
        sorted.value[i] = value[from];
        if (value[from] < Number.POSITIVE_INFINITY) continue;
        faults.add('infinite', path, () => {
          const where = `${describeKey(bricks, brick[from])} and ${describeKey(entities, entity[from])}`;
          return `expected exposure that stays finite with its carry-over, got ${value[from]} for ${where}`;
        });
      }
      return sorted;
    },
  };
}
