import type { SegmentData } from '../../bindings/pass/inMemory.js';
import type { Pass } from '../../bindings/pass/pass.js';
import { globalBound, localBound, logDivergence, type Step } from '../../bindings/solve/certificate.js';
import { createClimb } from '../../bindings/solve/climb.js';
import { em } from '../../bindings/solve/em.js';
import { newton } from '../../bindings/solve/newton.js';
import type { Prior } from '../../bindings/solve/prior.js';
import { type SolverName, solvers } from '../../bindings/solve/solvers.js';
import type { KernelSet } from '../support/kernels.js';
import { objectiveAt } from './objective.js';
import { panelOf, passOf } from './panels.js';
import { type Draws, randomSketch } from './random.js';

/** The M step's factors and the three bounds, from the definitions in docs/method.md, "The certificate". */
export async function boundsAt(pass: Pass, { weight, rates }: Prior, productivity: Float64Array) {
  const { credits } = await pass.sweep(productivity);
  const slopes = pass.exposure.map((s, h) => s + (weight > 0 ? weight / rates[h] : 0));
  const credited = credits.map((g, h) => g + (weight > 0 ? weight / productivity[h] : 0));
  const factors = credited.map((g, h) => g / slopes[h]);
  const mass = pass.total + weight * pass.entities;
  const expected = productivity.reduce((sum, p, h) => sum + p * slopes[h], 0);
  let closedGap = weight > 0 ? 0 : Number.POSITIVE_INFINITY;
  if (weight > 0) {
    for (let h = 0; h < factors.length; h++) {
      closedGap += weight * logDivergence((productivity[h] * (slopes[h] - credits[h])) / weight - 1);
    }
  }
  const step: Step = { next: productivity, factors, excess: expected - mass, largest: Math.max(...factors), closedGap };
  return { global: globalBound(step, mass), local: await localBound(pass, step, weight), closed: closedGap };
}

/** A problem, its prior and a point as good as the optimum; the true distance of others is at least that to it. */
export interface Case {
  readonly data: SegmentData;
  readonly pass: Pass;
  readonly prior: Prior;
  readonly best: Float64Array;
}

export async function randomCase(set: KernelSet, draws: Draws, weight: number, most = 8): Promise<Case> {
  const entities = draws.whole(1, most);
  // half of them dense enough to be laid out as panels
  const density = draws.uniform() < 0.5 ? 0.4 : 0.9;
  const sketch = randomSketch(draws, { bricks: draws.whole(1, (3 * most) / 2), entities, density });
  const data = panelOf(sketch);
  const pass = passOf(set, data);
  const rate = pass.total / pass.exposure.reduce((sum, x) => sum + x, 0);
  const rates = Float64Array.from({ length: entities }, () => rate * Math.exp(0.2 * draws.normal()));
  const prior = { weight: weight * (pass.total / entities), rates };
  const start = new Float64Array(entities).fill(rate);
  const found = await newton(pass, prior, start, { tolerance: 1e-14, maxPasses: 200 });
  const taught = await em(pass, prior, start, { tolerance: 1e-14, maxPasses: 400 });
  const best = found.objective >= taught.objective ? found : taught;
  return { data, pass, prior, best: best.productivity.slice() };
}

/** The gap that `next` proves for a point in the sweep of another, in the unit of the totals: C1, C2 and C3 at once. */
async function fusedBound(pass: Pass, prior: Prior, point: Float64Array): Promise<number> {
  // at this tolerance every point is near enough to be looked at
  const climb = createClimb(pass, prior, { tolerance: Number.MAX_VALUE, maxPasses: 1000 });
  const from = await climb.at(point);
  const before = climb.passes;
  const [, proved] = await climb.next(from.step.next, 'diagonal', from);
  if (climb.passes !== before + 1) throw new Error('the bound took a sweep of its own');
  return proved.gap * pass.total;
}

/** Wild points, points ever nearer to the optimum, and (without a prior) points with zeros. */
function randomPoint(draws: Draws, { best, prior, data }: Case, k: number): Float64Array {
  const rate = data.totals.reduce((sum, y) => sum + y, 0) / data.exposure.reduce((sum, x) => sum + x, 0);
  const noise = 3 * 0.1 ** (k % 6);
  const point = best.map((p) => (k % 6 === 0 ? rate : p) * Math.exp(noise * draws.normal()));
  return prior.weight === 0 && k % 4 === 3 ? point.map((p) => (draws.uniform() < 0.3 ? 0 : p)) : point;
}

