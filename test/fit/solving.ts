import type { SegmentData } from '../../bindings/pass/inMemory.js';
import type { Pass } from '../../bindings/pass/pass.js';
import type { Limits, Solution, Sweep } from '../../bindings/solve/climb.js';
import type { Prior } from '../../bindings/solve/prior.js';
import { type SolverName, solvers } from '../../bindings/solve/solvers.js';
import type { KernelSet } from '../support/kernels.js';
import { panelOf, passOf, twinsOf } from './panels.js';
import type { Sketch } from './problems.js';

export const solverNames = Object.keys(solvers) as SolverName[];

/** Total over exposure, for every entity: where fits begin. */
export const flat = ({ total, exposure, entities }: Pass) =>
  new Float64Array(entities).fill(total / exposure.reduce((sum, x) => sum + x, 0));

/** A prior of one rate that weighs `share` times the data. */
export const priorOf = (pass: Pass, share: number): Prior => ({
  weight: (share * pass.total) / pass.entities,
  rates: flat(pass),
});

export interface Solved extends Solution {
  readonly data: SegmentData;
  readonly pass: Pass;
  readonly prior: Prior;
  /** Every evaluated point, rejected trials included. */
  readonly sweeps: readonly Sweep[];
}

/** Solves a sketch of one component from the flat start, with the twins it has. `prior`: a share of the data, or given. */
export async function solve(
  set: KernelSet,
  sketch: Sketch,
  solver: SolverName,
  prior: number | Prior = 0,
  limits: Partial<Limits> = {},
): Promise<Solved> {
  const data = panelOf(sketch);
  const pass = passOf(set, data, { twins: twinsOf(sketch) });
  const chosen = typeof prior === 'number' ? priorOf(pass, prior) : prior;
  const sweeps: Sweep[] = [];
  const solution = await solvers[solver](pass, chosen, flat(pass), {
    tolerance: 1e-13,
    maxPasses: 5000,
    onSweep: (sweep) => sweeps.push({ ...sweep, productivity: sweep.productivity.slice() }),
    ...limits,
  });
  return { ...solution, data, pass, prior: chosen, sweeps };
}

export function fittedTotals(data: SegmentData, productivity: ArrayLike<number>): Float64Array {
  return data.totals.map((_, b) => {
    let fitted = 0;
    for (let j = data.segments[b]; j < data.segments[b + 1]; j++) {
      fitted += data.exposure[j] * productivity[data.column[j]];
    }
    return fitted;
  });
}

/** The largest difference of any brick's shares. */
export function shareDistance(data: SegmentData, p: ArrayLike<number>, q: ArrayLike<number>): number {
  const [u, v] = [fittedTotals(data, p), fittedTotals(data, q)];
  let most = 0;
  data.totals.forEach((total, b) => {
    if (total === 0) return;
    for (let j = data.segments[b]; j < data.segments[b + 1]; j++) {
      const h = data.column[j];
      most = Math.max(most, Math.abs((data.exposure[j] * p[h]) / u[b] - (data.exposure[j] * q[h]) / v[b]));
    }
  });
  return most;
}

/** The largest relative difference of two lists of fitted totals, where there is a total. */
export function fitDistance(data: SegmentData, p: ArrayLike<number>, q: ArrayLike<number>): number {
  const [u, v] = [fittedTotals(data, p), fittedTotals(data, q)];
  return u.reduce((most, x, b) => (data.totals[b] > 0 ? Math.max(most, Math.abs(x - v[b]) / x) : most), 0);
}
