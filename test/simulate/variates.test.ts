import { describe, expect, it } from 'vitest';
import { amountOf, countOf, factorOf, lognormalOf } from '../../bindings/simulate/noise.js';
import { openStream } from '../../bindings/simulate/random.js';
import { binomialOf } from '../../bindings/simulate/variates.js';
import { mean } from '../support/simulations.js';

/** Central moments of a law: mean, variance, third and fourth. */
type Moments = [mean: number, variance: number, third: number, fourth: number];

/** Sample mean and variance lie within 5 of their standard errors, which follow from the law's own moments. */
function expectMoments(values: readonly number[], [middle, spread, , fourth]: Moments, label: string) {
  const count = values.length;
  const sampleMean = mean(values);
  expect(Math.abs(sampleMean - middle), `${label}: mean ${sampleMean}, law ${middle}`).toBeLessThanOrEqual(
    5 * Math.sqrt(spread / count),
  );
  const sampleVariance = mean(values.map((x) => (x - middle) ** 2));
  expect(Math.abs(sampleVariance - spread), `${label}: variance ${sampleVariance}, law ${spread}`).toBeLessThanOrEqual(
    5 * Math.sqrt((fourth - spread * spread) / count),
  );
}

const poissonMoments = (rate: number): Moments => [rate, rate, rate, rate + 3 * rate * rate];
const gammaMoments = (shape: number): Moments => [shape, shape, 2 * shape, 3 * shape * shape + 6 * shape];

/** Pearson's statistic of counts against probabilities, cells of fewer than 10 expected left to a common rest. */
function expectFrequencies(values: readonly number[], probability: (value: number) => number, label: string) {
  const seen = new Map<number, number>();
  for (const value of values) seen.set(value, (seen.get(value) ?? 0) + 1);
  let [statistic, cells, restSeen, restExpected] = [0, 0, values.length, values.length];
  for (let value = 0; value <= Math.max(...seen.keys()); value++) {
    const expected = values.length * probability(value);
    if (expected < 10) continue;
    statistic += ((seen.get(value) ?? 0) - expected) ** 2 / expected;
    restSeen -= seen.get(value) ?? 0;
    restExpected -= expected;
    cells++;
  }
  if (restExpected > 1) statistic += (restSeen - restExpected) ** 2 / restExpected;
  expect(cells).toBeGreaterThan(1);
  expect(statistic, `${label}: ${statistic} on ${cells} cells`).toBeLessThan(cells + 5 * Math.sqrt(2 * cells));
}

/** Logarithm of n! by summation. */
const logFactorial = (n: number) => Array.from({ length: n }, (_, i) => Math.log(i + 1)).reduce((sum, x) => sum + x, 0);

/** Largest distance between the sample's and the law's distribution function, times root n: above 2.2 once in 8,000. */
function kolmogorov(values: readonly number[], cdf: (x: number) => number): number {
  const sorted = [...values].sort((a, b) => a - b);
  let most = 0;
  sorted.forEach((x, i) => {
    const p = cdf(x);
    most = Math.max(most, p - i / sorted.length, (i + 1) / sorted.length - p);
  });
  return most * Math.sqrt(sorted.length);
}

describe('normal', () => {
  it('has the moments of the standard normal law', () => {
    const random = openStream(21, 0);
    const values = Array.from({ length: 100_000 }, random.normal);
    expectMoments(values, [0, 1, 0, 3], 'normal');
    // third moment 0 with variance 15, fourth 3 with variance 105 - 9
    expect(Math.abs(mean(values.map((x) => x ** 3)))).toBeLessThan(5 * Math.sqrt(15 / 100_000));
    expect(Math.abs(mean(values.map((x) => x ** 4)) - 3)).toBeLessThan(5 * Math.sqrt(96 / 100_000));
  });
});

describe('gamma', () => {
  it('has the moments of its law at any shape', () => {
    for (const shape of [0.05, 0.5, 1, 1.5, 7, 300, 1e9]) {
      const random = openStream(22, 0);
      const count = shape === 1 ? 300_000 : 40_000; // enough to notice an error of 0.01 in the recipe's shape
      const values = Array.from({ length: count }, () => random.gamma(shape));
      expectMoments(values, gammaMoments(shape), `gamma(${shape})`);
    }
  });

  it('follows its law: exponential at shape 1, three events at shape 3, a square of a normal at shape 1/2', () => {
    const random = openStream(23, 0);
    const sample = (shape: number) => Array.from({ length: 20_000 }, () => random.gamma(shape));
    expect(kolmogorov(sample(1), (x) => 1 - Math.exp(-x))).toBeLessThan(2.2);
    expect(kolmogorov(sample(3), (x) => 1 - Math.exp(-x) * (1 + x + (x * x) / 2))).toBeLessThan(2.2);
    // erf by its series, good for the arguments that occur
    const erf = (x: number) => {
      let [term, sum] = [x, x];
      for (let n = 1; n < 200; n++) {
        term *= (-x * x) / n;
        sum += term / (2 * n + 1);
      }
      return x > 4.5 ? 1 : (2 / Math.sqrt(Math.PI)) * sum;
    };
    expect(kolmogorov(sample(0.5), (x) => erf(Math.sqrt(x)))).toBeLessThan(2.2);
  });

  it('is zero at shape zero and finite at shapes that underflow', () => {
    const random = openStream(24, 0);
    expect(random.gamma(0)).toBe(0);
    for (let i = 0; i < 1000; i++) expect(random.gamma(1e-300)).toBe(0);
    expect(Number.isFinite(random.gamma(5e-324))).toBe(true);
  });
});

