import { massError, massMoved } from '../allocate/audit.js';
import { type Split, splitCells } from '../allocate/split.js';
import { addingIn } from '../allocate/unitSums.js';
import { plainCopy } from '../base/plain.js';
import type { RunOptions } from '../base/run.js';
import { walk } from '../base/steps.js';
import { version } from '../base/version.js';
import { fillDefaults } from '../config/fill.js';
import { groupWarnings } from '../diagnose/groups.js';
import type { LearnedCurve } from '../diagnose/learnedCurves.js';
import { unproductiveWarnings, warningsOf } from '../diagnose/warnings.js';
import type { FitRule } from '../hierarchy/member.js';
import type { ComponentFit, FitProgress, PanelFit } from '../infer/fitPanel.js';
import { readProductivities } from '../infer/productivity.js';
import { exactSum } from '../math/exactSum.js';
import { logOf } from '../math/log.js';
import type { Problem } from '../problem/compile.js';
import { allocationTable, unallocatedTable } from '../report/allocation.js';
import { componentsTable, entitiesTable } from '../report/entities.js';
import { groupsTable, spreadsOf } from '../report/groups.js';
import type { Fit } from '../report/result.js';
import { solverReport } from '../report/solver.js';
import { keyText } from '../tables/keys.js';
import type { Tables } from '../tables/tables.js';
import { takeTables } from '../tables/take.js';
import { type Prepared, prepare, reshape, type Workshop } from './engine.js';
import { fitPrepared, ruleOf } from './fitPrepared.js';
import { fittedModel } from './fittedModel.js';
import { groupRatesOf } from './groupRates.js';
import type { FitPart } from './learnCurves.js';
import { readRunOptions } from './options.js';
import type { Filled } from './regression.js';
import { tableWarnings } from './tableWarnings.js';

