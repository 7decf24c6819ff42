import { type LowerMatrix, solveBoundedQp } from '../linalg/boundedQp.js';
import type { Machine } from '../machine/machine.js';

/**
 * The step d >= least that is best for pull'd - d'(W + diag(own)) d / 2. `twins` has for each entity the first that moves with it, null
 * where each moves for itself. @throws MemoryError
 */
export async function boundedNewtonStep(
  machine: Machine,
  { values, stride }: LowerMatrix,
  { pull, own, least }: { readonly pull: Float64Array; readonly own: Float64Array; readonly least: Float64Array },
  twins: Uint32Array | null,
): Promise<Float64Array> {
  await machine.pace.pause();
  // one entry per set of twins: moving all of them by d changes a fitted total `count` times as much
  const leaders: number[] = [];
  const place = new Int32Array(pull.length);
  const counts: number[] = [];
  for (let h = 0; h < pull.length; h++) {
    const leader = twins ? twins[h] : h;
    if (leader === h) {
      place[h] = leaders.length;
      leaders.push(h);
      counts.push(1);
    } else {
      place[h] = place[leader];
      counts[place[h]]++;
    }
  }
  const size = leaders.length;
  const joined = new Float64Array(size * size);
  const joinedPull = new Float64Array(size);
  const joinedLeast = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      joined[i * size + j] = counts[i] * counts[j] * values[leaders[i] * stride + leaders[j]];
    }
  }
  for (let h = 0; h < pull.length; h++) {
    const i = place[h];
    joined[i * size + i] += own[h];
    joinedPull[i] += pull[h];
    joinedLeast[i] = Math.max(joinedLeast[i], least[h]);
  }
  const step = await solveBoundedQp(machine, { values: joined, size, stride: size }, joinedPull, joinedLeast);
  return Float64Array.from(place, (i) => step[i]);
}
