import { atOnce } from '../base/steps.js';
import { rankTuples } from '../tables/keys.js';
import type { Problem } from './compile.js';

/** Block of each fitted brick: equal values of some of its columns. Null without columns. */
export function blocksOf({ rows, cells, panel }: Problem, columns: readonly string[]): Uint32Array | null {
  if (columns.length === 0) return null;
  const bricks = panel.row.map((t) => cells.brick[t]);
  const parts = columns.map((name) => rows.bricks.names.indexOf(name));
  const { ids } = atOnce(
    rankTuples(
      [parts.map((c) => bricks.map((b) => rows.bricks.codes[c][b]))],
      parts.map((c) => rows.bricks.values[c].length),
    ),
  );
  return ids[0];
}