/**
 * Holds every bound against the true distance at random points of random problems, half of them without a prior, half
 * with one that weighs from a thousandth to ten times the data.
 */
export async function examineCertificates(set: KernelSet, draws: Draws, problems: number, points: number, most = 8) {
  const found = { points: 0, impossible: 0, violations: [] as string[], ratios: [] as number[] };
  for (let problem = 0; problem < problems; problem++) {
    const weight = problem % 2 === 0 ? 0 : 10 ** (4 * draws.uniform() - 3);
    const example = await randomCase(set, draws, weight, most);
    const { data, pass, prior, best } = example;
    const top = objectiveAt(data, prior, best);
    for (let k = 0; k < points; k++) {
      const point = randomPoint(draws, example, k);
      const { value, size } = objectiveAt(data, prior, point);
      const { gap } = await em(pass, prior, point, { tolerance: 1e-300, maxPasses: 1 });
      const note = (what: string, bound: number) =>
        found.violations.push(`problem ${problem}, point ${k}: ${what} ${bound}`);
      found.points++;
      if (value === Number.NEGATIVE_INFINITY) {
        found.impossible++;
        if (gap !== Number.POSITIVE_INFINITY) note('gap', gap);
        continue;
      }
      const distance = top.value - value;
      const rounding = 1e-14 * (size + top.size);
      const plain = await boundsAt(pass, prior, point);
      const fused = await fusedBound(pass, prior, point);
      const bounds = { ...plain, gap: gap * pass.total, fused };
      for (const [what, bound] of Object.entries(bounds)) {
        if (!(bound >= distance - rounding)) note(`${what} below ${distance}:`, bound);
      }
      if (!(bounds.local <= bounds.global + rounding)) note('local above global:', bounds.local);
      // C3 is the best of them where it holds, and C2 is not looked at; elsewhere the sweep of the next point brings it
      const least = Number.isFinite(plain.closed) ? Math.min(plain.global, plain.closed) : plain.local;
      if (Math.abs(fused - Math.max(0, least)) > rounding + 1e-12 * least) note(`fused, not ${least}:`, fused);
      if (distance > 1e-6 * pass.total) {
        found.ratios.push(Math.min(bounds.global, bounds.local, bounds.closed) / distance);
      }
    }
  }
  found.ratios.sort((a, b) => a - b);
  return found;
}

/** Holds the gap of every point that a solver evaluates against the true distance: those of a run from a wild start. */
export async function examineVisited(set: KernelSet, draws: Draws, problems: number, most = 8) {
  const found = { points: 0, near: 0, violations: [] as string[] };
  for (let problem = 0; problem < problems; problem++) {
    const weight = problem % 2 === 0 ? 0 : 10 ** (4 * draws.uniform() - 3);
    const { data, pass, prior, best } = await randomCase(set, draws, weight, most);
    const top = objectiveAt(data, prior, best);
    const start = best.map((p) => (p > 0 ? p : 0.01) * Math.exp(draws.normal()));
    for (const solver of ['newton', 'lbfgs'] as SolverName[]) {
      await solvers[solver](pass, prior, start, {
        tolerance: 1e-14,
        maxPasses: 200,
        onSweep({ gap, productivity, objective, passes }) {
          const { value, size } = objectiveAt(data, prior, productivity);
          const rounding = 1e-14 * (size + top.size);
          const note = (what: string) =>
            found.violations.push(`problem ${problem}, ${solver}, pass ${passes}: ${what}`);
          if (value === Number.NEGATIVE_INFINITY) {
            if (gap !== Number.POSITIVE_INFINITY) note(`gap ${gap} of an impossible point`);
            return;
          }
          found.points++;
          if (gap < 1e-6) found.near++;
          const distance = top.value - value;
          if (!(gap * pass.total >= distance - rounding)) note(`gap ${gap * pass.total} below ${distance}`);
          if (!(Math.abs(objective - value) <= rounding)) note(`objective ${objective}, not ${value}`);
        },
      });
    }
  }
  return found;
}
