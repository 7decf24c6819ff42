import type { Pace } from '../base/pace.js';
import { bestStep, type LowerMatrix } from '../linalg/quadratic.js';
import type { Arena } from '../machine/arena.js';
import type { Kernels } from '../machine/kernels.js';
import type { Hessian } from './pass.js';

/** The quadratic problem over a matrix that a sweep accumulated; `matrix` gives null once a later one took its place. */
export function createHessian(kernels: Kernels, arena: Arena, pace: Pace, matrix: () => LowerMatrix | null): Hessian {
  return {
    get gone() {
      return matrix() === null;
    },
    async bestStep({ pull, own, least, twins }) {
      await pace.pause();
      const lower = matrix();
      if (!lower) throw new Error('this Hessian was overwritten by a later one');
      const { values, stride } = lower;
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
      const step = await bestStep(
        kernels,
        arena,
        pace,
        { values: joined, size, stride: size },
        joinedPull,
        joinedLeast,
      );
      return Float64Array.from(place, (i) => step[i]);
    },
  };
}
