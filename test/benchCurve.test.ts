import { describe, expect, it } from 'vitest';
import { bestGaps, type Curve, continued, crossing, nextLook, timesTo } from '../bench/solvers/curve.js';
import { hcp } from '../bench/solvers/hcp.js';
import { plainEm } from '../bench/solvers/plainEm.js';
import { worked } from '../bench/solvers/problems.js';

/** A run of `length` iterations with this gap at each look, at `pace` seconds an iteration. */
function runOf(length: number, gapAt: (iteration: number) => number, pace = 1): Curve {
  const iterations: number[] = [];
  for (let t = 1; t <= length; t = nextLook(t)) iterations.push(t);
  return { iterations, seconds: iterations.map((t) => pace * t), gaps: iterations.map(gapAt) };
}

describe('curves of rivals', () => {
  it('a run that gets there is timed between the two looks around the gap', () => {
    // the gap 1/t^2 is a straight line in logarithms, so the crossing is exact though no look falls on it
    const reached = crossing(
      runOf(2000, (t) => t ** -2, 0.5),
      1e-6,
    );
    expect(reached?.iterations).toBe(1000);
    expect(reached?.seconds).toBeCloseTo(500, 6);
  });

  it('a gap once proven stays proven when a later look is worse', () => {
    const curve = { iterations: [1, 2, 3], seconds: [1, 2, 3], gaps: [1, 1e-3, 1e-1] };
    expect(bestGaps(curve)).toEqual([1, 1e-3, 1e-3]);
    expect(crossing(curve, 1e-3)!.iterations).toBe(2);
    expect(crossing(curve, 1e-4)).toBe(null);
  });

  it('a run that is cut off while it decays geometrically is continued exactly', () => {
    const decay = (t: number) => Math.exp(-t / 50);
    expect(continued(runOf(300, decay), 1e-8)).toBeCloseTo(50 * Math.log(1e8), 6);
  });

  it('a run that slows down is never continued past the truth', () => {
    const slowing = (t: number) => 0.9 * Math.exp(-t / 20) + 0.09 * Math.exp(-t / 200) + 0.01 * Math.exp(-t / 2000);
    const truth = 2000 * Math.log(0.01 / 1e-8);
    for (const length of [50, 200, 1000, 5000]) {
      expect(continued(runOf(length, slowing), 1e-8)).toBeLessThanOrEqual(truth * (1 + 1e-9));
    }
    const power = (t: number) => 1 / t;
    expect(continued(runOf(1000, power), 1e-8)).toBeLessThan(1e8);
  });

  it('a run of EM, cut off anywhere, is never continued past the truth', () => {
    const whole = plainEm(hcp(400, 80, 5, 1), 1e-8, 60);
    const truth = crossing(whole, 1e-8)!.iterations;
    for (let length = 10; length < whole.iterations.length; length += 5) {
      const cut = (values: readonly number[]) => values.slice(0, length);
      const stopped = { iterations: cut(whole.iterations), seconds: cut(whole.seconds), gaps: cut(whole.gaps) };
      expect(continued(stopped, 1e-8)).toBeLessThanOrEqual(truth + 1);
    }
  });

  it('a curve that does not fall says nothing', () => {
    const flat = runOf(100, () => 0.5);
    expect(timesTo([flat], 1e-8)).toEqual([null]);
  });

  it('one that is cut off is counted with the iterations of one that got there, at its own pace', () => {
    const gapAt = (t: number) => Math.exp(-t / 50);
    const [slow, quick] = timesTo([runOf(100, gapAt, 3), runOf(2000, gapAt, 1)], 1e-8);
    expect(quick?.how).toBe('measured');
    expect(quick?.iterations).toBe(Math.round(50 * Math.log(1e8)));
    expect(slow).toEqual({ iterations: quick!.iterations, seconds: 3 * quick!.iterations, how: 'counted' });
    expect(timesTo([runOf(100, gapAt, 3)], 1e-8)[0]?.how).toBe('continued');
  });
});

describe('plain EM in JS', () => {
  it('reaches the certified optimum of the worked example', () => {
    const { gaps, likelihood } = plainEm(worked(), 1e-10, 10);
    expect(gaps[gaps.length - 1]).toBeLessThanOrEqual(1e-10);
    // totals 100 and 60 fit exactly: 100 ln 100 + 60 ln 60
    expect(likelihood).toBeCloseTo(706.1777, 3);
  });

  it('stops when its time is up', () => {
    const { gaps } = plainEm(worked(), 0, 1e-9);
    expect(gaps.length).toBe(1);
  });
});
