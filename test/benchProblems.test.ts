import { describe, expect, it } from 'vitest';
import { hcp } from '../bench/solvers/hcp.js';
import { mmm } from '../bench/solvers/mmm.js';
import { largestDifference, misplaced, prepareFits } from '../bench/solvers/ours.js';
import { compiled, type Panel } from '../bench/solvers/panel.js';
import { problemsNamed, worked } from '../bench/solvers/problems.js';
import { sparse } from '../bench/solvers/sparse.js';

const plans = { plans: 6, campaignsPerPlan: 5, weeks: 104, geos: 10 };
const makers: Record<string, () => Panel> = {
  hcp: () => hcp(400, 80, 5, 1),
  mmm: () => mmm(plans, 3),
  sparse: () => sparse(2000, 50000, 5),
};

/** How many parts the bricks and entities fall into. */
function componentsOf({ segments, column, entities }: Panel): number {
  const parent = Int32Array.from({ length: entities }, (_, h) => h);
  const root = (h: number): number => {
    while (parent[h] !== h) h = parent[h] = parent[parent[h]];
    return h;
  };
  for (let b = 0; b + 1 < segments.length; b++) {
    for (let j = segments[b]; j < segments[b + 1]; j++) parent[root(column[j])] = root(column[segments[b]]);
  }
  return parent.filter((p, h) => p === h).length;
}

describe.each(Object.entries(makers))('problems of the solver benchmark: %s', (_, make) => {
  const panel = make();
  const { segments, column, exposure, totals, entities } = panel;

  it('is the same whenever it is made', () => {
    expect(make()).toEqual(panel);
  });

  it('has bricks of distinct, rising entities, all with exposure', () => {
    for (let b = 0; b < totals.length; b++) {
      expect(segments[b + 1]).toBeGreaterThan(segments[b]);
      for (let j = segments[b] + 1; j < segments[b + 1]; j++) {
        if (!(column[j] > column[j - 1])) expect.fail(`brick ${b}: ${column[j - 1]} then ${column[j]}`);
      }
    }
    expect(exposure.every((w) => w > 0 && w < Number.POSITIVE_INFINITY)).toBe(true);
    expect(new Set(column).size).toBe(entities);
  });

  it('is one component', () => {
    expect(componentsOf(panel)).toBe(1);
  });

  it('has totals of mean 1,000', () => {
    const mean = totals.reduce((sum, y) => sum + y, 0) / totals.length;
    expect(Math.abs(mean / 1000 - 1)).toBeLessThan(0.02);
  });

  it('keeps its shares when it is compiled', () => {
    const whole = compiled(make());
    expect(whole.totals.every((y, b) => y * whole.totalScale[0] === totals[b] && y <= 2)).toBe(true);
    expect(whole.exposure.every((w, j) => w * whole.exposureScale[0] === exposure[j] && w <= 2)).toBe(true);
  });
});

