import { createPace } from '../../bindings/base/pace.js';
import { atOnce } from '../../bindings/base/steps.js';
import { findIndistinguishable } from '../../bindings/diagnose/indistinguishable.js';
import type { FitRule, MemberFit } from '../../bindings/hierarchy/member.js';
import { fitTogether } from '../../bindings/infer/dispersion.js';
import { createArena } from '../../bindings/machine/arena.js';
import { selectKernels } from '../../bindings/machine/select.js';
import { openPanel } from '../../bindings/pass/inMemory.js';
import type { Pass } from '../../bindings/pass/pass.js';
import { compiled, type Panel } from './panel.js';

export type Pooling = 'none' | 'default';
export const levels = [1e-4, 1e-6, 1e-8] as const;

export interface FitTask {
  readonly solver: FitRule['solver'];
  readonly pooling: Pooling;
  readonly family: FitRule['family'];
  readonly tolerance: number;
  /** Seconds after which the fit is given up. */
  readonly cap: number;
  /** Give the fit up where its first round ends. */
  readonly firstRoundOnly: boolean;
}

/** The first sweep of a fit's first round that is certified to a level. */
export interface Mark {
  readonly passes: number;
  readonly seconds: number;
  readonly productivity: Float64Array;
}

/** One fit, as it went. */
export interface Run {
  /** For each of `levels`; null where the fit was given up before. */
  readonly marks: readonly (Mark | null)[];
  /** Where the first round ended; null where the fit was given up before. */
  readonly roundEnd: Float64Array | null;
  /** Of the whole fit: every dispersion round, and the trace behind the dispersion. */
  readonly seconds: number;
  readonly traceSeconds: number;
  readonly passes: number;
  /** Null where the fit was given up. */
  readonly fit: MemberFit | null;
}

const poolings = { none: null, default: { kind: 'gamma', spread: 0.3, evidence: 25 } } as const;
const manyPasses = 1e7; // the time is what limits a fit here
const givenUp = new Error('as far as wanted');

const ruleOf = ({ solver, pooling, family, tolerance }: FitTask): FitRule => ({
  family,
  pooling: poolings[pooling],
  solver,
  tolerance,
  maxPasses: manyPasses,
});

/**
 * Makes a panel ready, as the library's checks do before any fit, and the kernels; gives a function that fits it, timed
 * from its call. The kernels stay, as in an engine: the first of several fits finds them cold.
 */
export async function prepareFits(panel: Panel, choice: 'wasm' | 'js') {
  const { kernels, memory } = await selectKernels(choice);
  const arena = createArena(memory);
  const whole = compiled(panel);
  const twins = Uint32Array.from(whole.entity);
  for (const group of atOnce(findIndistinguishable(whole))) for (const k of group) twins[k] = group[0];

  return async (task: FitTask): Promise<Run> => {
    const marks: (Mark | null)[] = levels.map(() => null);
    let roundEnd: Float64Array | null = null;
    let passes = 0;
    let traceSeconds = 0;
    const start = performance.now();
    const since = (from: number) => (performance.now() - from) / 1000;
    // the clock runs from here: bringing the panel into the arena is part of a fit
    const pace = createPace(AbortSignal.timeout(1000 * task.cap));
    const pass = timedTrace(atOnce(openPanel({ kernels, arena, pace, seed: 1 }, whole, twins))(0), (seconds) => {
      traceSeconds += seconds;
    });
    const onSweep = (sweep: { passes: number; gap: number; productivity: Float64Array }) => {
      passes = sweep.passes;
      if (roundEnd) return;
      levels.forEach((level, i) => {
        if (marks[i] || sweep.gap > level) return;
        marks[i] = { passes, seconds: since(start), productivity: sweep.productivity.slice() };
      });
      if (sweep.gap > task.tolerance) return;
      roundEnd = sweep.productivity.slice();
      if (task.firstRoundOnly) throw givenUp;
    };
    const member = { pass, totalScale: whole.totalScale[0], groups: null, onSweep };
    const outcome = () => ({ marks, roundEnd, seconds: since(start), traceSeconds });
    try {
      const { fits } = await fitTogether([member], ruleOf(task));
      return { ...outcome(), passes: fits[0].passes, fit: fits[0] };
    } catch (error) {
      if (error !== givenUp && (error as Error).name !== 'TimeoutError') throw error;
      return { ...outcome(), passes, fit: null };
    } finally {
      arena.reset();
    }
  };
}

/** The pass, telling how long the trace behind the dispersion takes. */
function timedTrace(pass: Pass, tell: (seconds: number) => void): Pass {
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await work();
    } finally {
      tell((performance.now() - start) / 1000);
    }
  };
  return Object.create(pass, { aside: { value: (work: () => Promise<unknown>) => timed(() => pass.aside(work)) } });
}

/**
 * Share of all mass that one answer puts elsewhere than the other: half the sum of |z - z'|, over the sum of totals.
 */
export function misplaced(panel: Panel, one: Float64Array, other: Float64Array): number {
  let moved = 0;
  let sum = 0;
  eachShare(panel, one, other, (total, share, otherShare) => {
    moved += total * Math.abs(share - otherShare);
  });
  for (const total of panel.totals) sum += total;
  return moved / 2 / sum;
}

/** The largest difference between two answers, as a share of the brick. */
export function largestDifference(panel: Panel, one: Float64Array, other: Float64Array): number {
  let largest = 0;
  eachShare(panel, one, other, (_, share, otherShare) => {
    largest = Math.max(largest, Math.abs(share - otherShare));
  });
  return largest;
}

function eachShare(
  { segments, column, exposure, totals }: Panel,
  one: Float64Array,
  other: Float64Array,
  tell: (total: number, share: number, otherShare: number) => void,
): void {
  for (let b = 0; b < totals.length; b++) {
    let fitted = 0;
    let otherFitted = 0;
    for (let j = segments[b]; j < segments[b + 1]; j++) {
      fitted += exposure[j] * one[column[j]];
      otherFitted += exposure[j] * other[column[j]];
    }
    for (let j = segments[b]; j < segments[b + 1]; j++) {
      tell(totals[b], (exposure[j] * one[column[j]]) / fitted, (exposure[j] * other[column[j]]) / otherFitted);
    }
  }
}
