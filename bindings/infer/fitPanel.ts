import { collectFaults } from '../base/faults.js';
import { walk } from '../base/steps.js';
import type { Grouping } from '../hierarchy/build.js';
import { groupPanel } from '../hierarchy/groups.js';
import { unknownsOf } from '../hierarchy/hierarchy.js';
import type { DispersionWarning, FitRule, Member, MemberFit } from '../hierarchy/member.js';
import type { Machine } from '../machine/machine.js';
import { openPanel } from '../pass/inMemory.js';
import { mostExact } from '../pass/stores.js';
import type { Panel } from '../problem/compile.js';
import type { CoefficientRule, Coefficients, fitCoefficients, Predictors } from '../regression/fitCoefficients.js';
import { priorWeight } from '../solve/prior.js';
import { fitTogether } from './dispersion.js';
import type { ProductivityErrors } from './productivityErrors.js';

/** Components of fewer bricks than this share one dispersion. */
export const smallComponent = 20;

/** One component's fit, or why there is none. */
export type ComponentFit =
  | ({
      readonly kind: 'fitted';
      readonly sharedDispersion: boolean;
      /** With lognormal pooling: texts of each group. */
      readonly names: readonly (readonly string[])[];
      readonly warnings: readonly DispersionWarning[];
      /** Where they were asked for; null where there are too many unknowns. */
      readonly errors?: ProductivityErrors | null;
    } & MemberFit)
  /** All totals are zero: productivity 0. */
  | { readonly kind: 'zero' }
  /** No brick to learn from (all left out): every entity alike. */
  | { readonly kind: 'empty' };

/** Covariates of the panel's columns, and how to fit their coefficients. */
export interface Covariates {
  readonly predictors: Predictors;
  readonly rule: Omit<CoefficientRule, 'onSweep'>;
  /** What fits them. */
  readonly fit: typeof fitCoefficients;
}

export interface FitProgress {
  readonly component: number;
  readonly components: number;
  readonly passes: number;
  readonly gap: number;
  readonly objective: number;
}

export interface PanelFit {
  readonly components: readonly ComponentFit[];
  /** With covariates, where there is a total above zero. */
  readonly coefficients: Coefficients | null;
  /** How many components each warning concerns. */
  readonly warnings: ReadonlyMap<DispersionWarning, number>;
}

/**
 * Fits every component of a panel. `twins` is the first column of the same exposure for each column. What it opens in the arena
 * is the caller's to reset. Where `dispersions` are known, per component in the unit of the totals, only optima are looked for.
 * `known` has what an earlier fit of the same data found of a component. @throws MemoryError, or the signal's reason
 */
