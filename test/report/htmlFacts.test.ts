import { describe, expect, it } from 'vitest';
import { carryOverOf, responseOf } from '../../bindings/report/html/facts.js';

const rounded = (values: ArrayLike<number>) => Array.from(values, (x) => Number(x.toPrecision(12)));

describe('carry-over by lag', () => {
  it('is all at once without an adstock', () => {
    expect(carryOverOf({ kind: 'none' }, 10)).toEqual({
      first: 0,
      shares: Float64Array.of(1),
      rest: 0,
      gain: 1,
      meanLag: 0,
      halfBy: 0,
      halfLife: null,
    });
  });

  it('halves from lag to lag at decay 0.5: a half-life of one period, a mean lag of one', () => {
    const { shares, rest, gain, meanLag, halfBy, halfLife } = carryOverOf({ kind: 'geometric', decay: 0.5 }, 5);
    expect(rounded(shares)).toEqual([0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125, 0.00390625, 0.001953125]);
    expect(rest).toBeCloseTo(0.5 ** 9, 12);
    expect([gain, meanLag, halfBy]).toEqual([2, 1, 0]);
    expect(halfLife).toBeCloseTo(1, 14);
  });

  it('takes decay 0 and decays next to 1 in its stride', () => {
    expect(carryOverOf({ kind: 'geometric', decay: 0 }, 5)).toMatchObject({ meanLag: 0, halfBy: 0, halfLife: null });
    const slow = carryOverOf({ kind: 'geometric', decay: 1 - 1e-12, normalize: true }, 5);
    expect(slow.shares.length).toBe(104);
    expect(slow.rest).toBeGreaterThan(0.999);
    expect(slow.halfBy).toBeGreaterThan(6.9e11);
    expect(slow.gain).toBe(1);
  });

  it('has the median lag of 0.7 by hand: 1 - 0.7^2 = 0.51', () => {
    expect(carryOverOf({ kind: 'geometric', decay: 0.7 }, 5).halfBy).toBe(1);
  });

  it('begins before the exposure where a kernel leads', () => {
    const { first, shares, meanLag, halfBy, gain } = carryOverOf({ kind: 'kernel', weights: [1, 2, 1], lead: 1 }, 50);
    expect([first, [...shares], meanLag, halfBy, gain]).toEqual([-1, [0.25, 0.5, 0.25], 0, 0, 4]);
  });

  it('leaves out what is too faint to draw at the end, and says how much', () => {
    const { shares, rest } = carryOverOf({ kind: 'kernel', weights: [1, 0, 1, 0.0001, 0] }, 50);
    expect(shares.length).toBe(3);
    expect(rest).toBeCloseTo(0.0001 / 2.0001, 12);
  });
});

describe('the curve where the data lie', () => {
  it('finds half of the limit: hill by its parameter, logistic at ln 3 / rate, exponential at ln 2 / rate', () => {
    const halfOf = (saturation: Parameters<typeof responseOf>[0]['saturation']) =>
      responseOf({ saturation }, new Float64Array(0)).half;
    expect(halfOf({ kind: 'hill', halfSaturation: 0.4, slope: 1.7 })!.x).toBeCloseTo(0.4, 12);
    expect(halfOf({ kind: 'hill', halfSaturation: 3e5, slope: 1, amplitude: 7 })!.limit).toBe(7);
    expect(halfOf({ kind: 'logistic', rate: 2 })!.x).toBeCloseTo(Math.log(3) / 2, 12);
    expect(halfOf({ kind: 'exponential', rate: 2 })!.x).toBeCloseTo(Math.log(2) / 2, 12);
    expect(halfOf({ kind: 'tanh', ceiling: 4, cost: 2 })!.limit).toBe(4);
    for (const kind of ['none', 'log'] as const) expect(halfOf({ kind })).toBeNull();
    expect(halfOf({ kind: 'power', exponent: 0.5 })).toBeNull();
  });

  it('counts the data above it and knows the middle one', () => {
    const scaled = Float64Array.of(0.9, 0.1, 0.5, 0.3, 0.2);
    const { count, aboveHalf, median, medianShare, x, y, isData } = responseOf(
      { saturation: { kind: 'hill', halfSaturation: 0.4, slope: 1 } },
      scaled,
    );
    expect([count, aboveHalf, median]).toEqual([5, 2, 0.3]);
    expect(medianShare).toBeCloseTo(0.3 / 0.7, 12);
    expect([...x].filter((_, i) => isData[i])).toEqual([0.1, 0.2, 0.3, 0.5, 0.9]);
    for (let i = 0; i < x.length; i++) expect(y[i]).toBeCloseTo(x[i] / (x[i] + 0.4), 12);
    for (let i = 1; i < x.length; i++) expect(x[i]).toBeGreaterThanOrEqual(x[i - 1]);
    expect(x[x.length - 1]).toBeCloseTo(0.945, 12);
  });

  it('draws many data as a sample at even ranks, ends included', () => {
    const scaled = Float64Array.from({ length: 100_001 }, (_, i) => (i * 7919) % 100_001);
    const { x, isData, count } = responseOf({ saturation: { kind: 'michaelisMenten', halfSaturation: 5 } }, scaled);
    const drawn = [...x].filter((_, i) => isData[i]);
    expect([count, drawn.length, drawn[0], drawn[399]]).toEqual([100_001, 400, 0, 100_000]);
    expect(drawn[200]).toBe(Math.floor((200 * 100_000) / 399));
  });

  it('shows a curve without data up to twice its half saturation, a line up to 1', () => {
    const hill = responseOf({ saturation: { kind: 'hill', halfSaturation: 3, slope: 1 } }, new Float64Array(0));
    expect([hill.count, hill.aboveHalf, hill.x[0]]).toEqual([0, 0, 0]);
    expect(hill.x[hill.x.length - 1]).toBeCloseTo(3.75, 9);
    const line = responseOf({}, new Float64Array(0));
    expect([line.x[line.x.length - 1], line.y[line.y.length - 1]]).toEqual([1, 1]);
  });
});
