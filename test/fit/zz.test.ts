import { it } from 'vitest';
import { bothKernels, randomOf } from '../support/kernels.js';
import { passOf } from './panels.js';
function sparse(bricks: number, entities: number, per: number, seed: number) {
  const random = randomOf(seed);
  const segments = new Uint32Array(bricks + 1), column: number[] = [], exposure: number[] = [];
  for (let b = 0; b < bricks; b++) {
    const s = new Set<number>(); while (s.size < per) s.add(Math.floor(random() * entities));
    for (const k of [...s].sort((a, c) => a - c)) { column.push(k); exposure.push(0.1 + random()); }
    segments[b + 1] = column.length;
  }
  return { totals: Float64Array.from({ length: bricks }, () => 100 * random()), segments, column: Uint32Array.from(column), exposure: Float64Array.from(exposure), bricks: Uint32Array.of(0, bricks), columns: Uint32Array.of(0, entities) };
}
it('x', async () => {
  const sets = await bothKernels();
  for (const [B, H, per] of [[3000, 2000, 20], [3000, 2000, 2000], [2000, 3000, 40], [5000, 20000, 80]] as const) {
    const data = sparse(B, H, per, 5);
    for (const set of sets.slice(0, per === 20 ? 2 : 1)) {
      const pass = passOf(set, data);
      const lam = new Float64Array(H).fill(1);
      let t = performance.now();
      const c = await pass.curvature(lam);
      const t1 = performance.now() - t; t = performance.now();
      const mean = c.diagonal.reduce((a, b) => a + b, 0) / H;
      for (const ridge of [1 * mean, 0.01 * mean]) {
        t = performance.now();
        const e = await c.effectiveParameters(ridge);
        console.log(set[0], B, H, per, 'curvature ms', t1.toFixed(0), 'edf', e.edf, e.method, 'ms', (performance.now() - t).toFixed(0));
      }
    }
  }
}, 600000);
