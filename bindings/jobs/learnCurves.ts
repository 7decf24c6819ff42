import { type Curve, type Curves, defaults, type Preset } from '../config/config.js';
import { type LearnedParameter, parameterOf, withParameter } from '../config/learn.js';
import { plainCurve } from '../config/presets/plain.js';
import type { LearnedCurve } from '../diagnose/learnedCurves.js';
import type { ComponentFit } from '../infer/fitPanel.js';
import { expOf } from '../math/exp.js';
import { logOf } from '../math/log.js';
import { maximum } from '../math/maximum.js';
import type { Prepared } from './engine.js';
import { type LearnPart, learnParts } from './learnParts.js';

export { sameComponent } from './learnParts.js';

const mostRounds = 6; // over all parameters
const settled = 0.02; // of a parameter's spread: it has arrived
const accuracy = 0.01; // of its spread: what one search leaves
const stride = 0.2; // of its spread: the step of the second difference that tells how much the data decide

/** One parameter to look for, on the scale of its prior. */
interface Search {
  readonly asked: LearnedParameter;
  /** What the curve has, as configured and on that scale. */
  readonly value: number;
  readonly given: number;
  readonly low: number;
  readonly high: number;
  readonly spread: number;
}

/** Fits the components of a part with other curves, at the dispersion of the first fit. */
export type FitPart = (part: LearnPart, curves: Curves) => Promise<readonly ComponentFit[]>;

/**
 * Refines parameters of curves, one after the other in rounds, each where the fit explains the totals best, held near the
 * value it was given by a normal prior on ln(decay / (1 - decay)) or ln halfSaturation (docs/method.md, "Learning curves").
 * Dispersion and evidence are those of the first fit. Parts that share no curve are refined apart: only what a parameter
 * changes is fitted anew. Gives the curves found, and what is to say of each parameter, in the order they were asked for.
 */
export async function learnCurves(
  first: Prepared,
  fits: readonly ComponentFit[],
  evidence: number,
  fitPart: FitPart,
): Promise<{ curves: Curves; learned: LearnedCurve[] }> {
  const config = first.model.effectiveExposure!;
  const searches = (config.learn ?? []).map((asked) => searchOf(asked, config.curves));
  const found = new Map<Search, LearnedCurve>();
  let { curves } = config;
  for (const part of learnParts(first)) {
    const inside = searches.filter(({ asked: { curve = [] } }) => part.curves.some((by) => isSame(by, curve)));
    if (inside.length === 0 || part.components.length === 0) continue;
    // a log-likelihood counts as much as bricks that share shocks leave of it
    const weights = part.components.map((c) => {
      const fit = fits[c];
      const bricks = first.problem.panel.bricks[c + 1] - first.problem.panel.bricks[c];
      return fit.kind === 'fitted' ? 1 / (fit.dispersion * (1 + bricks / evidence)) : 0;
    });
    const { at, learned } = await refine(inside, async (values) => {
      const tried = await fitPart(part, curvesAt(config.curves, inside, values));
      const same =
        tried.length === weights.length && tried.every(({ kind }, i) => kind === fits[part.components[i]].kind);
      if (!same) return Number.NEGATIVE_INFINITY;
      return tried.reduce((sum, fit, i) => sum + weights[i] * objectiveOf(fit), 0);
    });
    curves = curvesAt(curves, inside, at);
    for (const [i, search] of inside.entries()) found.set(search, learned[i]);
  }
  // curves that shape nothing stay what they are
  for (const search of searches.filter((each) => !found.has(each))) {
    found.set(search, (await refine([search], async () => 0)).learned[0]);
  }
  return { curves, learned: searches.map((search) => found.get(search)!) };
}

function searchOf(asked: LearnedParameter, curves: Curves): Search {
  const value = parameterOf(curveAt(curves, asked.curve ?? []), asked.parameter)!;
  const scale = (x: number) => scaled(asked.parameter, x);
  return {
    asked,
    value,
    given: scale(value),
    low: scale(asked.from),
    high: scale(asked.to),
    spread: asked.spread ?? defaults.learnSpread,
  };
}

/**
 * Looks for parameters that are searched together. `explain` gives the ln-likelihood of the totals and the prior of
 * productivities, over the dispersion and what evidence leaves of it.
 */
