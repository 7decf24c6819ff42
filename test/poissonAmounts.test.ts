import { describe, expect, it } from 'vitest';
import { fit, type Model } from '../bindings/index.js';
import { randomOf } from './support/kernels.js';

const model: Model = {
  totals: { brick: ['b'], value: 'y' },
  exposure: { brick: ['b'], entity: ['e'], value: 'x' },
  model: { family: 'poisson' },
};

/** Forty bricks of two entities, each total 100 times its exposure, changed by `noise`. */
function tables(noise: (b: number) => number) {
  const b = Array.from({ length: 40 }, (_, k) => k);
  const exposure = {
    b: [...b, ...b],
    e: [...b.map(() => 'a'), ...b.map(() => 'c')],
    x: [...b, ...b].map((k, i) => 1 + ((k * (i < 40 ? 3 : 7)) % 5)),
  };
  return { totals: { b, y: b.map((k) => 100 * (exposure.x[k] + exposure.x[40 + k]) + noise(k)) }, exposure };
}

const messages = async (noise: (b: number) => number, family: 'poisson' | 'quasiPoisson' = 'poisson') => {
  const { warnings } = await fit(tables(noise), { ...model, model: { family } });
  return warnings.filter(({ code }) => code === 'poisson-amounts').map(({ message }) => message);
};

const cure = 'Trust and standard errors would change with the unit of the totals: use model.family "quasiPoisson".';

describe('family poisson', () => {
  it('says how many totals are no whole numbers', async () => {
    expect(await messages((b) => (b < 3 ? 0.5 : 0))).toEqual([
      `family "poisson" is for counts: 3 of 40 totals are no whole numbers. ${cure}`,
    ]);
  });

  it('says how much whole totals vary beyond counts, and how much below', async () => {
    const [more] = await messages((b) => (b % 2 === 0 ? 1 : -1) * 120);
    expect(more).toMatch(
      /^family "poisson" is for counts: these totals vary more than counts would, their variance is (\d+\.?\d*) times their mean\./,
    );
    const [less] = await messages(() => 0);
    expect(less).toMatch(/vary less than counts would, their variance is [\d.e-]+ times their mean\. Trust/);
  });

  it('says nothing of counts, nor of amounts under another family', async () => {
    const random = randomOf(5);
    // a sum of twelve uniform numbers is near normal: variance 600, the mean of these totals
    const noise = Array.from({ length: 40 }, () => {
      let sum = -6;
      for (let k = 0; k < 12; k++) sum += random();
      return Math.round(sum * Math.sqrt(600));
    });
    expect(await messages((b) => noise[b])).toEqual([]);
    expect(await messages((b) => noise[b] + 0.5, 'quasiPoisson')).toEqual([]);
  });
});
