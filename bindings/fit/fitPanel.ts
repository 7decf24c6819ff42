import type { Kernels } from '../kernels/kernels.js';
import type { Arena } from '../memory/arena.js';
import type { Pace } from '../pace.js';
import type { Panel } from '../problem/compile.js';
import { type DispersionWarning, type FitRule, fitTogether, type Member, type MemberFit } from './dispersion.js';
import { groupPanel } from './groups.js';
import { openPanel } from './inMemory.js';

/** Components of fewer bricks than this share one dispersion. */
export const smallComponent = 20;

/** One component's fit, or why there is none. */
export type ComponentFit =
  | ({ readonly kind: 'fitted'; readonly sharedDispersion: boolean } & MemberFit)
  /** All totals are zero: productivity 0. */
  | { readonly kind: 'zero' }
  /** No brick to learn from (all left out): every entity alike. */
  | { readonly kind: 'empty' };

export interface FitProgress {
  readonly component: number;
  readonly components: number;
  readonly passes: number;
  readonly gap: number;
  readonly objective: number;
}

export interface PanelFit {
  readonly components: readonly ComponentFit[];
  /** How many components each warning concerns. */
  readonly warnings: ReadonlyMap<DispersionWarning, number>;
}

/**
 * Fits every component of a panel. `twins` is the first column of the same exposure for each column. What it opens in the arena
 * is the caller's to reset. @throws MemoryError, or the signal's reason
 */
export async function fitPanel(
  kernels: Kernels,
  arena: Arena,
  panel: Panel,
  groups: readonly Uint32Array[],
  rule: FitRule,
  pace: Pace,
  seed: number,
  twins: Uint32Array | null,
  onProgress?: (progress: FitProgress) => void,
): Promise<PanelFit> {
  const components = panel.columns.length - 1;
  const passOf = openPanel(kernels, arena, panel, pace, seed, twins);
  const grouped = groups.length > 0 && rule.pooling ? groupPanel(panel, groups) : null;
  const groupPassOf = grouped && openPanel(kernels, arena, grouped.data, pace, seed);

  const fits = new Array<ComponentFit>(components);
  const warnings = new Map<DispersionWarning, number>();
  const small: number[] = [];
  const run = async (together: readonly number[], sharedDispersion: boolean) => {
    const members = together.map((component): Member => {
      const first = panel.columns[component];
      const several = grouped && grouped.data.columns[component + 1] - grouped.data.columns[component] > 1;
      return {
        pass: passOf(component),
        totalScale: panel.totalScale[component],
        groups: several
          ? { pass: groupPassOf!(component), groupOf: grouped.groupOf.subarray(first, panel.columns[component + 1]) }
          : null,
        onSweep:
          onProgress && (({ passes, gap, objective }) => onProgress({ passes, gap, objective, component, components })),
      };
    });
    const found = await fitTogether(members, rule);
    together.forEach((component, i) => {
      fits[component] = { kind: 'fitted', sharedDispersion, ...found.fits[i] };
    });
    for (const code of found.warnings) warnings.set(code, (warnings.get(code) ?? 0) + together.length);
  };

  for (let c = 0; c < components; c++) {
    const totals = panel.totals.subarray(panel.bricks[c], panel.bricks[c + 1]);
    if (totals.length === 0) fits[c] = { kind: 'empty' };
    else if (totals.every((total) => total === 0)) fits[c] = { kind: 'zero' };
    else if (totals.length < smallComponent) small.push(c);
    else await run([c], false);
  }
  if (small.length > 0) await run(small, small.length > 1);
  return { components: fits, warnings };
}
