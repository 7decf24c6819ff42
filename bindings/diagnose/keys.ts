import { show } from '../base/errors.js';
import { exactSum } from '../math/exactSum.js';
import type { Problem } from '../problem/compile.js';
import type { Deliveries } from '../tables/deliveries.js';
import { describeKey } from '../tables/keys.js';
import { brickSides, cureOfMiss, findNearMisses } from '../tables/meeting.js';
import type { Warning } from './warnings.js';

export const mostExamples = 3;

/** `week "1"; week "2"; week "3" and 4 more`. */
export function listed(names: readonly string[], count: number): string {
  const shown = names.slice(0, mostExamples);
  return `${shown.join('; ')}${count > shown.length ? ` and ${count - shown.length} more` : ''}`;
}

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
/** Sums for people: without the last digits, which adding up leaves. */
export const figure = (x: number) => String(Number(x.toPrecision(12)));

/** What totals and exposure do not share. */
export interface Unmet {
  /** Rows of totals, in their order, whose total is not zero and has nothing to go to, though no delivery was lost. */
  readonly totals: readonly number[];
  /** Rows of exposure in bricks without a total, and the bricks in order of their first row. */
  readonly rows: number;
  readonly bricks: readonly number[];
}

export function findUnmet({ rows, cells, lost, withoutTotal }: Problem): Unmet {
  const { bricks, totals, exposure } = rows;
  const known = new Uint8Array(bricks.count); // 1 a total, 2 seen without
  const exposed = new Uint8Array(bricks.count);
  const { brick, segments, exposure: x } = cells;
  for (let t = 0; t < brick.length; t++) {
    let j = segments[t];
    while (j < segments[t + 1] && !(x[j] > 0)) j++;
    if (j < segments[t + 1]) exposed[brick[t]] = 1;
  }
  const lonely: number[] = [];
  for (let r = 0; r < totals.brick.length; r++) {
    const b = totals.brick[r];
    known[b] = 1;
    if (!exposed[b] && totals.value[r] !== 0 && !lost?.[b]) lonely.push(r);
  }
  const strange: number[] = [];
  for (let r = 0; r < exposure.brick.length && withoutTotal > 0; r++) {
    const b = exposure.brick[r];
    if (known[b] === 0) {
      strange.push(b);
      known[b] = 2;
    }
  }
  return { totals: lonely, rows: withoutTotal, bricks: strange };
}

/**
 * What there is to say of keys that do not meet: totals without anyone, exposure without a total, and keys of the one
 * that differ from those of the other in writing alone. `history` counts rows before a total that adstock carries on to;
 * deliveries are those of the table.
 */
export function keyWarnings(
  problem: Problem,
  { segments }: Deliveries,
  exposureBrick: readonly string[],
  history: number,
): Warning[] {
  const { rows } = problem;
  const { totals, rows: strangers, bricks } = findUnmet(problem);
  const found: Warning[] = [];
  if (totals.length > 0) {
    const sums = [Float64Array.from(totals, (r) => rows.totals.value[r]), rows.totals.value].map((values) =>
      figure(exactSum(values)),
    );
    const names = totals.slice(0, mostExamples).map((r) => describeKey(rows.bricks, rows.totals.brick[r]));
    const of = `${totals.length} of ${plural(rows.totals.value.length, 'brick')} with a total`;
    const message = `${of} (sum ${sums[0]} of ${sums[1]}) ${totals.length === 1 ? 'has' : 'have'} no exposure: ${listed(names, totals.length)}. Kept apart in the unallocated table.`;
    found.push({ code: 'unallocated', message });
  }
  const gone = [1, 2].map((mark) => rows.totals.brick.filter((b) => problem.lost?.[b] === mark).length);
  if (gone[0] + gone[1] > 0) {
    const after = `${plural(gone[1], 'total')} to which mostly lost delivery carries over`;
    const message = `${plural(gone[0], 'total')} of periods whose delivery is lost, and ${after}: kept apart in the unallocated table, as "gaps" asks for.`;
    found.push({ code: 'lost-delivery', message });
  }
  if (strangers > 0) {
    const names = bricks.slice(0, mostExamples).map((b) => describeKey(rows.bricks, b));
    const of = `${strangers} of ${plural(rows.exposure.value.length, 'row')} of exposure`;
    const what = `${of} ${strangers === 1 ? 'is' : 'are'} of ${plural(bricks.length, 'brick')} without a total: ${listed(names, bricks.length)}`;
    const carried =
      history === 0
        ? 'Not allocated, and nothing carries over from there.'
        : `Not allocated; ${history === strangers ? 'adstock carries them over' : `adstock carries ${history} of them over`} to totals.`;
    found.push({ code: 'exposure-without-total', message: `${what}. ${carried}` });
  }
  // bricks that both tables have leave no near miss: most data end here
  if (strangers === 0 && rows.totals.brick.every((b) => segments[b + 1] > segments[b])) return found;
  const [left, right] = brickSides(rows, exposureBrick);
  for (const miss of findNearMisses(rows.bricks, left, right)) {
    const [a, b] = [left, right].map(({ record }, i) => `${show(miss.texts[i])} (${record(miss.rows[i])})`);
    const more = miss.count > 1 ? `, and so do ${miss.count - 1} more` : '';
    const message = `column ${right.columns[miss.column]}: ${b} and ${a} differ in writing alone${more}, so they are two keys. ${cureOfMiss(rows.bricks, miss, left, right)}`;
    found.push({ code: 'near-keys', message });
  }
  return found;
}
