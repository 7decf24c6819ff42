import { logOf } from '../../kernels/js/log.js';
import type { Limits, Solution } from '../climb.js';
import type { Dense, FitRule, Member, MemberFit, State } from '../member.js';
import { chooseSolver, solvers } from '../solvers.js';
import { mostExact } from '../stores.js';
import { ascend, type LogFit } from './ascend.js';
import { guides } from './guides.js';
import { differences, squaresByLevel, unknownsOf } from './hierarchy.js';
import type { LogPooling } from './pooling.js';
import { implicitTrace, implicitVariances } from './probes.js';
import { searchSpread } from './spreads.js';
import { joinedSystem, variancesByLevel } from './system.js';

const beyond = 1; // of ln productivity above its groups: up to there the objective is concave, and no other top lies there
const same = 1e-6; // of the total: objectives this near are one height
const near = 0.01; // of every productivity: points this near are one optimum
const fewSteps = 30; // EM steps towards plain maximum likelihood, from which another start is made

/** The fit of a component under a normal prior on ln productivity. `scale` is its totals' over those of the dispersion. */
export function createLogState(
  { kernels, arena, seed }: Dense,
  member: Member,
  scale: number,
  rule: FitRule,
  pooling: LogPooling,
): State {
  const { pass, onSweep } = member;
  const hierarchy = member.hierarchy!;
  const unknownCount = unknownsOf(hierarchy);
  const { bricks, exposures, pairs } = pass;
  const solver = rule.solver === 'auto' ? chooseSolver({ entities: unknownCount, exposures, pairs }) : rule.solver;
  const rate = pass.total / pass.exposure.reduce((sum, x) => sum + x, 0);
  const searches = pooling.deviations.map((deviation, level) =>
    pooling.estimated[level] && hierarchy.counts[level] > 0 ? searchSpread(deviation) : null,
  );
  const moving = searches.some((search) => search !== null);
  const deviationAt = (level: number) => searches[level]?.deviation ?? pooling.deviations[level];
  const before = pass.passes;
  const used = () => pass.passes - before;
  let unknowns: Float64Array = new Float64Array(unknownCount).fill(logOf(rate));
  if (hierarchy.kind === 'crossed') unknowns.fill(0, hierarchy.entities, unknownCount - 1);
  let psi = 0;
  let deviations = Float64Array.from(pooling.deviations, (_, level) => deviationAt(level));
  let solution: Solution | undefined;
  let pearson = 0;
  let edf = 0;
  let edfMethod: MemberFit['edfMethod'] = 'exact';
  let information = new Float64Array(0);
  let variances = new Float64Array(hierarchy.levels);
  let starts = 1;
  let agreeing = 1;

  const weightsNow = () => deviations.map((deviation) => psi / (deviation * deviation));
  const limits = (): Limits => {
    const earlier = used();
    return {
      tolerance: rule.tolerance,
      maxPasses: Math.max(1, rule.maxPasses - earlier),
      onSweep: onSweep && ((sweep) => onSweep({ ...sweep, passes: sweep.passes + earlier })),
    };
  };
  const climbFrom = (start: Float64Array): Promise<LogFit> => {
    const problem = { pass, hierarchy, weights: weightsNow() };
    return ascend(problem, start, limits(), guides[solver](kernels, arena, problem));
  };

  /** Other starts, where the objective need not have one top: the gamma prior's optimum, which is one, and nearly none at all. */
  const otherStarts = async (): Promise<Float64Array[]> => {
    const rates = new Float64Array(pass.entities).fill(rate);
    const own = deviations[0] * deviations[0];
    const gamma = await solvers[solver](pass, { weight: psi / own, rates }, rates, limits());
    const free = await solvers.em(pass, { weight: 0, rates }, rates, {
      tolerance: rule.tolerance,
      maxPasses: fewSteps,
    });
    return [gamma, free].map(({ productivity }) => {
      const start = unknowns.slice();
      // an entity that maximum likelihood leaves next to nothing begins far below, but within reach
      productivity.forEach((p, h) => {
        start[h] = logOf(Math.max(p, 1e-4 * rate));
      });
      return start;
    });
  };

  return {
    pass,
    scale,
    parameters: 0,
    get pearson() {
      return pearson;
    },
    get edf() {
      return edf;
    },
    get exhausted() {
      return used() >= rule.maxPasses;
    },
    get converged() {
      return solution!.converged;
    },
    async startProportional() {
      pearson = (await pass.sweep(new Float64Array(pass.entities).fill(rate))).pearson;
    },
    // groups are part of the fit
    async poolRates() {},
    async refit(dispersion, bare = false) {
      psi = (dispersion / scale) * (1 + bricks / pooling.evidence);
      deviations = Float64Array.from(pooling.deviations, (_, level) => deviationAt(level));
      const first = solution === undefined;
      let found = await climbFrom(unknowns);
      const gaps = differences(hierarchy, found.spot.unknowns);
      if (first && found.converged && gaps.subarray(0, pass.entities).some((gap) => gap > beyond)) {
        const tops = [found];
        for (const start of await otherStarts()) tops.push(await climbFrom(start));
        for (const top of tops) {
          if (top.spot.objective > found.spot.objective + same * pass.total) found = top;
        }
        const { objective, productivity } = found.spot;
        starts = tops.length;
        agreeing = tops.filter(
          ({ spot }) =>
            Math.abs(spot.objective - objective) <= same * pass.total &&
            spot.productivity.every((p, h) => Math.abs(p - productivity[h]) <= near * productivity[h]),
        ).length;
      }
      const { spot, converged, passes } = found;
      unknowns = spot.unknowns;
      pearson = spot.statistics.pearson;
      solution = {
        productivity: spot.productivity,
        objective: spot.objective,
        magnitude: spot.magnitude,
        logLikelihood: spot.logLikelihood,
        pearson,
        // a local optimum: nothing is proven of others
        gap: Number.POSITIVE_INFINITY,
        passes,
        converged,
        stopped: converged ? 'gap' : used() >= rule.maxPasses ? 'passes' : 'rounding',
      };
      if (bare) return;
      const { productivity } = spot;
      const weights = weightsNow();
      const own = spot.expected.map((x, h) => x - spot.credited[h]);
      if (unknownCount <= mostExact) {
        const shared = await pass.logHessian(productivity);
        information = Float64Array.from({ length: pass.entities }, (_, h) => shared.values[h * (shared.stride + 1)]);
        const none = new Float64Array(pass.entities);
        const spans = (diagonal: Float64Array) =>
          variancesByLevel(kernels, arena, hierarchy, joinedSystem(hierarchy, weights, shared, diagonal));
        const held = spans(none);
        // what the hierarchy does not hold of the unknowns, the data decide
        edf = held
          ? Math.max(
              0,
              held.reduce((left, sum, level) => left - weights[level] * sum, unknownCount),
            )
          : pass.entities;
        if (moving)
          variances = (spans(own) ?? spans(own.map((x) => Math.max(0, x))) ?? held ?? variances) as typeof variances;
        return;
      }
      const { squares, times } = await pass.product(productivity);
      information = squares.map((square, h) => productivity[h] * (productivity[h] * square));
      const none = new Float64Array(pass.entities);
      const system = { hierarchy, weights, productivity, diagonal: information, own: none, times };
      edf = await implicitTrace(kernels, arena, system, seed);
      edfMethod = 'stochastic';
      if (!moving) return;
      const wanted = searches.map((search) => search !== null);
      const positive = { ...system, own: own.map((x) => Math.max(0, x)) };
      variances = (await implicitVariances(kernels, arena, positive, wanted, seed)) as typeof variances;
    },
    propose() {
      const squares = squaresByLevel(hierarchy, differences(hierarchy, unknowns));
      let furthest = 0;
      searches.forEach((search, level) => {
        if (!search) return;
        const evidence = { count: hierarchy.counts[level], squares: squares[level], variances: psi * variances[level] };
        const to = search.propose(evidence);
        furthest = Math.max(furthest, Math.abs(logOf(to / search.deviation)));
      });
      return furthest;
    },
    adopt() {
      for (const search of searches) search?.adopt();
    },
    result(dispersion): MemberFit {
      const weight = psi / (deviations[0] * deviations[0]);
      return {
        solution: solution!,
        prior: { weight, rates: new Float64Array(pass.entities).fill(rate) },
        rate,
        dispersion: dispersion / scale,
        edf,
        edfMethod,
        information,
        solver,
        passes: used(),
        log: { hierarchy, unknowns, deviations, psi, starts, agreeing },
      };
    },
  };
}
