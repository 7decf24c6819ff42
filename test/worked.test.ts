import { expect, it } from 'vitest';
import { fit, fitJson, summarize, toCsv, rowsOf } from '../bindings/index.js';

it('runs', async () => {
  const r = await fit(
    { totals: { b: ['A', 'B'], y: [100, 60] }, exposure: { b: ['A', 'A', 'A', 'B', 'B', 'B'], h: ['H1', 'H2', 'H3', 'H2', 'H3', 'H4'], w: [1, 1, 1, 1, 1, 1] } },
    { totals: { brick: ['b'], value: 'y' }, exposure: { brick: ['b'], entity: ['h'], value: 'w' }, model: { family: 'poisson', pooling: { kind: 'none' } }, fit: { tolerance: 1e-12 } },
    {kernels:'wasm'}
  );
  console.log(summarize(r), toCsv(r.allocation), toCsv(r.entities), JSON.stringify(fitJson(r), null, 1));
  expect(r.converged).toBe(true);
});
