import type { ComponentFit } from '../infer/fitPanel.js';
import { mostNewton, type SolverName } from '../solve/solvers.js';

/** Which solver found the optimum, and why that one. */
export interface SolverReport {
  /** `several` where components differ (the components table says which), null where there was nothing to solve: spread 0, or no total above zero. */
  readonly solver: SolverName | 'several' | null;
  readonly solverChoice: string;
}

const plural = (count: number) => `${count} component${count === 1 ? '' : 's'}`;

/** What `fit.json` says of the solvers. `asked` is the configuration's. */
export function solverReport(
  fits: readonly ComponentFit[],
  asked: 'auto' | SolverName,
  regression: boolean,
): SolverReport {
  const counts = { newton: 0, lbfgs: 0, em: 0 };
  for (const fit of fits) if (fit.kind === 'fitted' && fit.solver) counts[fit.solver]++;
  const used = (Object.keys(counts) as SolverName[]).filter((name) => counts[name] > 0);
  const solver = used.length > 1 ? 'several' : (used[0] ?? null);
  if (solver === null && regression) {
    const how = asked === 'em' ? 'expectation-maximisation' : 'Fisher scoring';
    return { solver, solverChoice: `the regression alone, by ${how}` };
  }
  if (solver === null) return { solver, solverChoice: 'nothing to solve: the split follows exposure alone' };
  if (asked !== 'auto') return { solver, solverChoice: 'as configured' };
  const reasons = [
    counts.newton && `newton in ${plural(counts.newton)}, where an explicit Hessian costs little: the fewest passes`,
    counts.lbfgs &&
      `lbfgs in ${plural(counts.lbfgs)} of more than ${mostNewton} entities, or where a Hessian would cost more than the passes it saves`,
  ];
  return { solver, solverChoice: `auto: ${reasons.filter(Boolean).join('; ')}` };
}
