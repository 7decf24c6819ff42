import type { ComponentFit } from '../infer/fitPanel.js';
import type { Problem } from '../problem/compile.js';
import type { Warning } from './warnings.js';

const enough = 20; // bricks beyond the parameters: fewer say little of a dispersion
const far = 2; // times 1, or one over that

/** What speaks against taking totals for Poisson counts: they are no whole numbers, or vary more or less than counts would. */
export function countWarnings({ cells, panel }: Problem, fits: readonly ComponentFit[]): Warning[] {
  const code = 'poisson-amounts';
  const cure = 'Trust and standard errors would change with the unit of the totals: use model.family "quasiPoisson".';
  const broken = cells.totals.reduce((count, total) => count + (Number.isInteger(total) ? 0 : 1), 0);
  if (broken > 0) {
    const message = `family "poisson" is for counts: ${broken} of ${cells.totals.length} totals are no whole numbers. ${cure}`;
    return [{ code, message }];
  }
  let pearson = 0;
  let free = 0;
  fits.forEach((fit, c) => {
    if (fit.kind !== 'fitted') return;
    pearson += fit.solution.pearson * panel.totalScale[c];
    free += panel.bricks[c + 1] - panel.bricks[c] - fit.edf;
  });
  const dispersion = pearson / free;
  if (!(free >= enough) || (dispersion <= far && dispersion >= 1 / far)) return [];
  const much = dispersion > 1 ? 'more' : 'less';
  const message = `family "poisson" is for counts: these totals vary ${much} than counts would, their variance is ${dispersion.toPrecision(3)} times their mean. ${cure}`;
  return [{ code, message }];
}