/** The whole job: tables to problem, fit, split, report. Runs inside the workshop's queue. */
export async function fitTables(
  workshop: Workshop,
  tables: Tables,
  config: unknown,
  options: RunOptions,
): Promise<Fit> {
  const { kernels, arena } = workshop;
  const { onProgress } = options;
  let prepared = await prepare(workshop, tables, config, options);
  const model = fillDefaults(prepared.model);
  const rule = ruleOf(model);
  const tell =
    onProgress &&
    ((progress: FitProgress) =>
      onProgress({ stage: 'fit', ...progress, gap: finite(progress.gap), objective: finite(progress.objective) }));
  let fitted = await fitPrepared(workshop, prepared, model, rule, tell);
  let learned: LearnedCurve[] | null = null;
  if (model.effectiveExposure?.learn) {
    const { sameComponent } = await import('./learnCurves.js');
    const before = { panel: prepared.problem.panel, fits: fitted.panelFit.components };
    ({ prepared, learned } = await learnFrom(workshop, prepared, fitted.panelFit, model, rule, onProgress));
    const { panel } = prepared.problem;
    // what no learned curve reaches has its fit
    const known = (c: number) => (sameComponent(panel, before.panel, c) ? before.fits[c] : null);
    fitted = await fitPrepared(workshop, prepared, model, rule, tell, undefined, known);
  }
  const { problem, pace, covariates } = prepared;
  const { panelFit, alike } = fitted;
  const { decimals } = model.output;
  const { components: fits, coefficients } = panelFit;
  const { pooling } = model.model;

  onProgress?.({ stage: 'split', passes: 0, gap: null, objective: null, component: 0, components: fits.length });
  await pace.pause();
  const productivities = readProductivities(problem, fits, alike);
  const split = await splitCells(kernels, arena, problem.cells, productivities.relative, decimals, pace);
  const ones = new Float64Array(problem.rows.entities.count).fill(1);
  const proportional = await splitCells(kernels, arena, problem.cells, ones, decimals, pace);

  const unallocated = await walk(pace, unallocatedTable(problem, split));
  const lost = unallocated.columns.total;
  const adding = addingIn(decimals);
  const regression =
    coefficients && covariates
      ? (await import('./covariates.js')).regressionOf(problem, coefficients, covariates, model, fits[0])
      : null;
  await pace.pause();
  const rates = groupRatesOf(problem, fits, pooling);
  const kept = fittedModel(
    problem,
    fits,
    productivities,
    prepared.shaping,
    prepared.model,
    regression?.predict ?? null,
    rates,
  );
  const solved = fits.filter((fit) => fit.kind === 'fitted');
  const objective = sumOf(problem, fits);
  // a copy: what callers do to it reaches no later split
  const shown = plainCopy(model, []) as Filled;
  const { standardErrors } = model.output;
  const byEntity = entitiesTable(problem, split, proportional, productivities, alike, fits, standardErrors, adding);
  const made = {
    allocation: await walk(pace, allocationTable(problem, split)),
    entities: await walk(pace, byEntity),
    unallocated,
    components: await walk(pace, componentsTable(problem, split, fits, adding)),
  };
  const found = await walk(pace, tableWarnings(prepared));
  await pace.pause();
  return {
    ...made,
    groups: groupsTable(problem, fits, pooling),
    spreads: spreadsOf(fits, pooling),
    learnedCurves: learned,
    coefficients: regression?.coefficients ?? null,
    regression: regression?.regression ?? null,
    converged: (coefficients?.converged ?? true) && solved.every((fit) => fit.solution.converged),
    passes: solved.reduce((most, fit) => Math.max(most, fit.passes), 0),
    ...solverReport(fits, model.fit.solver, coefficients !== null),
    ...objective,
    // a regression alone has no certificate
    ...(coefficients && rule.pooling?.kind === 'gamma' && rule.pooling.spread === 0 && { gap: null }),
    family: model.model.family,
    dispersion: quantiles(
      fits.flatMap((fit, c) => (fit.kind === 'fitted' ? [fit.dispersion * problem.panel.totalScale[c]] : [])),
    ),
    pooling: shown.model.pooling,
    massError: massError(problem.cells, split, decimals),
    massMoved: massMoved(split.part, proportional.part, problem.cells.totals),
    sums: { totals: adding.sum(split.totals), allocated: adding.sum(split.part), unallocated: adding.sum(lost) },
    counts: {
      bricks: problem.cells.brick.length,
      entities: problem.rows.entities.count,
      exposures: problem.rows.exposure.value.length,
      components: fits.length,
      allocations: problem.cells.exposure.length,
      unallocated: unallocated.rows,
      exposureWithoutTotal: problem.withoutTotal,
    },
    indistinguishable: alike.map((group) => Array.from(group, (k) => keyRecord(problem, problem.panel.entity[k]))),
    warnings: warningsOf(problem, panelFit, alike, {
      pooled: rule.pooling !== null,
      grouped: problem.rows.groups.length > 0 || problem.rows.tree !== null,
      groups: groupWarnings(problem, pooling),
      learned: learned ?? [],
      covariates,
      counts: model.model.family === 'poisson',
      tolerance: model.fit.tolerance,
      tables: [...found, ...unproductiveWarnings(unallocated)],
      unusedCurves: prepared.unusedCurves,
      dependsOnCut: prepared.dependsOnCut,
      roundedAway: roundedAway(problem, split),
      decimals,
    }),
    model: shown,
    run: { kernels: workshop.name, reason: workshop.reason, version },
    async allocate(others, runOptions = {}) {
      const run = readRunOptions(runOptions);
      const taken = takeTables(others);
      return workshop.queue(async () => {
        const { allocateTables } = await import('./allocateTables.js');
        return allocateTables(workshop, kept, taken, run);
      }, run.signal);
    },
  };
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** Refines the curves by fits whose dispersion is that of the first. */
async function learnFrom(
  workshop: Workshop,
  first: Prepared,
  { components }: PanelFit,
  model: Filled,
  rule: FitRule,
  onProgress: RunOptions['onProgress'],
) {
  const { totalScale } = first.problem.panel;
  const dispersions = Float64Array.from(components, (fit, c) =>
    fit.kind === 'fitted' ? fit.dispersion * totalScale[c] : 0,
  );
  let passes = 0;
  const fitPart: FitPart = async (part, curves) => {
    workshop.arena.reset();
    const prepared = await reshape(workshop, first, curves, part.deliveries);
    const inside = Float64Array.from(part.components, (c) => dispersions[c]);
    const { panelFit } = await fitPrepared(workshop, prepared, model, rule, undefined, inside);
    passes += panelFit.components.reduce((most, fit) => Math.max(most, fit.kind === 'fitted' ? fit.passes : 0), 0);
    onProgress?.({ stage: 'learn', passes, gap: null, objective: null, component: 0, components: components.length });
    return panelFit.components;
  };
  const evidence = rule.pooling?.evidence ?? Number.POSITIVE_INFINITY;
  const { learnCurves } = await import('./learnCurves.js');
  const { curves, learned } = await learnCurves(first, components, evidence, fitPart);
  workshop.arena.reset();
  return { prepared: await reshape(workshop, first, curves), learned };
}

function keyRecord({ rows }: Problem, entity: number): Record<string, string> {
  const record: Record<string, string> = Object.create(null);
  rows.entities.names.forEach((name, c) => {
    record[name] = keyText(rows.entities, entity, c);
  });
  return record;
}

function quantiles(values: number[]): Fit['dispersion'] {
  const sorted = Float64Array.from(values).sort();
  const at = (i: number) => (sorted.length > 0 ? sorted[i] : null);
  return { lowest: at(0), median: at((sorted.length - 1) >> 1), highest: at(sorted.length - 1) };
}

/** What rounding to units changed in the totals. */
function roundedAway({ cells }: Problem, split: Split): number {
  if (split.totals === cells.totals) return 0;
  // 0.135 and 0.14 are not quite that in binary: past twelve digits a difference is theirs, not the rounding's
  const written = (x: number) => Number(x.toPrecision(12));
  return written(exactSum(cells.totals.map((total, t) => written(split.totals[t] - total))));
}

/** Objective, log-likelihood and gap over all components, in the user's units. */
function sumOf({ panel }: Problem, fits: readonly ComponentFit[]) {
  const objectives: number[] = [];
  const logLikelihoods: number[] = [];
  const gaps: number[] = [];
  const totals: number[] = [];
  fits.forEach((fit, c) => {
    if (fit.kind !== 'fitted') return;
    const { solution, prior } = fit;
    const scale = panel.totalScale[c];
    let total = 0;
    for (let b = panel.bricks[c]; b < panel.bricks[c + 1]; b++) total += panel.totals[b];
    // ln(fitted) gains ln(scale) per unit of total; ln(productivity) of the prior the same less the exposure's
    const logLikelihood = solution.logLikelihood + total * logOf(scale);
    const shift = logOf(scale) - logOf(panel.exposureScale[c]);
    const priorTerms = solution.objective - solution.logLikelihood;
    const weighed = !fit.log && Number.isFinite(prior.weight) ? prior.weight * solution.productivity.length * shift : 0;
    logLikelihoods.push(logLikelihood * scale);
    objectives.push((logLikelihood + priorTerms + weighed) * scale);
    gaps.push(solution.gap * total * scale);
    totals.push(total * scale);
  });
  const all = exactSum(totals);
  return {
    objective: finite(exactSum(objectives)),
    logLikelihood: finite(exactSum(logLikelihoods)),
    gap: all > 0 ? finite(exactSum(gaps) / all) : fits.length > 0 ? 0 : null,
  };
}
