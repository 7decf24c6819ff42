import type { Kernels } from '../kernels/kernels.js';
import { type Arena, f64, u32 } from '../memory/arena.js';
import type { Pace } from '../pace.js';
import type { SegmentData } from './inMemory.js';
import type { Curvature } from './pass.js';

const mostExact = 2000; // largest side of a dense trace
const lanes = 8; // probes that share one sweep
const probes = 2 * lanes;
const probeStream = 1; // stream of the random generator that is the probes' own
const residual = 1e-6; // of the right-hand side's length, where conjugate gradients stop
const mostSteps = 200;

/**
 * Curvature of one component. `fill(productivity, offset)` writes share * sqrt(total) of every exposure of the whole
 * panel's layout at `offset`. The trace is exact on the smaller side (entities or bricks) up to 2,000, by Cholesky;
 * beyond that it is Hutchinson's estimate over 16 seeded sign vectors, solved by conjugate gradients: unbiased, with a
 * standard error of at most sqrt(edf / 8) (a sign vector's v'Av has variance 2 * sum of A_ij^2 off the diagonal, which is
 * at most 2 * trace A for eigenvalues within 0 and 1).
 */
export function createTrace(
  kernels: Kernels,
  arena: Arena,
  data: SegmentData,
  component: number,
  pace: Pace,
  seed: number,
  fill: (productivity: Float64Array, values: number) => void,
): (productivity: Float64Array) => Promise<Curvature> {
  const firstBrick = data.bricks[component];
  const bricks = data.bricks[component + 1] - firstBrick;
  const firstColumn = data.columns[component];
  const entities = data.columns[component + 1] - firstColumn;
  const first = data.segments[firstBrick];
  const exposures = data.segments[firstBrick + bricks] - first;
  // positions from 0 in this component alone; made when first asked for
  let values = new Float64Array(0);
  let segments = new Uint32Array(0);
  let column = new Uint32Array(0);

  return async (productivity) => {
    if (segments.length === 0) {
      values = new Float64Array(exposures);
      segments = data.segments.slice(firstBrick, firstBrick + bricks + 1).map((j) => j - first);
      column = data.column.slice(first, first + exposures).map((k) => k - firstColumn);
    }
    // kernels address exposures from the panel's start, so the copy begins there too
    const whole = arena.open({ values: f64(first + exposures) });
    fill(productivity, whole.at.values);
    values.set(whole.f64('values').subarray(first));
    whole.close();
    const diagonal = new Float64Array(entities);
    for (let j = 0; j < exposures; j++) diagonal[column[j]] += values[j] * values[j];

    return {
      diagonal,
      async effectiveParameters(ridge) {
        await pace.pause();
        if (Math.min(entities, bricks) > mostExact) {
          return { edf: await estimate(ridge, diagonal), method: 'stochastic' };
        }
        const byEntity = entities <= bricks;
        const edf = byEntity ? exact(segments, column, values, bricks, entities, ridge) : exactByBrick(ridge);
        return { edf, method: 'exact' };
      },
    };
  };

  /** size - ridge * trace((M'M + ridge I)^-1) */
  function exact(
    starts: Uint32Array,
    ids: Uint32Array,
    rowValues: Float64Array,
    rows: number,
    size: number,
    ridge: number,
  ): number {
    const region = arena.open({
      segments: u32(rows + 1),
      ids: u32(exposures),
      values: f64(exposures),
      gram: f64(size * size),
      scratch: f64(size),
    });
    try {
      region.u32('segments').set(starts);
      region.u32('ids').set(ids);
      region.f64('values').set(rowValues);
      const gram = region.f64('gram');
      gram.fill(0);
      const { at } = region;
      kernels.gramSegments(at.segments, at.ids, at.values, at.gram, rows, size);
      for (let i = 0; i < size; i++) gram[i * size + i] += ridge;
      // a pivot that rounding took below zero: the matrix is as good as singular there
      if (kernels.cholesky(at.gram, size) !== 0) return size;
      return Math.max(0, size - ridge * kernels.traceInverse(at.gram, at.scratch, size));
    } finally {
      region.close();
    }
  }

  /** The same trace from the other side: M M' has the eigenvalues of M'M. */
  function exactByBrick(ridge: number): number {
    const starts = new Uint32Array(entities + 1);
    for (const k of column) starts[k + 1]++;
    for (let k = 0; k < entities; k++) starts[k + 1] += starts[k];
    const next = starts.slice();
    const ids = new Uint32Array(exposures);
    const turned = new Float64Array(exposures);
    for (let b = 0; b < bricks; b++) {
      for (let j = segments[b]; j < segments[b + 1]; j++) {
        const to = next[column[j]]++;
        ids[to] = b;
        turned[to] = values[j];
      }
    }
    return exact(starts, ids, turned, entities, bricks, ridge);
  }

  /** Mean of v' K (K + ridge I)^-1 v over sign vectors v, eight at a time. */
  async function estimate(ridge: number, diagonal: Float64Array): Promise<number> {
    const region = arena.open({
      segments: u32(bricks + 1),
      ids: u32(exposures),
      values: f64(exposures),
      inputs: f64(entities * lanes),
      outputs: f64(entities * lanes),
      words: u32(4 * Math.ceil(entities / 4)),
    });
    try {
      region.u32('segments').set(segments);
      region.u32('ids').set(column);
      region.f64('values').set(values);
      let sum = 0;
      for (let block = 0; block < probes / lanes; block++) {
        // one random word per entity, one sign bit per lane
        kernels.randomWords(
          seed >>> 0,
          Math.floor(seed / 4294967296),
          probeStream + block,
          0,
          region.at.words,
          Math.ceil(entities / 4),
        );
        const words = region.u32('words');
        const signs = new Float64Array(entities * lanes);
        for (let k = 0; k < entities; k++) {
          for (let lane = 0; lane < lanes; lane++) signs[k * lanes + lane] = (words[k] >>> lane) & 1 ? 1 : -1;
        }
        sum += await quadraticForms(signs, ridge, diagonal, region);
      }
      return Math.min(Math.max(0, sum / probes), entities);
    } finally {
      region.close();
    }
  }

  /** Sum over lanes of v' K (K + ridge I)^-1 v = v'v - ridge v'(K + ridge I)^-1 v, by Jacobi-scaled conjugate gradients. */
  async function quadraticForms(
    v: Float64Array,
    ridge: number,
    diagonal: Float64Array,
    region: {
      at: Record<'segments' | 'ids' | 'values' | 'inputs' | 'outputs', number>;
      f64(field: 'inputs' | 'outputs'): Float64Array;
    },
  ): Promise<number> {
    const { at } = region;
    const x = new Float64Array(v.length);
    const r = v.slice();
    const scaled = v.map((_, i) => v[i] / (diagonal[(i / lanes) | 0] + ridge));
    const direction = scaled.slice();
    const dots = (a: Float64Array, b: Float64Array) => {
      const out = new Float64Array(lanes);
      for (let i = 0; i < a.length; i++) out[i % lanes] += a[i] * b[i];
      return out;
    };
    let rho = dots(r, scaled);
    const goal = rho.map((value) => value * residual * residual);
    for (let step = 0; step < mostSteps && rho.some((value, lane) => value > goal[lane]); step++) {
      await pace.pause();
      const inputs = region.f64('inputs');
      const outputs = region.f64('outputs');
      inputs.set(direction);
      for (let i = 0; i < outputs.length; i++) outputs[i] = ridge * direction[i];
      kernels.multiplySegments(at.segments, at.ids, at.values, at.inputs, at.outputs, bricks);
      const curve = dots(direction, outputs);
      const length = rho.map((value, lane) => (curve[lane] > 0 ? value / curve[lane] : 0));
      for (let i = 0; i < x.length; i++) {
        x[i] += length[i % lanes] * direction[i];
        r[i] -= length[i % lanes] * outputs[i];
        scaled[i] = r[i] / (diagonal[(i / lanes) | 0] + ridge);
      }
      const next = dots(r, scaled);
      const turn = next.map((value, lane) => (rho[lane] > 0 ? value / rho[lane] : 0));
      for (let i = 0; i < direction.length; i++) direction[i] = scaled[i] + turn[i % lanes] * direction[i];
      rho = next;
    }
    const solved = dots(v, x);
    const squares = dots(v, v);
    return squares.reduce((sum, square, lane) => sum + (square - ridge * solved[lane]), 0);
  }
}
