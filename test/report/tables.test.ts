import { expect, it } from 'vitest';
import { createEngine, toCsv } from '../../bindings/index.js';

it('writes key columns in the order of the keys, names like numbers too', async () => {
  const engine = await createEngine();
  const { allocation, unallocated } = await engine.fit(
    {
      totals: { geo: ['n', 's'], 2024: ['jan', 'jan'], y: [5, 6] },
      exposure: { geo: ['n'], 2024: ['jan'], 7: ['c'], x: [1] },
    },
    { totals: { brick: ['geo', '2024'], value: 'y' }, exposure: { brick: ['geo', '2024'], entity: ['7'], value: 'x' } },
  );
  expect(allocation.names).toEqual(['geo', '2024', '7', 'exposure', 'share', 'allocation']);
  expect(toCsv(allocation)).toBe('geo,2024,7,exposure,share,allocation\nn,jan,c,1,1,5\n');
  expect(toCsv(unallocated)).toBe('geo,2024,total,reason\ns,jan,6,no exposure\n');
});
