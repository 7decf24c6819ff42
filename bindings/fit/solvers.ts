import type { Solver } from './climb.js';
import { em } from './em.js';
import { lbfgs } from './lbfgs.js';
import { newton } from './newton.js';
import type { Pass } from './pass.js';

export type SolverName = 'newton' | 'lbfgs' | 'em';

export const solvers: Readonly<Record<SolverName, Solver>> = { newton, lbfgs, em };

/** Entities up to which an explicit Hessian is worth its room (32 MB) and its factor (a few tenths of a second). */
export const mostNewton = 2000;
/** Entities per brick up to which it is: where bricks are few, so are the directions that the data decide. */
export const mostPerBrick = 10;

/** What `auto` uses for a component. */
export function chooseSolver({ bricks, entities }: Pass): SolverName {
  return entities <= mostNewton && entities <= mostPerBrick * bricks ? 'newton' : 'lbfgs';
}
