import type { DispersionWarning, FitRule, Member, State } from '../hierarchy/member.js';
import { createGammaState } from './gammaState.js';

const mostRounds = 12;
const mostSpreadRounds = 100; // where spreads are estimated too
const settled = 1e-4; // relative change of the dispersion between rounds
const settledSpread = 1e-5; // of a spread's logarithm
const leastDispersion = 1e-6; // of the mean total

/**
 * Fits components that share one dispersion: a large component by itself, or all the small ones. The dispersion starts
 * from the proportional fit; then fit and phi = Pearson / (bricks - edf) take turns until phi settles (docs/method.md,
 * "Dispersion and evidence"). Without pooling, or at spread 0, phi does not enter the fit and there is one round. Spreads that
 * are estimated move between the same rounds.
 */
export async function fitTogether(members: readonly Member[], rule: FitRule) {
  const warnings = new Set<DispersionWarning>();
  const { pooling } = rule;
  // dispersions below are in the unit of the largest totals; scales are at most 1 and powers of two
  const unit = members.reduce((most, { totalScale }) => Math.max(most, totalScale), 0);
  // components that share a dispersion share their spreads too
  const lognormal = pooling?.kind === 'lognormal' ? await import('./pooled.js') : null;
  const spreads = pooling?.kind === 'lognormal' ? lognormal!.searchSpreads(pooling, members) : null;
  const states = members.map((member): State => {
    const scale = member.totalScale / unit;
    return pooling?.kind === 'lognormal'
      ? lognormal!.createLogState(member, scale, rule, pooling, spreads!)
      : createGammaState(member, scale, rule, pooling);
  });
  const sum = (of: (state: State) => number) => states.reduce((total, state) => total + of(state), 0);

  const bricks = sum(({ pass }) => pass.bricks);
  const meanTotal = sum(({ pass, scale }) => pass.total * scale) / bricks;
  const bounded = (dispersion: number) => {
    const least = leastDispersion * meanTotal;
    if (dispersion < least) warnings.add('totals-follow-exposure');
    return Math.max(dispersion, least);
  };

  if (rule.dispersion !== undefined) {
    const dispersion = rule.dispersion / unit;
    for (const state of states) {
      await state.poolRates(dispersion);
      await state.refit(dispersion, true);
    }
    return { fits: states.map((state) => state.result(dispersion)), warnings, dispersion: rule.dispersion };
  }
  for (const state of states) await state.startProportional(states.length === 1);
  // the common rate, or the coefficients, are known from the totals too
  const free = sum(({ pass, parameters }) => pass.bricks - Math.max(1, parameters));
  const counts = rule.family === 'poisson';
  const proportional = counts
    ? 1 / unit
    : free > 0
      ? bounded(sum(({ pearson, scale }) => pearson * scale) / free)
      : meanTotal;
  // as near to the proportional fit as to the last figures; with covariates to what these say, which is learned
  const follows = states.map(
    ({ parameters, pearson, pass }) =>
      warnings.has('totals-follow-exposure') && parameters === 0 && pearson < leastDispersion * pass.total,
  );
  for (const state of states) await state.poolRates(proportional);

  let dispersion = proportional;
  let estimates = !counts && free > 0;
  const enters = pooling?.kind === 'lognormal' || (pooling !== null && pooling.spread > 0);
  const rounds = spreads?.moving ? mostSpreadRounds : enters ? mostRounds : 1;
  for (let round = 1; ; round++) {
    for (const state of states) await state.refit(dispersion);
    spreads?.look(states);
    if (states.some(({ converged }) => !converged)) break;
    if (estimates) {
      if (sum(({ edf }) => edf) > bricks / 2) {
        warnings.add('dispersion-not-estimable');
        estimates = false;
        if (dispersion !== proportional) {
          dispersion = proportional;
          continue;
        }
      } else {
        const next = bounded(sum(({ pearson, scale }) => pearson * scale) / (bricks - sum(({ edf }) => edf)));
        const change = Math.abs(next - dispersion) / dispersion;
        // the dispersion reported is the one the last fit used, so that gap, objective and trust belong together
        if (rounds === 1) {
          dispersion = next;
          break;
        }
        if (change >= settled && round < rounds && !states.some(({ exhausted }) => exhausted)) {
          spreads?.adopt();
          dispersion = next;
          continue;
        }
        if (change >= settled) {
          warnings.add('dispersion-not-settled');
          estimates = false;
        }
      }
    }
    if (!spreads?.moving || spreads.furthest < settledSpread) break;
    if (round >= mostSpreadRounds || states.some(({ exhausted }) => exhausted)) {
      warnings.add('spreads-not-settled');
      break;
    }
    spreads.adopt();
  }
  // the proportional fit takes differences between entities for noise, so there is less left for spreads
  if (spreads?.moving && warnings.has('dispersion-not-estimable')) warnings.add('spreads-too-small');
  const fits = states.map((state, i) => ({ ...state.result(dispersion), follows: follows[i] }));
  return { fits, warnings, dispersion: dispersion * unit };
}
