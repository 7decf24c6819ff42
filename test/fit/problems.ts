import { readFileSync } from 'node:fs';
import type { Fit, Model, Tables } from '../../bindings/index.js';

/** Bricks and entities as plain lists: what tests build tables and panels from. */
export interface Sketch {
  readonly totals: readonly number[];
  readonly entities: number;
  /** Per brick: entity, exposure, entity, exposure, ... */
  readonly rows: readonly (readonly number[])[];
  /** Group of each entity. */
  readonly groups?: readonly string[];
}

const brickKey = (b: number) => `b${String(b).padStart(6, '0')}`;
const entityKey = (e: number) => `e${String(e).padStart(6, '0')}`;

/** Tables whose canonical order is the order of the lists. */
export function tablesOf({ totals, rows, groups, entities }: Sketch): Tables {
  const brick: string[] = [];
  const entity: string[] = [];
  const exposure: number[] = [];
  rows.forEach((row, b) => {
    for (let i = 0; i < row.length; i += 2) {
      brick.push(brickKey(b));
      entity.push(entityKey(row[i]));
      exposure.push(row[i + 1]);
    }
  });
  const ids = Array.from({ length: entities }, (_, e) => entityKey(e));
  return {
    totals: { brick: totals.map((_, b) => brickKey(b)), total: totals },
    exposure: { brick, entity, exposure },
    ...(groups && { entities: { entity: ids, group: groups } }),
  };
}

/** The configuration for such tables. */
export function modelOf(
  model: Model['model'],
  fit: Model['fit'] = { tolerance: 1e-12, maxPasses: 1_000_000 },
  grouped = false,
): Model {
  return {
    totals: { brick: ['brick'], value: 'total' },
    exposure: { brick: ['brick'], entity: ['entity'], value: 'exposure' },
    ...(grouped && { entities: { entity: ['entity'] } }),
    model,
    fit,
  };
}

/** A figure of the entities table by entity number; 0 for entities without a row. */
export function byEntity({ entities }: Fit, name: string, count: number): Float64Array {
  const figures = entities.columns[name] as Float64Array;
  const { codes, values } = entities.columns.entity as { codes: ArrayLike<number>; values: ArrayLike<string> };
  const out = new Float64Array(count);
  for (let r = 0; r < entities.rows; r++) out[Number(values[codes[r]].slice(1))] = figures[r];
  return out;
}

/** A column of figures of the components table. */
export const ofComponents = (fit: Fit, name: string) => fit.components.columns[name] as Float64Array;

/** What the reference script knows of one component. */
export interface ReferenceComponent {
  readonly bricks: readonly number[];
  readonly entities: readonly number[];
  readonly dispersion: number;
  readonly psi: number;
  readonly edf: number;
  readonly m: readonly number[];
  readonly F: number;
  readonly trail: readonly number[];
  readonly rate: number;
  readonly missing: number;
  readonly fitted: readonly number[];
}

export interface ReferenceCase {
  readonly problem: string;
  readonly grouped: boolean;
  readonly model: {
    readonly family: 'quasiPoisson' | 'poisson';
    readonly pooling: 'gamma' | 'none';
    readonly spread: number | null;
    readonly evidence: number | null;
  };
  readonly expected: {
    readonly productivity: readonly number[];
    readonly trust: readonly number[];
    readonly objective: number;
    readonly logLikelihood: number;
    readonly total: number;
    readonly notes: readonly string[];
    readonly components: readonly ReferenceComponent[];
  };
}

/** Problems and answers of test/reference/fit/fit_reference.py. */
export function readReference(): { problems: Record<string, Sketch>; cases: ReferenceCase[] } {
  return JSON.parse(readFileSync(new URL('../reference/fit/fit.json', import.meta.url), 'utf8'));
}

/** The library's configuration for a case. */
export function configOf({ model, grouped }: ReferenceCase, tolerance: number): Model {
  const { family, pooling, spread, evidence } = model;
  const prior =
    pooling === 'none'
      ? { kind: 'none' as const }
      : {
          kind: 'gamma' as const,
          spread: spread!,
          evidence: evidence ?? ('none' as const),
          ...(grouped && { groups: ['group'] }),
        };
  return modelOf({ family, pooling: prior }, { tolerance, maxPasses: 1_000_000 }, grouped);
}
