import { defaults, type GammaPooling, type Model, type NoPooling } from './config.js';
import { type CrossedPooling, type LognormalPooling, levelNames, type TreePooling } from './pooling.js';

type Filled<P> = { [K in Exclude<keyof P, Optional>]-?: NonNullable<P[K]> } & {
  [K in Extract<keyof P, Optional>]?: P[K];
};
type Optional = 'cohort' | 'levels' | 'parent' | 'groups';

/** Pooling with its defaults written out. */
export type FilledPooling =
  | NoPooling
  | (Filled<GammaPooling> & { groups: string[] })
  | (Filled<LognormalPooling> & { groups: string[] })
  | (Filled<CrossedPooling> & { groups: string[] })
  | Filled<TreePooling>;

export function fillPooling({ model }: Model): FilledPooling {
  const pooling = model?.pooling ?? { kind: defaults.pooling };
  const { spread, evidence, together } = defaults;
  switch (pooling.kind) {
    case 'none':
      return pooling;
    case 'gamma':
      return {
        kind: pooling.kind,
        groups: pooling.groups ?? [],
        spread: pooling.spread ?? spread,
        evidence: pooling.evidence ?? evidence,
        ...(pooling.cohort && { cohort: pooling.cohort }),
      };
    case 'lognormal':
    case 'crossed':
    case 'tree': {
      const own = pooling.spread ?? spread;
      const shared = {
        spread: own,
        evidence: pooling.evidence ?? evidence,
        together: pooling.together ?? together,
        ...(pooling.cohort && { cohort: pooling.cohort }),
      };
      if (pooling.kind === 'lognormal') return { kind: pooling.kind, groups: pooling.groups ?? [], ...shared };
      // a level may have the name of anything: only what was written counts
      const given = new Map(Object.entries(pooling.spreads ?? {}));
      const spreads = Object.fromEntries(levelNames(pooling).map((name) => [name, given.get(name) ?? own]));
      if (pooling.kind === 'crossed') return { kind: pooling.kind, groups: pooling.groups, ...shared, spreads };
      const { levels, parent } = pooling;
      return {
        kind: pooling.kind,
        ...(levels && { levels }),
        ...(parent !== undefined && { parent }),
        ...shared,
        spreads,
      };
    }
  }
}

/** Whether ln productivity has a normal prior. */
export const isLognormal = (pooling: FilledPooling): pooling is Exclude<FilledPooling, NoPooling | { kind: 'gamma' }> =>
  pooling.kind !== 'none' && pooling.kind !== 'gamma';

/** The spread of each level of a lognormal pooling: the entities' own (level null), then groups, widest first. */
export function levelSpreads(
  pooling: Extract<FilledPooling, { kind: 'lognormal' | 'crossed' | 'tree' }>,
): { readonly level: string | null; readonly spread: number | 'estimate' | 'free' }[] {
  const own = { level: null, spread: pooling.spread };
  if (pooling.kind === 'lognormal') {
    return pooling.groups.length > 0 ? [own, { level: pooling.groups.join(' / '), spread: pooling.spread }] : [own];
  }
  const spreads = new Map(Object.entries(pooling.spreads));
  return [own, ...levelNames(pooling).map((level) => ({ level, spread: spreads.get(level)! }))];
}
