import type { Pass } from '../pass/pass.js';
import type { Solver } from './climb.js';
import { em } from './em.js';
import { lbfgs } from './lbfgs.js';
import { newton } from './newton.js';

export type SolverName = 'newton' | 'lbfgs' | 'em';

export const solvers: Readonly<Record<SolverName, Solver>> = { newton, lbfgs, em };

/** Entities up to which an explicit Hessian is worth its room: 3.5 matrices of doubles, about 110 MB. */
export const mostNewton = 2000;
// A Newton step, in multiply-adds: the Hessian's, one for every pair of exposures in a brick, and its factor's. It is taken
// where that is nothing to wait for, or little beside the sweeps it saves (a sweep is about 8 to the exposure).
const unnoticed = 5e7;
const perExposure = 400;

/** What `auto` uses for a component. */
export function chooseSolver({
  entities,
  exposures,
  pairs,
}: Pick<Pass, 'entities' | 'exposures' | 'pairs'>): SolverName {
  const step = pairs + (entities * entities * entities) / 6;
  return entities <= mostNewton && step <= Math.max(unnoticed, perExposure * exposures) ? 'newton' : 'lbfgs';
}
