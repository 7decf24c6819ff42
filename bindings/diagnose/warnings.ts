import { mostErrors } from '../hierarchy/member.js';
import { mostDeviation } from '../hierarchy/pooling.js';
import type { ComponentFit, PanelFit } from '../infer/fitPanel.js';
import type { Problem } from '../problem/compile.js';
import type { ResultTable } from '../tables/tables.js';
import { countWarnings } from './counts.js';
import { decides, type LearnedCurve } from './learnedCurves.js';

/** Something the reader of the numbers must know. `code` is stable. */
export interface Warning {
  readonly code: string;
  readonly message: string;
}

const fewBricks = 10; // below this the data say little: the split is mostly the prior's

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** What is worth saying of curves, fit or no fit. */
export function curveWarnings(context: {
  readonly unusedCurves: readonly string[];
  readonly dependsOnCut: readonly string[];
}): Warning[] {
  return [
    ...context.unusedCurves.map((path) => ({
      code: 'unused-curve',
      message: `effectiveExposure.curves.${path}: no exposure row uses this curve.`,
    })),
    ...context.dependsOnCut.map((path) => ({
      code: 'depends-on-cut',
      message: `${path}: each entity saturates by itself, so one that is cut in two gets more. "of": "medium" or "scaled" does not depend on that.`,
    })),
  ];
}

/** Totals kept apart though there is exposure: of entities without productivity alone. */
export function unproductiveWarnings({ columns }: ResultTable): Warning[] {
  const count = (columns.reason as readonly string[]).filter((reason) => reason === 'no productivity').length;
  if (count === 0) return [];
  const message = `${plural(count, 'brick')} with a total and exposure of entities without productivity alone: kept apart in the unallocated table.`;
  return [{ code: 'unallocated', message }];
}