export async function fitPanel(
  machine: Machine,
  panel: Panel,
  grouping: Grouping,
  rule: FitRule,
  twins: Uint32Array | null,
  onProgress?: (progress: FitProgress) => void,
  covariates?: Covariates | null,
  dispersions?: Float64Array | null,
  known?: (component: number) => ComponentFit | null,
): Promise<PanelFit> {
  const components = panel.columns.length - 1;
  const lognormal = rule.pooling?.kind === 'lognormal' ? await import('./pooled.js') : null;
  const hierarchies = lognormal?.buildHierarchies(panel, grouping) ?? null;
  const faults = collectFaults();
  for (const { hierarchy } of hierarchies ?? []) {
    const mostCrossed = lognormal!.mostCrossed;
    if (hierarchy.kind !== 'crossed' || hierarchy.groups <= mostCrossed) continue;
    const cure = 'Nest them as a tree, or join the rare ones.';
    const problem = `expected at most ${mostCrossed} groups of all columns in a component, got ${hierarchy.groups}. ${cure}`;
    faults.add('too-many-groups', 'model.pooling.groups', problem);
  }
  faults.throwIfAny();
  // random probes need lists
  const large = hierarchies?.some(({ hierarchy }) => unknownsOf(hierarchy) > mostExact) ?? false;
  const passOf = await walk(machine.pace, openPanel(machine, panel, twins, Boolean(covariates) || large));
  // with covariates all bricks are one component, whose last sweep the coefficients leave behind
  const whole = covariates && components === 1 ? passOf(0) : null;
  let coefficients: Coefficients | null = null;
  const columns = 'columns' in grouping ? grouping.columns.map(({ of }) => of) : [];
  const grouped = columns.length > 0 && rule.pooling?.kind === 'gamma' ? groupPanel(panel, columns) : null;
  const groupPassOf = grouped && (await walk(machine.pace, openPanel(machine, grouped.data)));

  const fits = new Array<ComponentFit>(components);
  const small: number[] = [];
  const run = async (together: readonly number[], sharedDispersion: boolean) => {
    const before = together.map((component) => known?.(component) ?? null);
    if (before.every((fit) => fit !== null)) {
      for (const [i, component] of together.entries()) fits[component] = before[i]!;
      return;
    }
    const members = together.map((component): Member => {
      const first = panel.columns[component];
      const several = grouped && grouped.data.columns[component + 1] - grouped.data.columns[component] > 1;
      return {
        pass: whole ?? passOf(component),
        totalScale: panel.totalScale[component],
        predicted: coefficients
          ? { rates: coefficients.productivity, parameters: coefficients.parameters, passes: coefficients.passes }
          : undefined,
        groups: several
          ? { pass: groupPassOf!(component), groupOf: grouped.groupOf.subarray(first, panel.columns[component + 1]) }
          : null,
        hierarchy: hierarchies?.[component].hierarchy,
        onSweep:
          onProgress && (({ passes, gap, objective }) => onProgress({ passes, gap, objective, component, components })),
      };
    });
    const dispersion = dispersions?.[together[0]];
    const found = await fitTogether(members, { ...rule, dispersion });
    for (const [i, component] of together.entries()) {
      const names = hierarchies?.[component].names ?? [];
      const fit = found.fits[i];
      const { errors: wanted } = rule;
      const blockOf = wanted?.blockOf?.subarray(panel.bricks[component], panel.bricks[component + 1]) ?? null;
      const { pass } = members[i];
      const psi = rule.pooling ? priorWeight(fit.dispersion, pass.bricks, rule.pooling.evidence, 1) : fit.dispersion;
      const inference = wanted && (await import('./pooled.js'));
      const errors = inference && {
        errors: await inference.productivityErrors(pass, fit, psi, blockOf),
      };
      fits[component] = { kind: 'fitted', sharedDispersion, names, warnings: [...found.warnings], ...fit, ...errors };
    }
  };

  if (covariates && whole && panel.totals.some((total) => total > 0)) {
    const tell =
      onProgress &&
      (({ passes, objective }: { passes: number; objective: number }) =>
        onProgress({ passes, gap: Number.POSITIVE_INFINITY, objective, component: 0, components }));
    coefficients = await covariates.fit(whole, covariates.predictors, {
      ...covariates.rule,
      // one sweep is for the point that they predict
      maxPasses: covariates.rule.maxPasses - 1,
      onSweep: tell,
    });
  }
  for (let c = 0; c < components; c++) {
    const totals = panel.totals.subarray(panel.bricks[c], panel.bricks[c + 1]);
    if (totals.length === 0) fits[c] = { kind: 'empty' };
    else if (totals.every((total) => total === 0)) fits[c] = { kind: 'zero' };
    else if (totals.length < smallComponent) small.push(c);
    else await run([c], false);
  }
  if (small.length > 0) await run(small, small.length > 1);
  const warnings = new Map<DispersionWarning, number>();
  for (const fit of fits) {
    if (fit.kind !== 'fitted') continue;
    for (const code of fit.warnings) warnings.set(code, (warnings.get(code) ?? 0) + 1);
  }
  return { components: fits, coefficients, warnings };
}
