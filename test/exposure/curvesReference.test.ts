import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Adstock, parseModel, type Saturation } from '../../bindings/index.js';
import { difference } from '../support/elementary.js';
import { bothKernels } from '../support/kernels.js';
import { carried, saturated } from './curves.js';

// every kind at random parameters, computed by numpy and scipy: curvesReference.py beside this
const reference: {
  adstocks: { adstock: Adstock; x: number[]; y: number[] }[];
  saturations: { saturation: Saturation; x: number[]; y: number[] }[];
} = JSON.parse(readFileSync(new URL('./curvesReference.json', import.meta.url), 'utf8'));

const sets = await bothKernels();

function expectClose(found: Float64Array, expected: readonly number[]) {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(found[i] - value), `at ${i}: ${found[i]} for ${value}`).toBeLessThanOrEqual(1e-12 * value);
  }
}

const titled = (of: Adstock | Saturation) => JSON.stringify(of).slice(0, 100);

describe.each(sets)('curves at random parameters (%s)', (...set) => {
  it.each(reference.adstocks.map((row) => [titled(row.adstock), row] as const))(
    '%s carries over as scipy has it, to 1e-12',
    (_, { adstock, x, y }) => expectClose(carried(set, adstock, x), y),
  );

  it.each(reference.saturations.map((row) => [titled(row.saturation), row] as const))(
    '%s bends as numpy has it, to 1e-12',
    (_, { saturation, x, y }) => expectClose(saturated(set, saturation, x), y),
  );
});

describe('curves at random parameters', () => {
  it('are of every kind, and a configuration accepts them', () => {
    const kinds = new Set([
      ...reference.adstocks.map(({ adstock }) => adstock.kind),
      ...reference.saturations.map(({ saturation }) => saturation.kind),
    ]);
    expect(kinds.size).toBe(7 + 9);
    const tables = { totals: { brick: ['b'], value: 'y' }, exposure: { brick: ['b'], entity: ['e'], value: 'x' } };
    const with_ = (curves: object) => () => parseModel({ ...tables, effectiveExposure: { time: 'b', curves } });
    for (const { adstock } of reference.adstocks) expect(with_({ adstock })).not.toThrow();
    for (const { saturation } of reference.saturations) expect(with_({ saturation })).not.toThrow();
  });

  it('have the same bits in both kernel sets', () => {
    const [wasm, js] = sets;
    for (const { adstock, x } of reference.adstocks) {
      expect(difference(carried(wasm, adstock, x), carried(js, adstock, x), [x])).toBeNull();
    }
    for (const { saturation, x } of reference.saturations) {
      expect(difference(saturated(wasm, saturation, x), saturated(js, saturation, x), [x])).toBeNull();
    }
  });
});
