import { type FilledPooling, isLognormal, levelSpreads } from '../config/fillPooling.js';
import { levelAt } from '../hierarchy/hierarchy.js';
import type { ComponentFit } from '../infer/fitPanel.js';
import { unscale } from '../infer/productivity.js';
import { expOf } from '../math/exp.js';
import { expm1Of } from '../math/log.js';
import type { Problem } from '../problem/compile.js';
import type { ResultTable } from '../tables/tables.js';
import { createTable } from './tables.js';

export type GroupsTable = ResultTable<'component' | 'entities' | 'productivity' | 'relative'>;

/** How far productivities of a level are believed to lie, or were found to lie, from what they hang on. */
export interface LevelSpread {
  /** Number of the component: its row in `components`, from 0. */
  readonly component: number;
  /** The column (parents: theirs; several columns that make one level: joined by " / "); null for the entities' own. */
  readonly level: string | null;
  /** Coefficient of variation; null where the level is free. */
  readonly spread: number | null;
  readonly estimated: boolean;
  /** How many groups (or entities) there are. */
  readonly groups: number;
}

interface Row {
  readonly component: number;
  readonly level: string;
  readonly group: string;
  readonly entities: number;
  readonly productivity: number;
  readonly relative: number;
}

/**
 * One row per pooling group of each component: `component` (row of the components table, from 0), `level`, `group` (its value
 * after those of the levels above, joined by " / "), `entities` below it, `productivity` (what its members are believed to lie
 * around; of a crossed column, with the other columns left aside), `relative` (over what it hangs on itself).
 */
export function groupsTable(problem: Problem, fits: readonly ComponentFit[], pooling: FilledPooling): GroupsTable {
  const rows = fits.flatMap((fit, c) => {
    if (fit.kind !== 'fitted') return [];
    return fit.log ? lognormalRows(problem, fit, c, pooling) : gammaRows(problem, fit, c, pooling);
  });
  const figures = (name: 'component' | 'entities' | 'productivity' | 'relative') =>
    Float64Array.from(rows, (row) => row[name]);
  return createTable(rows.length)
    .add('component', figures('component'))
    .add(
      'level',
      rows.map(({ level }) => level),
    )
    .add(
      'group',
      rows.map(({ group }) => group),
    )
    .add('entities', figures('entities'))
    .add('productivity', figures('productivity'))
    .add('relative', figures('relative'))
    .table();
}

type Fitted = Extract<ComponentFit, { kind: 'fitted' }>;

function lognormalRows({ panel }: Problem, fit: Fitted, c: number, pooling: FilledPooling): Row[] {
  const { hierarchy, unknowns } = fit.log!;
  if (!isLognormal(pooling)) return [];
  const levels = levelSpreads(pooling).map(({ level }) => level);
  const { entities, groups, parents, columns, kind } = hierarchy;
  const members = new Float64Array(entities + groups + 1);
  if (kind === 'nested') {
    members.fill(1, 0, entities);
    for (let u = 0; u < entities + groups; u++) members[parents[u]] += members[u];
  } else for (const column of columns) for (const u of column) members[u]++;
  const root = unknowns[entities + groups];
  const order = Array.from({ length: groups }, (_, g) => entities + g).sort(
    (a, b) => levelAt(hierarchy, a) - levelAt(hierarchy, b) || a - b,
  );
  return order.map((u) => {
    const own = kind === 'nested' ? unknowns[u] - unknowns[parents[u]] : unknowns[u];
    const whole = kind === 'nested' ? unknowns[u] : root + unknowns[u];
    return {
      component: c,
      level: levels[levelAt(hierarchy, u)]!,
      group: fit.names[u - entities].join(' / '),
      entities: members[u],
      productivity: unscale(expOf(whole), panel.totalScale[c], panel.exposureScale[c]),
      relative: expOf(own),
    };
  });
}

function gammaRows({ panel, rows }: Problem, fit: Fitted, c: number, pooling: FilledPooling): Row[] {
  if (pooling.kind !== 'gamma' || pooling.groups.length === 0) return [];
  const found = new Map<string, { group: string; count: number; rate: number }>();
  for (let k = panel.columns[c]; k < panel.columns[c + 1]; k++) {
    const texts = rows.groups.map(({ of, texts }) => texts[of[panel.entity[k]]]);
    const key = JSON.stringify(texts); // joined for people, texts of two groups may read alike
    const before = found.get(key);
    if (before) before.count++;
    else found.set(key, { group: texts.join(' / '), count: 1, rate: fit.prior.rates[k - panel.columns[c]] });
  }
  return Array.from(found.values(), ({ group, count, rate }) => ({
    component: c,
    level: pooling.groups.join(' / '),
    group,
    entities: count,
    productivity: unscale(rate, panel.totalScale[c], panel.exposureScale[c]),
    relative: rate / fit.rate,
  }));
}

/** Spreads of lognormal pooling as the fit used them; null under other pooling. */
export function spreadsOf(fits: readonly ComponentFit[], pooling: FilledPooling): LevelSpread[] | null {
  if (!isLognormal(pooling)) return null;
  return fits.flatMap((fit, component) => {
    const log = fit.kind === 'fitted' ? fit.log : undefined;
    if (!log) return [];
    return levelSpreads(pooling).map(({ level, spread }, at): LevelSpread => {
      const deviation = log.deviations[at];
      const found = spread === 'estimate' ? Math.sqrt(expm1Of(deviation * deviation)) : spread;
      return {
        component,
        level,
        spread: found === 'free' ? null : found,
        estimated: log.estimated[at],
        groups: log.hierarchy.counts[at],
      };
    });
  });
}
