import { atOnce } from '../../bindings/base/steps.js';
import { openPanel, type SegmentData } from '../../bindings/pass/inMemory.js';
import { type KernelSet, machineOf } from '../support/kernels.js';
import type { Sketch } from './problems.js';

/** One component laid out as the fit sees it: bricks and entities `bricks` and `entities` of the sketch, unscaled. */
export function panelOf(
  { totals, rows, entities }: Sketch,
  parts?: { bricks: readonly number[]; entities: readonly number[] },
) {
  const bricks = parts?.bricks ?? [...totals.keys()];
  const chosen = parts?.entities ?? [...Array(entities).keys()];
  const columnOf = new Map(chosen.map((e, k) => [e, k]));
  const segments = [0];
  const column: number[] = [];
  const exposure: number[] = [];
  for (const b of bricks) {
    for (let i = 0; i < rows[b].length; i += 2) {
      column.push(columnOf.get(rows[b][i])!);
      exposure.push(rows[b][i + 1]);
    }
    segments.push(column.length);
  }
  const data: SegmentData = {
    totals: Float64Array.from(bricks, (b) => totals[b]),
    segments: Uint32Array.from(segments),
    column: Uint32Array.from(column),
    exposure: Float64Array.from(exposure),
    bricks: Uint32Array.of(0, bricks.length),
    columns: Uint32Array.of(0, chosen.length),
  };
  return data;
}

/** The pass over a panel of one component. It has the set's memory to itself: one at a time. */
export function passOf(
  set: KernelSet,
  data: SegmentData,
  { seed = 1, twins = null }: { seed?: number; twins?: Uint32Array | null } = {},
) {
  return atOnce(openPanel(machineOf(set, seed), data, twins))(0);
}

/** For each entity of a sketch the first of the same exposure in every brick. */
export function twinsOf({ rows, entities }: Sketch): Uint32Array {
  const columns = Array.from({ length: entities }, () => '');
  rows.forEach((row, b) => {
    for (let i = 0; i < row.length; i += 2) columns[row[i]] += `${b}:${row[i + 1]} `;
  });
  return Uint32Array.from(columns, (column) => columns.indexOf(column));
}

/** Several panels as the components of one, and the pass over each. */
export function passesOf(set: KernelSet, parts: readonly SegmentData[]) {
  const ends = (lengths: readonly number[]) => {
    const out = new Uint32Array(lengths.length + 1);
    lengths.forEach((length, i) => {
      out[i + 1] = out[i] + length;
    });
    return out;
  };
  const bricks = ends(parts.map(({ totals }) => totals.length));
  const columns = ends(parts.map((part) => part.columns[1]));
  const data: SegmentData = {
    totals: Float64Array.from(parts.flatMap(({ totals }) => [...totals])),
    segments: ends(parts.flatMap(({ segments }) => Array.from(segments.subarray(1), (end, b) => end - segments[b]))),
    column: Uint32Array.from(parts.flatMap(({ column }, c) => Array.from(column, (k) => k + columns[c]))),
    exposure: Float64Array.from(parts.flatMap(({ exposure }) => [...exposure])),
    bricks,
    columns,
  };
  const passOfComponent = atOnce(openPanel(machineOf(set), data));
  return parts.map((_, c) => passOfComponent(c));
}