describe('shapes of the solver benchmark', () => {
  it('the media panel is nearly dense', () => {
    const { exposure, totals, entities } = makers.mmm();
    expect(totals.length).toBe(1040);
    expect(entities).toBe(30);
    expect(exposure.length).toBeGreaterThan(0.9 * 30 * 1040);
  });

  it('campaigns of a plan are close to each other, campaigns of different plans are not', () => {
    const { segments, column, exposure } = makers.mmm();
    const columns = Array.from({ length: 30 }, () => new Float64Array(segments.length - 1));
    for (let b = 0; b + 1 < segments.length; b++) {
      for (let j = segments[b]; j < segments[b + 1]; j++) columns[column[j]][b] = exposure[j];
    }
    const cosine = (k: number, l: number) => {
      const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, v, b) => sum + v * y[b], 0);
      return dot(columns[k], columns[l]) / Math.sqrt(dot(columns[k], columns[k]) * dot(columns[l], columns[l]));
    };
    const inside: number[] = [];
    const outside: number[] = [];
    for (let k = 0; k < 30; k++) {
      for (let l = 0; l < k; l++) {
        (Math.floor(k / 5) === Math.floor(l / 5) ? inside : outside).push(cosine(k, l));
      }
    }
    expect(Math.min(...inside)).toBeGreaterThan(0.94);
    expect(Math.max(...outside)).toBeLessThan(0.9);
  });

  it('sparse bricks have about 40 entities', () => {
    const { exposure, totals } = makers.sparse();
    expect(exposure.length).toBeGreaterThanOrEqual(50000);
    expect(exposure.length).toBeLessThan(50200);
    expect(Math.abs(exposure.length / totals.length / 40 - 1)).toBeLessThan(0.1);
  });

  it('a few territories hold a large part of the doctors', () => {
    const { segments } = makers.hcp();
    const sizes = Array.from({ length: 80 }, (_, b) => segments[b + 1] - segments[b]).sort((a, b) => b - a);
    expect(sizes[0]).toBeGreaterThan(2 * sizes[40]);
  });

  it('an unknown problem is refused', () => {
    expect(() => problemsNamed(['mmm-31'])).toThrow(
      'expected one of worked, hcp-400, hcp-20k, mmm-30, mmm-300, sparse-1m, sparse-4m, sparse-10m, sparse-40m, got mmm-31',
    );
  });

  it('mass is misplaced by what has to be moved', () => {
    // brick 100: from (50, 25, 25) to (25, 50, 25) moves 25; brick 60: from (20, 20, 20) to (30, 15, 15) moves 10
    const one = Float64Array.of(2, 1, 1, 1);
    const other = Float64Array.of(1, 2, 1, 1);
    expect(misplaced(worked(), one, other)).toBeCloseTo(35 / 160, 14);
    expect(largestDifference(worked(), one, other)).toBeCloseTo(0.25, 14);
    expect(misplaced(worked(), one, one)).toBe(0);
  });
});

describe('timed fits of the solver benchmark', () => {
  const task = { solver: 'auto', family: 'quasiPoisson', cap: 60 } as const;

  it.each(['none', 'default'] as const)(
    'a fit is marked where its gap is first certified (pooling %s)',
    async (pooling) => {
      const fit = await prepareFits(worked(), 'wasm');
      const run = await fit({ ...task, pooling, tolerance: 1e-8, firstRoundOnly: false });
      expect(run.fit?.solution.converged).toBe(true);
      const passes = run.marks.map((mark) => mark!.passes);
      expect([...passes].sort((a, b) => a - b)).toEqual(passes);
      expect(passes[2]).toBeLessThanOrEqual(run.passes);
      expect(run.marks[2]!.productivity).toEqual(run.roundEnd);
      expect(run.marks[0]!.seconds).toBeLessThanOrEqual(run.marks[2]!.seconds);
      expect(run.traceSeconds).toBeLessThan(run.seconds);
    },
  );

  it('a first round continued further ends nearer to the optimum', async () => {
    const fit = await prepareFits(makers.hcp(), 'wasm');
    const near = await fit({ ...task, pooling: 'none', tolerance: 1e-4, firstRoundOnly: false });
    const whole = await fit({ ...task, pooling: 'none', tolerance: 1e-10, firstRoundOnly: true });
    expect(whole.fit).toBe(null);
    expect(whole.roundEnd).not.toBe(null);
    expect(near.marks[2] === null || near.marks[2].passes === near.marks[0]!.passes).toBe(true);
    expect(misplaced(makers.hcp(), near.roundEnd!, whole.roundEnd!)).toBeLessThan(0.01);
  });

  it('a fit whose time is up says so', async () => {
    const fit = await prepareFits(makers.sparse(), 'js');
    const run = await fit({
      ...task,
      solver: 'em',
      pooling: 'none',
      cap: 0.05,
      tolerance: 1e-12,
      firstRoundOnly: false,
    });
    expect(run.fit).toBe(null);
    expect(run.roundEnd).toBe(null);
    expect(run.passes).toBeGreaterThan(0);
  });
});