describe('poisson', () => {
  it('has the moments of its law at any mean', () => {
    for (const rate of [0.01, 0.5, 3, 15.9, 16, 40, 1000, 123456.7, 1e12]) {
      const random = openStream(25, 0);
      const values = Array.from({ length: 30_000 }, () => random.poisson(rate));
      expectMoments(values, poissonMoments(rate), `poisson(${rate})`);
      for (const value of values)
        if (!Number.isInteger(value) || value < 0) expect.fail(`poisson(${rate}) gave ${value}`);
    }
  });

  it('gives every count its probability, on both sides of the change of recipe', () => {
    for (const rate of [0.7, 5, 15.9, 16.1, 50, 200]) {
      const random = openStream(26, 0);
      const values = Array.from({ length: 40_000 }, () => random.poisson(rate));
      const probability = (n: number) => Math.exp(n * Math.log(rate) - rate - logFactorial(n));
      expectFrequencies(values, probability, `poisson(${rate})`);
    }
  });

  it('is zero at mean zero', () => {
    const random = openStream(27, 0);
    for (let i = 0; i < 100; i++) expect(random.poisson(0)).toBe(0);
  });
});

describe('binomialOf', () => {
  it('gives every count its probability, few trials and many', () => {
    for (const [trials, p] of [
      [1, 0.3],
      [15, 0.5],
      [16, 0.9],
      [17, 0.02],
      [100, 0.35],
      [1001, 0.97],
    ]) {
      const { uniform } = openStream(28, 0);
      const values = Array.from({ length: 40_000 }, () => binomialOf(uniform, trials, p));
      const probability = (n: number) =>
        Math.exp(
          logFactorial(trials) -
            logFactorial(n) -
            logFactorial(trials - n) +
            n * Math.log(p) +
            (trials - n) * Math.log(1 - p),
        );
      expectFrequencies(values, probability, `binomial(${trials}, ${p})`);
    }
  });

  it('takes probabilities 0 and 1 at their word', () => {
    const { uniform } = openStream(29, 0);
    for (const trials of [0, 1, 16, 1000]) {
      expect(binomialOf(uniform, trials, 0)).toBe(0);
      expect(binomialOf(uniform, trials, 1)).toBe(trials);
    }
  });
});

describe('noise', () => {
  it('disperses counts as asked, and not at all at 1', () => {
    const random = openStream(30, 0);
    const [rate, dispersion, count] = [6, 4, 40_000];
    const values = Array.from({ length: count }, () => countOf(random, rate, dispersion));
    // a Poisson count of a gamma rate of scale d: cumulants rate (1, 1+d, 1+3d+2d^2, 1+7d+12d^2+6d^3)
    const d = dispersion - 1;
    const spread = rate * dispersion;
    const fourth = rate * (1 + 7 * d + 12 * d * d + 6 * d ** 3) + 3 * spread * spread;
    expectMoments(values, [rate, spread, 0, fourth], 'countOf');
    expect(countOf(openStream(31, 0), 50, 1)).toBe(openStream(31, 0).poisson(50));
  });

  it('disperses amounts as asked, and gives the mean at 0', () => {
    const random = openStream(32, 0);
    const values = Array.from({ length: 40_000 }, () => amountOf(random, 120, 10));
    const [, spread, , fourth] = gammaMoments(12);
    expectMoments(values, [120, 100 * spread, 0, 1e4 * fourth], 'amountOf');
    expect(amountOf(random, 7.5, 0)).toBe(7.5);
  });

  it('draws factors of mean 1 and the variance asked for, and 1 at 0', () => {
    const random = openStream(33, 0);
    const values = Array.from({ length: 40_000 }, () => factorOf(random, 0.25));
    const [, , , fourth] = gammaMoments(4);
    expectMoments(values, [1, 0.25, 0, fourth / 4 ** 4], 'factorOf');
    expect(factorOf(random, 0)).toBe(1);
  });

  it('draws lognormal factors of mean 1 and the spread asked for, and 1 at 0', () => {
    const random = openStream(34, 0);
    const values = Array.from({ length: 40_000 }, () => lognormalOf(random.normal(), 0.4));
    const v = 0.16; // fourth central moment from the raw ones, E x^k = (1 + v)^(k(k-1)/2)
    const raw = (k: number) => (1 + v) ** ((k * (k - 1)) / 2);
    expectMoments(values, [1, v, 0, raw(4) - 4 * raw(3) + 6 * raw(2) - 3], 'lognormalOf');
    expect(lognormalOf(-1.7, 0)).toBe(1);
  });
});
