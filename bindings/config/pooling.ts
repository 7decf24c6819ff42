/** What productivities are believed to lie around, and how near. */
export type Pooling = NoPooling | GammaPooling | LognormalPooling | CrossedPooling | TreePooling;

/** Plain maximum likelihood: no prior. */
export interface NoPooling {
  kind: 'none';
}

/** Gamma priors around the rates of groups, with a certified optimum. */
export interface GammaPooling {
  kind: 'gamma';
  /** Columns of the entity key or the entities table: entities with equal values share a rate. None: one rate per component. */
  groups?: string[] | undefined;
  /** Coefficient of variation of productivities around their group's rate, >= 0. 0 is the proportional split. */
  spread?: number | undefined;
  /** All bricks of a component count as at most this many independent ones, > 0; `none` lifts the cap. */
  evidence?: number | 'none' | undefined;
  /** Makes `"cohort"` a group column: entities by when they began. */
  cohort?: Cohort | undefined;
}

/** Normal priors on ln productivity, around the rates of groups that are part of the fit. */
export interface LognormalPooling {
  kind: 'lognormal';
  /** As for gamma: entities with equal values in all of these columns are a group. */
  groups?: string[] | undefined;
  /** Coefficient of variation of entities around their group, and of groups around the common rate: 1e-10 to 1e100, or looked for. */
  spread?: number | 'estimate' | undefined;
  evidence?: number | 'none' | undefined;
  cohort?: Cohort | undefined;
  /** All components share one common rate: only where a unit of exposure is the same thing in all of them. */
  together?: boolean | undefined;
}

/** Several groupings at once, each value of each column with a factor of its own. */
export interface CrossedPooling {
  kind: 'crossed';
  groups: string[];
  /** Coefficient of variation of entities around what their groups say, and of every column that `spreads` does not name. */
  spread?: number | 'estimate' | undefined;
  /** By column: 1e-10 to 1e100, looked for, or not held at all. */
  spreads?: Record<string, number | 'estimate' | 'free'> | undefined;
  evidence?: number | 'none' | undefined;
  cohort?: Cohort | undefined;
  together?: boolean | undefined;
}

/** Groups inside groups: entities around the innermost, these around the next, the outermost around the common rate. */
export interface TreePooling {
  kind: 'tree';
  /** Columns from the widest to the narrowest; a group is told by its value and those before it. */
  levels?: string[] | undefined;
  /** Instead of levels: the column of the entities table that names each row's parent: another row, a name of its own at the top, or empty. */
  parent?: string | undefined;
  /** Coefficient of variation of entities around their innermost group, and of every level that `spreads` does not name. */
  spread?: number | 'estimate' | undefined;
  /** By level: 1e-10 to 1e100, looked for, or not held at all. */
  spreads?: Record<string, number | 'estimate' | 'free'> | undefined;
  evidence?: number | 'none' | undefined;
  cohort?: Cohort | undefined;
  together?: boolean | undefined;
}

/** Entities by the period of their first exposure. */
export interface Cohort {
  /** Exposure's brick column that holds the period: ISO dates, date-times, or integers. */
  time: string;
  /** What makes a cohort: calendar time for ISO dates, a whole number of units for integers. */
  every: 'year' | 'quarter' | 'month' | number;
}

/** The name under which groups and levels have the cohort. */
export const cohortColumn = 'cohort';

/** Names by which `spreads` knows the levels above the entities: columns, widest first, or the column of parents. */
export function levelNames(pooling: CrossedPooling | TreePooling): string[] {
  if (pooling.kind === 'crossed') return pooling.groups;
  return pooling.parent === undefined ? (pooling.levels ?? []) : [pooling.parent];
}

/** Columns that group entities, the cohort among them. */
export function poolingColumns(pooling: Pooling | undefined): string[] {
  if (!pooling || pooling.kind === 'none') return [];
  return (pooling.kind === 'tree' ? pooling.levels : pooling.groups) ?? [];
}