async function refine(searches: readonly Search[], explain: (values: readonly number[]) => Promise<number>) {
  const at = searches.map(({ given, low, high }) => Math.min(high, Math.max(low, given)));
  const known = new Map<string, number>();
  const explained = async (values: readonly number[]): Promise<number> => {
    const key = values.join(' ');
    const value = known.get(key) ?? (await explain(values));
    known.set(key, value);
    return value;
  };
  const valueAlong = (i: number) => (x: number) => explained(at.map((value, k) => (k === i ? x : value)));

  for (let round = 0; round < mostRounds; round++) {
    let moved = 0;
    for (const [i, { given, low, high, spread }] of searches.entries()) {
      const valueAt = valueAlong(i);
      const along = async (x: number) => (await valueAt(x)) - distance(x, given, spread);
      const to = await maximum(along, low, high, at[i], accuracy * spread);
      moved = Math.max(moved, Math.abs(to - at[i]) / spread);
      at[i] = to;
    }
    if (moved < settled || searches.length === 1) break;
  }
  const learned: LearnedCurve[] = [];
  for (const [i, search] of searches.entries()) {
    const { asked, value, low, high, spread, given } = search;
    const valueAt = valueAlong(i);
    // a second difference inside the bounds
    const step = Math.min(stride * spread, (high - low) / 2);
    const middle = Math.min(high - step, Math.max(low + step, at[i]));
    const curvature =
      -((await valueAt(middle + step)) - 2 * (await valueAt(middle)) + (await valueAt(middle - step))) / (step * step);
    const data = Math.max(0, curvature);
    learned.push({
      curve: asked.curve ?? [],
      parameter: asked.parameter,
      given: value,
      learned: parameterAt(search, at[i]),
      from: asked.from,
      to: asked.to,
      spread,
      decided: data / (data + 1 / (spread * spread)),
      atBound: at[i] - low < accuracy * spread || high - at[i] < accuracy * spread,
      gain: (await explained(at)) - (await valueAt(Math.min(high, Math.max(low, given)))),
    });
  }
  return { at, learned };
}

/** The curves with the parameters that are looked for at these values. */
function curvesAt(curves: Curves, searches: readonly Search[], values: readonly number[]): Curves {
  return searches.reduce((changed, search, i) => {
    const { curve = [], parameter } = search.asked;
    return replaced(changed, curve, (one) => withParameter(one, parameter, parameterAt(search, values[i])));
  }, curves);
}

/** Minus the logarithm of the prior, that of its middle left out. */
function distance(x: number, given: number, spread: number): number {
  const away = (x - given) / spread;
  return (away * away) / 2;
}

const isSame = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((x, i) => x === b[i]);

/** Log-likelihood and prior of a component in the scale of its pass, the prior as a density of ln productivity: rates move with the curves. */
export function objectiveOf(fit: ComponentFit): number {
  if (fit.kind !== 'fitted') return 0;
  const { solution, prior } = fit;
  // differences of logarithms do not move with the rates
  if (fit.log) return solution.objective;
  if (!(prior.weight > 0 && prior.weight < Number.POSITIVE_INFINITY)) return solution.logLikelihood;
  let sum = 0;
  solution.productivity.forEach((p, h) => {
    const ratio = p / prior.rates[h];
    sum += logOf(ratio) - ratio + 1;
  });
  return solution.logLikelihood + prior.weight * sum;
}

const scaled = (parameter: LearnedParameter['parameter'], x: number) =>
  parameter === 'decay' ? logOf(x / (1 - x)) : logOf(x);
const unscaled = (parameter: LearnedParameter['parameter'], t: number) =>
  parameter === 'decay' ? 1 / (1 + expOf(-t)) : expOf(t);

/** The parameter itself, inside its bounds, and what was given where it did not move: to the bit. */
const parameterAt = ({ asked, value, given }: Search, t: number) =>
  t === given ? value : Math.min(asked.to, Math.max(asked.from, unscaled(asked.parameter, t)));

function curveAt(curves: Curves, path: readonly string[]): Curve {
  return plainCurve(path.reduce((at, value) => (at as Record<string, Curves>)[value], curves) as Curve | Preset);
}

function replaced(curves: Curves, path: readonly string[], change: (curve: Curve) => Curve): Curves {
  if (path.length === 0) return change(plainCurve(curves as Curve | Preset));
  const [value, ...rest] = path;
  const inner = curves as Record<string, Curves>;
  return { ...inner, [value]: replaced(inner[value], rest, change) };
}