/** Everything worth saying about a fit, in a fixed order. */
export function warningsOf(
  problem: Problem,
  { components, coefficients, warnings }: PanelFit,
  alike: readonly Uint32Array[],
  context: {
    readonly pooled: boolean;
    /** Whether pooling has groups. */
    readonly grouped: boolean;
    /** What is worth saying of pooling groups. */
    readonly groups: readonly Warning[];
    /** Null without. */
    readonly covariates: {
      readonly rare: readonly string[];
      readonly design: { readonly columns: readonly { readonly name: string }[] };
      readonly groups: readonly string[];
    } | null;
    /** Whether totals were taken for counts. */
    readonly counts: boolean;
    readonly tolerance: number;
    /** What is worth saying of the tables, fit or no fit. */
    readonly tables: readonly Warning[];
    readonly learned: readonly LearnedCurve[];
    readonly unusedCurves: readonly string[];
    readonly dependsOnCut: readonly string[];
    readonly roundedAway: number;
    readonly decimals: number | null;
  },
): Warning[] {
  const found: Warning[] = [];
  const say = (code: string, message: string) => found.push({ code, message });
  const fitted = components.flatMap((fit, c) => (fit.kind === 'fitted' ? [{ fit, c }] : []));

  const unfinished = fitted.filter(({ fit }) => !fit.solution.converged);
  const open = unfinished.length;
  if (open > 0) {
    const rounding = unfinished.every(({ fit }) => fit.solution.stopped === 'rounding');
    const cure = rounding
      ? 'Rounding is all that was left: raise fit.tolerance.'
      : 'Raise fit.maxPasses or fit.tolerance.';
    const measure = unfinished.some(({ fit }) => fit.log) ? 'what a step promises' : 'the certified gap';
    say(
      'not-converged',
      `${plural(open, 'component')} stopped before ${measure} reached ${context.tolerance}. ${cure}`,
    );
  }
  if (alike.length > 0) {
    const entities = alike.reduce((sum, group) => sum + group.length, 0);
    const how = !context.pooled
      ? 'their split is that of the starting point'
      : context.covariates
        ? 'the prior splits them, as covariates say'
        : context.grouped
          ? 'the prior splits them, as their groups say'
          : 'the prior splits them evenly';
    say(
      'indistinguishable',
      `${plural(entities, 'entity', 'entities')} in ${plural(alike.length, 'group')} have the same exposure in every brick: the data cannot tell them apart, ${how}.`,
    );
  }
  const ambiguous = context.pooled ? 0 : fitted.filter(({ fit, c }) => !unique(problem, fit, c, alike)).length;
  if (ambiguous > 0) {
    say(
      'optimum-not-unique',
      `In ${plural(ambiguous, 'component')} several productivities fit the totals equally well: fitted totals are certain, the split is not. Use pooling.`,
    );
  }
  const small = fitted
    .filter(({ fit }) => fit.solution.productivity.length > 1)
    .filter(({ c }) => bricksOf(problem, c) < fewBricks).length;
  if (small > 0 && context.pooled) {
    say(
      'evidence-prior',
      `${plural(small, 'component')} of fewer than ${fewBricks} bricks: evidence there is the prior, the split stays near ${context.covariates ? 'what covariates say' : 'the proportional one'}.`,
    );
  }
  if (coefficients && !coefficients.converged) {
    say(
      'coefficients-not-converged',
      'the fit of the coefficients stopped before its steps promised less than the tolerance. Raise fit.maxPasses.',
    );
  }
  if (coefficients && coefficients.agreeing < coefficients.starts) {
    say(
      'local-optimum',
      `${coefficients.agreeing} of ${coefficients.starts} starting points led to these coefficients, the others to worse ones or to others as good: with so few bricks the best is only known as the best of these.`,
    );
  }
  const tops = fitted.flatMap(({ fit }) => (fit.log && fit.log.agreeing < fit.log.starts ? [fit.log] : []));
  if (tops.length > 0) {
    say(
      'local-optimum',
      `In ${plural(tops.length, 'component')} not all of ${tops[0].starts} starting points led to the same productivities: under a wide lognormal prior there may be several optima, and the best is only known as the best of these. A smaller spread, or gamma pooling, has one.`,
    );
  }
  const wide = fitted.filter(({ fit }) =>
    fit.log?.deviations.some((deviation, level) => fit.log!.estimated[level] && deviation >= mostDeviation),
  ).length;
  if (wide > 0) {
    say(
      'spread-at-bound',
      `In ${plural(wide, 'component')} an estimated spread has reached its bound, 3: the totals do not hold it. Give model.pooling.spread a number.`,
    );
  }
  found.push(...context.groups);
  const nameOf = (c: number) => {
    const { size } = coefficients!;
    const name = ['(intercept)', ...context.covariates!.design.columns.map((column) => column.name)][c % size];
    return c < size ? name : `${name} of ${context.covariates!.groups[Math.floor(c / size) - 1]}`;
  };
  for (const c of coefficients?.unidentified ?? []) {
    say(
      'coefficient-not-identified',
      `${nameOf(c)}: in every brick it goes together with what stands before it, so the totals cannot tell it; its coefficient is no finding. Leave it out, or let model.productivity.penalty be a ridge.`,
    );
  }
  for (const name of context.covariates?.rare ?? []) {
    say('rare-category', `${name}: one entity with exposure has it; its coefficient is that entity's alone.`);
  }
  const said = {
    'totals-follow-exposure':
      'totals look computed from this very exposure, at productivities that leave next to nothing over.',
    'dispersion-not-estimable': `too few bricks for so many entities to estimate the dispersion; that of the ${context.covariates ? 'regression' : 'proportional fit'} is used.`,
    'dispersion-not-settled': 'the dispersion did not settle within its rounds; the last is kept.',
    'spreads-too-small':
      'the dispersion could not be estimated beside so many entities: that of the proportional fit takes differences between entities for noise, so estimated spreads are too small.',
    'spreads-not-settled': 'the estimated spreads did not settle within their rounds or passes; the last are kept.',
  };
  const following = fitted.filter(({ fit }) => fit.follows).length;
  if (following > 0) {
    say(
      'totals-follow-exposure',
      `${plural(following, 'component')}: totals are one number times this very exposure: they tell nothing of productivities, so these are alike, the split is the proportional one and trust is 0.`,
    );
  }
  for (const [code, text] of Object.entries(said)) {
    const told = code === 'totals-follow-exposure' ? following : 0;
    const count = (warnings.get(code as keyof typeof said) ?? 0) - told;
    if (count > 0) say(code, `${plural(count, 'component')}: ${text}`);
  }
  const heavy = fitted.filter(({ fit }) => fit.errors === null).length;
  if (heavy > 0) {
    say(
      'errors-too-large',
      `${plural(heavy, 'component')} of more than ${mostErrors} entities and groups: no standard errors of productivities there, they take the inverse of a matrix of that size.`,
    );
  }
  const blind = fitted.filter(({ fit }) => fit.errors?.open).length;
  if (blind > 0) {
    const cure = context.pooled ? 'A smaller spread holds them.' : 'Use pooling.';
    say(
      'errors-undefined',
      `${plural(blind, 'component')} whose totals leave the optimum open: no standard errors of productivities there. ${cure}`,
    );
  }
  found.push(...context.tables);
  if (context.counts) found.push(...countWarnings(problem, components));
  const negative = problem.cells.totals.reduce((count, total) => count + (total < 0 ? 1 : 0), 0);
  if (negative > 0)
    say('negative-totals', `${plural(negative, 'negative total')} left out of the fit and split by the fitted shares.`);
  if (problem.panel.tooFaint > 0) {
    say(
      'exposure-range',
      `${plural(problem.panel.tooFaint, 'brick')} with exposure 10^270 times below its component's largest: left out of the fit, split by the fitted shares.`,
    );
  }
  found.push(...curveWarnings(context));
  for (const { curve, parameter, decided, atBound, from, to } of context.learned) {
    const name = ['effectiveExposure.curves', ...curve, parameter].join('.');
    if (atBound) {
      say(
        'curve-at-bound',
        `${name}: what was learned is a bound of [${from}, ${to}]. Widen the bounds, or ask what else moves with this exposure.`,
      );
    }
    if (decided < decides) {
      say(
        'curve-not-decided',
        `${name}: the totals hardly change along it (${Math.round(100 * decided)}% decided by the data): what was learned is mostly what was given.`,
      );
    }
  }
  if (context.roundedAway !== 0) {
    say(
      'rounded-totals',
      `totals were rounded to ${context.decimals} decimals before the split: together they changed by ${context.roundedAway}.`,
    );
  }
  return found;
}

const bricksOf = ({ panel }: Problem, c: number) => panel.bricks[c + 1] - panel.bricks[c];

/** Without a prior: more entities than bricks, equal columns or flat directions leave the optimum open. */
function unique(
  { panel }: Problem,
  fit: ComponentFit & { kind: 'fitted' },
  c: number,
  alike: readonly Uint32Array[],
): boolean {
  const entities = panel.columns[c + 1] - panel.columns[c];
  if (alike.some((group) => group[0] >= panel.columns[c] && group[0] < panel.columns[c + 1])) return false;
  // entities at zero are held there by the data; the others need a direction each
  const peak = fit.information.reduce((most, x) => Math.max(most, x), 0);
  const active = fit.information.reduce((count, x) => count + (x > 1e-9 * peak ? 1 : 0), 0);
  if (active > panel.bricks[c + 1] - panel.bricks[c]) return false;
  return fit.edfMethod === 'count' || active === 0 || entities === 1 || fit.edf > active - 0.5;
}
