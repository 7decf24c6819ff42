import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Curves } from '../../bindings/index.js';
import { type Delivery, effectiveOf, modelWith, tablesOf } from './support.js';

// a panel of three media, four geos and thirty weeks, six of them history, computed by numpy: reference.py beside this
const reference: {
  weeks: string[];
  geos: string[];
  curves: Curves;
  deliveries: Delivery[];
  expected: [cell: string, exposure: number][];
} = JSON.parse(readFileSync(new URL('./reference.json', import.meta.url), 'utf8'));

describe('effective exposure of a panel', () => {
  for (const kernels of ['wasm', 'js'] as const) {
    it(`is what an independent computation gives (${kernels})`, async () => {
      const { weeks, geos, curves, deliveries, expected } = reference;
      const tables = tablesOf(deliveries, weeks, geos, Object.keys(curves as object));
      const found = await effectiveOf(tables, modelWith(curves), kernels);
      const above = Object.fromEntries(Object.entries(found).filter(([, exposure]) => exposure > 0));
      expect(Object.keys(above).sort()).toEqual(expected.map(([cell]) => cell).sort());
      let worst = 0;
      for (const [cell, exposure] of expected) worst = Math.max(worst, Math.abs(found[cell] / exposure - 1));
      // powers: 1e-13 of the kernel, a few ulp of numpy's own
      expect(worst).toBeLessThan(5e-13);
    });
  }
});
