import { describe, expect, it } from 'vitest';
import { mostDeviation } from '../../../bindings/hierarchy/pooling.js';
import { searchSpread } from '../../../bindings/hierarchy/spreads.js';

interface Evidence {
  readonly count: number;
  readonly squares: number;
  readonly variances: number;
}

/** squares / s^2 + variances / s^2 - count + (1 - s^2) / (1 + s^2): the slope in ln s that the search brings to 0. */
const slopeAt = ({ count, squares, variances }: Evidence, s: number) =>
  (squares + variances) / s ** 2 - count + (1 - s ** 2) / (1 + s ** 2);

/** Where the slope changes sign, by halving; it falls all the way. */
function rootOf(evidence: Evidence): number {
  let [low, high] = [-20, 20];
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (slopeAt(evidence, Math.exp(middle)) > 0) low = middle;
    else high = middle;
  }
  return Math.exp(low);
}

/** Rounds until a proposal is within 1e-9 of what it comes from, with the evidence of each round. */
function settle(start: number, evidenceAt: (deviation: number) => Evidence) {
  const search = searchSpread(start);
  for (let round = 1; round <= 200; round++) {
    const from = search.deviation;
    const to = search.propose(evidenceAt(from));
    expect(search.deviation).toBe(from); // not yet
    if (Math.abs(Math.log(to / from)) < 1e-9) return { found: from, rounds: round };
    search.adopt();
    expect(search.deviation).toBe(to);
  }
  throw new Error('did not settle');
}

describe('the search of a spread', () => {
  for (const evidence of [
    { count: 1, squares: 0.1, variances: 0.05 },
    { count: 2, squares: 0.5, variances: 0 },
    { count: 7, squares: 0.02, variances: 0.3 },
    { count: 1000, squares: 90, variances: 12 },
    { count: 40, squares: 60, variances: 1 },
  ]) {
    it(`ends where the slope is 0: ${JSON.stringify(evidence)}`, () => {
      for (const start of [0.05, 0.3, 2]) {
        const { found, rounds } = settle(start, () => evidence);
        expect(Math.abs(found / rootOf(evidence) - 1)).toBeLessThan(1e-7);
        expect(rounds).toBeLessThan(60);
      }
    });
  }

  it('ends there also where what is left open moves with it', () => {
    // 12 normal means of variance 0.04 around 0: squares and variances shrink with the prior
    const sums = 12 * (0.09 + 0.04);
    const evidenceAt = (s: number): Evidence => {
      const kept = s ** 2 / (s ** 2 + 0.04);
      return { count: 12, squares: kept ** 2 * sums, variances: 12 * kept * 0.04 };
    };
    const { found, rounds } = settle(0.3, evidenceAt);
    expect(Math.abs(slopeAt(evidenceAt(found), found))).toBeLessThan(1e-6);
    expect(rounds).toBeLessThan(40);
    // near the variance that the means have beyond their own
    expect(Math.abs(found ** 2 / 0.09 - 1)).toBeLessThan(0.2);
  });

  it('stays between 0.001 and its bound, and moves at most by a factor of e', () => {
    const at = (start: number, evidence: Evidence) => searchSpread(start).propose(evidence);
    expect(at(0.3, { count: 5, squares: 1e9, variances: 0 })).toBeCloseTo(0.3 * Math.E, 8);
    expect(at(0.3, { count: 50, squares: 0, variances: 0 })).toBeCloseTo(0.3 / Math.E, 12);
    expect(at(1, { count: 5, squares: 1e9, variances: 0 })).toBe(mostDeviation);
    expect(at(0.0011, { count: 50, squares: 0, variances: 0 })).toBe(0.001);
  });
});
