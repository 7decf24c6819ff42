import type { Fit } from '../../bindings/index.js';
import { ofComponents } from '../fit/problems.js';
import { byAd, byGroup, type Pooling, type Sample } from './support.js';

type Lognormal = Extract<Pooling, { kind: 'lognormal' | 'crossed' | 'tree' }>;

/** One believed difference: unknowns and their signs, and its variance; Infinity where the level is free. */
interface Difference {
  readonly terms: readonly (readonly [name: string, sign: number])[];
  readonly variance: number;
}

/**
 * What a fit of one component claims to be the top of, from the tables alone:
 *   F = sum y ln u - sum u - psi sum difference^2 / (2 sigma^2),  sigma^2 = ln(1 + spread^2),  psi = phi (1 + B / N)
 * over ln productivity of ads and groups and a root that is free; and its slope in every unknown.
 */
export function objectiveOf(fit: Fit, sample: Sample, pooling: Lognormal) {
  const { value, differences } = unknownsOf(fit, sample, pooling);
  const bricks = new Map(sample.totals.map(([medium, week, sales]) => [`${medium} ${week}`, { sales, fitted: 0 }]));
  const productivity = byAd(fit, sample.ads, 'productivity');
  for (const [medium, week, ad, clicks] of sample.rows)
    bricks.get(`${medium} ${week}`)!.fitted += clicks * productivity[ad];
  let objective = 0;
  for (const { sales, fitted } of bricks.values()) objective += sales * Math.log(fitted) - fitted;
  const logLikelihood = objective;

  const slopes = new Map<string, number>([...value.keys()].map((name) => [name, 0]));
  const add = (name: string, slope: number) => slopes.set(name, slopes.get(name)! + slope);
  for (const [medium, week, ad, clicks] of sample.rows) {
    const { sales, fitted } = bricks.get(`${medium} ${week}`)!;
    add(sample.ads[ad], clicks * productivity[ad] * (sales / fitted - 1));
  }
  const evidence = pooling.evidence === 'none' ? Number.POSITIVE_INFINITY : (pooling.evidence ?? 25);
  const psi = ofComponents(fit, 'dispersion')[0] * (1 + bricks.size / evidence);
  for (const { terms, variance } of differences) {
    const gap = terms.reduce((sum, [name, sign]) => sum + sign * value.get(name)!, 0);
    objective -= (psi * gap * gap) / (2 * variance);
    for (const [name, sign] of terms) add(name, (-psi * gap * sign) / variance);
  }
  return { objective, logLikelihood, slopes, psi };
}

/** Unknowns by name, as the tables have them, and what is believed of them. */
function unknownsOf(fit: Fit, { ads, columns }: Sample, pooling: Lognormal) {
  const value = new Map<string, number>();
  byAd(fit, ads, 'productivity').forEach((p, i) => {
    value.set(ads[i], Math.log(p));
  });
  const productivity = byGroup(fit, 'productivity');
  const relative = byGroup(fit, 'relative');
  const found = new Map(fit.spreads!.map(({ level, spread }) => [level, spread]));
  const varianceOf = (level: string | null) => {
    const spread = found.get(level)!;
    return spread === null ? Number.POSITIVE_INFINITY : Math.log(1 + spread * spread);
  };
  const levels =
    pooling.kind === 'tree'
      ? pooling.levels!.map((_, d) => pooling.levels!.slice(0, d + 1))
      : pooling.kind === 'crossed'
        ? pooling.groups.map((name) => [name])
        : pooling.groups
          ? [pooling.groups]
          : [];
  const levelName = (parts: readonly string[]) =>
    pooling.kind === 'tree' ? parts[parts.length - 1] : parts.join(' / ');
  const groupOf = (parts: readonly string[], ad: number) =>
    `${levelName(parts)}\t${parts.map((name) => columns[name][ad]).join(' / ')}`;
  const crossed = pooling.kind === 'crossed';
  const differences = new Map<string, Difference>();
  ads.forEach((ad, i) => {
    const own = levels.map((parts) => groupOf(parts, i));
    levels.forEach((parts, d) => {
      const group = own[d];
      value.set(group, Math.log(crossed ? relative.get(group)! : productivity.get(group)!));
      const above = d > 0 ? own[d - 1] : 'root';
      const terms: Difference['terms'] = crossed
        ? [[group, 1]]
        : [
            [group, 1],
            [above, -1],
          ];
      differences.set(group, { terms, variance: varianceOf(levelName(parts)) });
    });
    const hangsOn = crossed ? [...own, 'root'] : [own[own.length - 1] ?? 'root'];
    differences.set(ad, {
      terms: [[ad, 1], ...hangsOn.map((name) => [name, -1] as const)],
      variance: varianceOf(null),
    });
  });
  const [first] = productivity.keys();
  value.set(
    'root',
    first === undefined
      ? ads.reduce((sum, ad) => sum + value.get(ad)!, 0) / ads.length // where its own slope is 0
      : Math.log(productivity.get(first)! / relative.get(first)!),
  );
  return { value, differences: [...differences.values()] };
}
