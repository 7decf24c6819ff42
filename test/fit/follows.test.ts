import { describe, expect, it } from 'vitest';
import { fit, type Model } from '../../bindings/index.js';
import { randomOf } from '../support/kernels.js';

const bricks = 30;
const random = randomOf(71);
const exposure = Array.from({ length: bricks }, () => [0, 1, 2].map(() => 1 + Math.floor(random() * 40)));

/** Totals of two components of this exposure: the first at these productivities, the second with noise. */
async function fitOf(rates: readonly number[], model: Model['model'], noise = 0) {
  const rows = ['a', 'b'].flatMap((part) =>
    exposure.map((w, b) => {
      const total = w.reduce((sum, x, h) => sum + x * rates[h], 0);
      const off = part === 'b' ? 1 + 0.3 * Math.sin(b) : 1 + noise * Math.cos(7 * b);
      return { brick: `${part}${b}`, total: total * off, w: w.map((x, h) => ({ h: `${part}-${h}`, x })) };
    }),
  );
  const found = await fit(
    {
      totals: { brick: rows.map(({ brick }) => brick), total: rows.map(({ total }) => total) },
      exposure: {
        brick: rows.flatMap(({ brick, w }) => w.map(() => brick)),
        entity: rows.flatMap(({ w }) => w.map(({ h }) => h)),
        x: rows.flatMap(({ w }) => w.map(({ x }) => x)),
      },
    },
    {
      totals: { brick: ['brick'], value: 'total' },
      exposure: { brick: ['brick'], entity: ['entity'], value: 'x' },
      model,
    },
  );
  const { trust, productivity } = found.entities.columns;
  const { part, share } = { part: found.allocation.columns.allocation, share: found.allocation.columns.exposure };
  return {
    trust: Array.from(trust),
    productivity: Array.from(productivity),
    // of the first component, in the order of bricks and entities
    perExposure: Array.from(part.subarray(0, 3 * bricks), (z, i) => z / share[i]),
    warnings: found.warnings.filter(({ code }) => code === 'totals-follow-exposure').map(({ message }) => message),
  };
}

const follows =
  '1 component: totals are one number times this very exposure: they tell nothing of productivities, so these are alike, the split is the proportional one and trust is 0.';

describe('totals that repeat their exposure', () => {
  const models: [string, Model['model']][] = [
    ['gamma pooling', undefined],
    ['no pooling', { pooling: { kind: 'none' } }],
    ['lognormal pooling', { pooling: { kind: 'lognormal', spread: 0.3 } }],
  ];
  it.each(models)('have trust 0, and the proportional split: %s', async (_, model) => {
    const { trust, productivity, perExposure, warnings } = await fitOf([2.5, 2.5, 2.5], model);
    expect(trust.slice(0, 3)).toEqual([0, 0, 0]);
    for (const own of trust.slice(3)) expect(own).toBeGreaterThan(0);
    for (const own of [...productivity.slice(0, 3), ...perExposure]) expect(Math.abs(own / 2.5 - 1)).toBeLessThan(1e-9);
    expect(warnings).toEqual([follows]);
  });

  it('are those within a thousandth of it', async () => {
    const near = await fitOf([2.5, 2.5, 2.5], undefined, 5e-4);
    expect(near.trust.slice(0, 3)).toEqual([0, 0, 0]);
    const far = await fitOf([2.5, 2.5, 2.5], undefined, 5e-3);
    for (const own of far.trust.slice(0, 3)) expect(own).toBeGreaterThan(0.5);
    expect(far.warnings).toEqual([]);
  });

  it('are no totals at productivities that differ, which they show exactly', async () => {
    const { trust, productivity, warnings } = await fitOf([1, 2, 6], undefined);
    for (const own of trust.slice(0, 3)) expect(own).toBeGreaterThan(0.99);
    expect(productivity[2] / productivity[0]).toBeCloseTo(6, 2);
    expect(warnings).toEqual([
      '1 component: totals look computed from this very exposure, at productivities that leave next to nothing over.',
    ]);
  });
});
