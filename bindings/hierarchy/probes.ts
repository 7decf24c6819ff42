import { lanes, randomSigns } from '../linalg/signs.js';
import type { Product } from '../linalg/stochasticTrace.js';
import type { Machine } from '../machine/machine.js';
import { dot } from '../math/vectors.js';
import { differences, forEachParent, type Precisions } from './differences.js';
import { type Hierarchy, levelAt, unknownsOf } from './hierarchy.js';
import { solvePrecision } from './solvePrecision.js';

const blocks = 2;
const probeStream = 64; // streams of the random generator that are these probes' own begin here
const residual = 1e-5; // of the right-hand side's length: where conjugate gradients stop
const mostSteps = 300;

/** A system too large to be written down: what entities share by what it does to vectors, and the hierarchy. */
export interface ImplicitSystem {
  readonly hierarchy: Hierarchy;
  readonly precisions: Precisions;
  readonly productivity: Float64Array;
  /** Diagonal of what entities share, and what each has of its own, >= 0. */
  readonly diagonal: Float64Array;
  readonly own: Float64Array;
  readonly times: Product;
}

/**
 * Estimates trace(K A^-1) with A = K + hierarchy (no curvature of the entities' own), as the mean of (A^-1 v)'K v over 16 seeded
 * sign vectors v (Hutchinson), by conjugate gradients scaled by an exact solve of everything but what entities share.
 */
export async function implicitTrace(machine: Machine, system: ImplicitSystem): Promise<number> {
  const { hierarchy } = system;
  const size = unknownsOf(hierarchy);
  let sum = 0;
  for (let block = 0; block < blocks; block++) {
    const signs = randomSigns(machine, probeStream + block, hierarchy.entities);
    const right = columnsOf(signs, hierarchy.entities, size);
    const solved = await solveLanes(machine, system, right);
    const images = await applyShared(system, right);
    for (let lane = 0; lane < lanes; lane++) {
      for (let h = 0; h < hierarchy.entities; h++) sum += solved[lane][h] * images[lane][h];
    }
  }
  return Math.min(Math.max(0, sum / (blocks * lanes)), hierarchy.entities);
}

/** Variances of differences under the inverse of A, summed over each level: exact for levels of at most 16, else estimated. */
export async function implicitVariances(
  machine: Machine,
  system: ImplicitSystem,
  wanted: readonly boolean[],
): Promise<Float64Array> {
  const { hierarchy } = system;
  const size = unknownsOf(hierarchy);
  const sums = new Float64Array(hierarchy.levels);
  for (let level = 0; level < hierarchy.levels; level++) {
    if (!wanted[level]) continue;
    const members: number[] = [];
    for (let u = 0; u < size - 1; u++) if (levelAt(hierarchy, u) === level) members.push(u);
    const exact = members.length <= blocks * lanes;
    for (let block = 0; block < blocks; block++) {
      const signs = exact ? null : randomSigns(machine, probeStream + blocks * (1 + level) + block, members.length);
      const weightOf = (lane: number, i: number) =>
        signs ? signs[i * lanes + lane] : i === block * lanes + lane ? 1 : 0;
      const right = Array.from({ length: lanes }, (_, lane) => {
        const vector = new Float64Array(size);
        members.forEach((u, i) => {
          const weight = weightOf(lane, i);
          if (weight === 0) return;
          vector[u] += weight;
          forEachParent(hierarchy, u, (other) => {
            vector[other] -= weight;
          });
        });
        return vector;
      });
      const solved = await solveLanes(machine, system, right);
      solved.forEach((vector, lane) => {
        const gaps = differences(hierarchy, vector);
        members.forEach((u, i) => {
          sums[level] += (weightOf(lane, i) * gaps[u]) / (exact ? 1 : blocks * lanes);
        });
      });
    }
  }
  return sums;
}

const columnsOf = (interleaved: Float64Array, count: number, size: number) =>
  Array.from({ length: lanes }, (_, lane) => {
    const vector = new Float64Array(size);
    for (let i = 0; i < count; i++) vector[i] = interleaved[i * lanes + lane];
    return vector;
  });

/** What entities share, times eight vectors: productivity * (W (productivity * vector)). */
async function applyShared(
  { hierarchy, productivity, times }: ImplicitSystem,
  vectors: readonly Float64Array[],
): Promise<Float64Array[]> {
  const { entities } = hierarchy;
  const inputs = new Float64Array(entities * lanes);
  for (let h = 0, i = 0; h < entities; h++) {
    for (let lane = 0; lane < lanes; lane++, i++) inputs[i] = productivity[h] * vectors[lane][h];
  }
  const outputs = await times(inputs);
  return vectors.map((vector, lane) => {
    const out = new Float64Array(vector.length);
    for (let h = 0; h < entities; h++) out[h] = productivity[h] * outputs[h * lanes + lane];
    return out;
  });
}

/** A^-1 times eight vectors. */
async function solveLanes(
  machine: Machine,
  system: ImplicitSystem,
  right: readonly Float64Array[],
): Promise<Float64Array[]> {
  const { hierarchy, precisions, diagonal, own } = system;
  const count = hierarchy.entities + hierarchy.groups;
  const scaled = solvePrecision(
    machine,
    hierarchy,
    diagonal.map((d, h) => d + own[h]),
    precisions,
  )!;
  const apply = async (vectors: readonly Float64Array[]) => {
    const images = await applyShared(system, vectors);
    images.forEach((image, lane) => {
      const vector = vectors[lane];
      for (let h = 0; h < hierarchy.entities; h++) image[h] += own[h] * vector[h];
      const gaps = differences(hierarchy, vector);
      for (let u = 0; u < count; u++) {
        const pull = precisions[levelAt(hierarchy, u)] * gaps[u];
        image[u] += pull;
        forEachParent(hierarchy, u, (other) => {
          image[other] -= pull;
        });
      }
    });
    return images;
  };
  const x = right.map((vector) => new Float64Array(vector.length));
  const r = right.map((vector) => vector.slice());
  let z = r.map(scaled);
  let direction = z.map((vector) => vector.slice());
  let rho = r.map((vector, lane) => dot(vector, z[lane]));
  const goal = rho.map((value) => value * residual * residual);
  for (let step = 0; step < mostSteps && rho.some((value, lane) => value > goal[lane]); step++) {
    const images = await apply(direction);
    z = r.map((vector, lane) => {
      const curve = dot(direction[lane], images[lane]);
      const length = curve > 0 ? rho[lane] / curve : 0;
      for (let u = 0; u < vector.length; u++) {
        x[lane][u] += length * direction[lane][u];
        vector[u] -= length * images[lane][u];
      }
      return scaled(vector);
    });
    const next = r.map((vector, lane) => dot(vector, z[lane]));
    direction = direction.map((vector, lane) => {
      const turn = rho[lane] > 0 ? next[lane] / rho[lane] : 0;
      return vector.map((value, u) => z[lane][u] + turn * value);
    });
    rho = next;
  }
  return x;
}
