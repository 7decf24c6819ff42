import { expOf } from '../math/exp.js';
import { dot } from '../math/vectors.js';
import { type Pair, solveWithPrior } from '../solve/compact.js';
import { logHessianAt } from '../solve/curvature.js';
import type { SolverName } from '../solve/solvers.js';
import type { Direction } from './ascend.js';
import { differences, penaltyOf } from './differences.js';
import { type LogEvaluation, type LogProblem, slopes } from './evaluation.js';
import { solvePrecision } from './solvePrecision.js';
import { stepOf } from './system.js';

/** How each solver finds its steps in ln productivity. docs/method.md, "Lognormal pooling". */
export const directions: Readonly<Record<SolverName, (problem: LogProblem) => Direction>> = {
  newton: newtonDirection,
  lbfgs: lbfgsDirection,
  em: emDirection,
};

/** What of the curvature each entity has by itself: expected - credited, which may be negative far from the optimum. */
const ownOf = ({ expected, credited }: LogEvaluation) => expected.map((x, h) => x - credited[h]);
const atLeastZero = (values: Float64Array) => values.map((x) => Math.max(0, x));

/**
 * Newton's step by the observed information over all unknowns, groups and root included; where that is not positive definite,
 * without what makes it so.
 */
function newtonDirection({ pass, hierarchy, precisions }: LogProblem): Direction {
  const { machine } = pass;
  return {
    curvature: 'hessian',
    async next(spot) {
      const shared = await logHessianAt(pass, spot.productivity);
      const own = ownOf(spot);
      const at = (diagonal: Float64Array) =>
        stepOf(machine, { hierarchy, precisions, shared, own: diagonal }, spot.gradient);
      const step = (await at(own)) ?? (await at(atLeastZero(own)));
      return step && { step, factor: 1 };
    },
    reset: () => false,
    update() {},
  };
}

const mostPairs = 20;
const shortSighted = 5; // what is left is up to about this many times what its steps promise (measured: 0.6 to 6)

/**
 * Quasi-Newton: pairs learn what entities share of bricks (K, from what the E step credits before and after), the hierarchy and
 * the entities' own curvature are known and solved exactly, two sweeps over the tree for each vector.
 */
function lbfgsDirection({ pass, hierarchy, precisions }: LogProblem): Direction {
  let pairs: Pair[] = [];
  return {
    curvature: 'diagonal',
    async next(spot) {
      const { entities } = hierarchy;
      const own = atLeastZero(ownOf(spot));
      const squares = new Float64Array(spot.unknowns.length);
      spot.statistics.diagonal!.forEach((square, h) => {
        squares[h] = spot.productivity[h] * (spot.productivity[h] * square);
      });
      let lost = false;
      const inverseOf = (diagonal: Float64Array) => {
        const held = diagonal.subarray(0, entities).map((d, h) => d + own[h]);
        const solver = solvePrecision(pass.machine, hierarchy, held, precisions);
        lost ||= solver === null;
        return solver ?? ((vector: Float64Array) => vector);
      };
      let step = solveWithPrior(spot.gradient, squares, pairs, inverseOf);
      if (!(dot(spot.gradient, step) > 0)) {
        pairs = [];
        step = solveWithPrior(spot.gradient, squares, pairs, inverseOf);
      }
      return lost ? null : { step, factor: shortSighted };
    },
    reset() {
      const had = pairs.length > 0;
      pairs = [];
      return had;
    },
    update(from, to) {
      const move = new Float64Array(from.unknowns.length);
      const change = new Float64Array(from.unknowns.length);
      let product = 0;
      for (let h = 0; h < hierarchy.entities; h++) {
        move[h] = to.unknowns[h] - from.unknowns[h];
        // K = diag(credited) - the slope of what is credited
        const middle = (to.credited[h] + from.credited[h]) / 2;
        change[h] = middle * move[h] - (to.credited[h] - from.credited[h]);
        product += move[h] * change[h];
      }
      if (product > 0) pairs = [...pairs.slice(1 - mostPairs), { move, change, product }];
    },
  };
}

/**
 * Expectation-maximisation. Every step is a whole M step, so it is short by as much as the totals leave open: how short is told
 * by how fast the promises shrink.
 */
function emDirection(problem: LogProblem): Direction {
  let before = Number.POSITIVE_INFINITY;
  return {
    curvature: null,
    async next(spot) {
      const to = maximiseLog(problem, spot.credited, spot.unknowns);
      const step = to.map((x, u) => x - spot.unknowns[u]);
      const promised = dot(spot.gradient, step);
      const rate = Math.min(0.9999, Math.max(0, promised / before));
      before = promised;
      return { step, factor: 1 / (1 - rate) };
    },
    reset: () => false,
    update() {},
  };
}

const mostInner = 60;
const innerGain = 1e-24; // of what is credited: the M step is done

/**
 * The M step: the unknowns at which sum_h credited_h x_h - exposure_h e^x_h, less the hierarchy's penalty, is largest. Concave;
 * Newton's method with an exact solve of the hierarchy, no look at the data.
 */
export function maximiseLog(
  { pass, hierarchy, precisions }: LogProblem,
  credited: Float64Array,
  start: Float64Array,
): Float64Array {
  const { entities } = hierarchy;
  const whole = credited.reduce((sum, z) => sum + z, 0);
  const lookAt = (unknowns: Float64Array) => {
    const expected = new Float64Array(entities);
    let value = 0;
    for (let h = 0; h < entities; h++) {
      expected[h] = pass.exposure[h] * expOf(unknowns[h]);
      value += credited[h] * unknowns[h] - expected[h];
    }
    const gaps = differences(hierarchy, unknowns);
    value -= penaltyOf(hierarchy, precisions, gaps);
    return { unknowns, expected, value, gradient: slopes(hierarchy, precisions, gaps, credited, expected) };
  };
  let spot = lookAt(start);
  for (let round = 0; round < mostInner; round++) {
    const step = solvePrecision(pass.machine, hierarchy, spot.expected, precisions)?.(spot.gradient);
    if (!step) break;
    const promised = dot(spot.gradient, step);
    let share = 1;
    let next = lookAt(spot.unknowns.map((x, u) => x + share * step[u]));
    // it rounds where it rises by less than that
    while (!(next.value >= spot.value - 1e-14 * (Math.abs(spot.value) + whole)) && share > 1e-9) {
      share /= 2;
      next = lookAt(spot.unknowns.map((x, u) => x + share * step[u]));
    }
    spot = next;
    if (!(promised > innerGain * whole)) break;
  }
  return spot.unknowns;
}
