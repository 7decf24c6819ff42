import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fit } from '../bindings/index.js';

// docs/worked-example.md: every block prints what stands below it, and every number worked out by hand is worked out here
// again by a plain EM that shares nothing with the library.

const page = readFileSync('docs/worked-example.md', 'utf8');
const blocks = [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, text]) => ({ language, text }));
const printed = blocks.filter(({ language }) => language === 'text').map(({ text }) => text);
/** The page without its blocks, on one line: sentences are found wherever they wrap. */
const prose = page.replace(/```\w+\n[\s\S]*?```/g, '').replace(/\s+/g, ' ');

/** Plain EM steps from `start`, under a prior of so much total for each entity at the common rate. The start comes first. */
function em(totals: number[], w: number[][], start: number[], steps: number, prior = 0, rate = 1): number[][] {
  const sum = (xs: number[]) => xs.reduce((a, b) => a + b, 0);
  const all = [start];
  for (let s = 0; s < steps; s++) {
    const at = all[s];
    const fitted = w.map((row) => sum(row.map((x, h) => x * at[h])));
    const credit = (h: number) => sum(w.map((row, b) => (totals[b] * row[h] * at[h]) / fitted[b]));
    all.push(at.map((_, h) => (credit(h) + prior) / (sum(w.map((row) => row[h])) + prior / rate)));
  }
  return all;
}

const doctors = ['H1', 'H2', 'H3', 'H4'];
const totals = [100, 60];
const alike = [
  [1, 1, 1, 0],
  [0, 1, 1, 1],
];
const ones = [1, 1, 1, 1];
const steps = em(totals, alike, ones, 500);
const limit = steps[500];
const three = (x: number) => x.toFixed(3);
const fittedBy = ([h1, h2, h3, h4]: number[]) => [h1 + h2 + h3, h2 + h3 + h4];
const row = (...cells: string[]) => `| ${cells.join(' | ')} |`;
/** `(from A + from B) / exposure = productivity` for each doctor, one step after `at`. */
const sums = (w: number[][], at: number[]) =>
  doctors.map((_, h) => {
    const fitted = w.map((visits) => visits.reduce((sum, x, i) => sum + x * at[i], 0));
    const parts = w.flatMap((visits, b) => (visits[h] > 0 ? [(totals[b] * visits[h] * at[h]) / fitted[b]] : []));
    const exposure = w[0][h] + w[1][h];
    const given = parts.length > 1 ? `(${parts.map(three).join(' + ')})` : three(parts[0]);
    return `${given} / ${exposure} = ${three(parts.reduce((a, b) => a + b) / exposure)}`;
  });

describe('the blocks', () => {
  const modules = blocks.flatMap(({ language, text }, i) => (language === 'js' ? [{ text, i }] : []));

  it('are modules, each with what it prints', () => {
    expect(modules.length).toBeGreaterThanOrEqual(4);
    // pairs from the first to the last, and no other language
    blocks.forEach(({ language }, i) => {
      expect(language).toBe(i % 2 === 0 ? 'js' : 'text');
    });
    expect(blocks.length % 2).toBe(0);
  });

  for (const { text, i } of modules) {
    it(`print what stands below them: block ${i / 2 + 1}`, () => {
      const file = `build/worked-example-${i / 2 + 1}.mjs`;
      mkdirSync('build', { recursive: true });
      expect(text).toContain("from 'apportion'");
      writeFileSync(file, text.replaceAll("'apportion'", "'../dist/index.js'"));
      const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
      rmSync(file);
      expect(stderr).toBe('');
      expect(stdout).toBe(blocks[i + 1].text);
    });
  }
});

describe('two territories by hand', () => {
  it('shows the E and M step of each doctor in steps 1, 2 and 3', () => {
    const columns = [0, 1, 2].map((s) => sums(alike, steps[s]));
    doctors.forEach((name, h) => {
      expect(page).toContain(row(name, ...columns.map((column) => column[h])));
    });
    expect(prose).toContain('100 / 3 = 33.333. B gives each 60 / 3 = 20.');
    expect(prose).toContain('33.333 + 26.667 + 26.667 = 86.667, so H1 is given 100 x 33.333 / 86.667 = 38.462');
  });

  it('shows productivities and fitted totals on the way, and the limit', () => {
    for (const s of [0, 1, 2, 3, 10]) {
      const name = s === 0 ? 'start' : `step ${s}`;
      expect(page).toContain(row(name, ...[...steps[s], ...fittedBy(steps[s])].map(three)));
    }
    expect(page).toContain(row('limit', ...[...limit, ...fittedBy(limit)].map(three)));
    expect(limit.map(three)).toEqual(['50.666', '24.667', '24.667', '10.666']);
  });

  it('says where a rule of relative change stops, and how far that is from the limit', () => {
    const change = (s: number) => Math.max(...steps[s].map((x, h) => Math.abs(x / steps[s - 1][h] - 1)));
    const stop = steps.findIndex((_, s) => s > 0 && change(s) < 0.01);
    const percent = (x: number) => `${(100 * x).toFixed(2)}%`;
    expect(prose).toContain(`step ${stop}, with a largest change of ${percent(change(stop))}.`);
    expect(prose).toContain(`H4 is then still ${percent(steps[stop][3] / limit[3] - 1)} above the limit`);
  });

  it('bounds what is left by the largest factor of the next step', () => {
    const factor = (s: number) => Math.max(...steps[s + 1].map((x, h) => x / steps[s][h]));
    const best = (at: number[]) => totals.reduce((sum, y, b) => sum + y * Math.log(fittedBy(at)[b]), 0);
    expect(prose).toContain(`that of H1, 100 / 86.667 = ${three(factor(1))}`);
    expect(prose).toContain(`more than ln ${three(factor(1))} = ${three(Math.log(factor(1)))} per unit of total`);
    expect(prose).toContain(`At step 10 this bound is still ${Math.log(factor(10)).toFixed(4)}.`);
    for (let s = 1; s < 60; s++) {
      expect(best(limit) - best(steps[s])).toBeLessThanOrEqual(160 * Math.log(factor(s)) + 1e-11);
    }
  });

  it('says how many passes and steps the library took', async () => {
    const result = await fit(tablesOf(alike), {
      ...columns,
      model: { family: 'poisson', pooling: { kind: 'none' } },
      fit: { solver: 'em', tolerance: 1e-12 },
    });
    const { productivity } = result.entities.columns;
    const distances = steps.map((at) => Math.max(...at.map((x, h) => Math.abs(productivity[h] / x - 1))));
    const made = distances.indexOf(Math.min(...distances));
    expect(distances[made]).toBeLessThan(1e-14);
    const looked = result.passes - made - 1;
    expect(prose).toContain(`The ${result.passes} passes made ${made} steps`);
    expect(prose).toContain(`the point where they end one more, and ${looked} looked only for a sharper bound`);
    expect(printed[0]).toContain(`passes ${result.passes} converged true gap at most 1e-12 true`);
  });
});

describe('what the totals can and cannot say', () => {
  it('leads other starting points to other optima with the same fitted totals', () => {
    for (const start of [ones, [1, 2, 1, 1], [10, 1, 1, 10], [1, 1, 5, 0.1]]) {
      const end = em(totals, alike, start, 5000)[5000];
      expect(page).toContain(row(start.join(', '), ...[...end, ...fittedBy(end)].map(three)));
      expect(end[0] - end[3]).toBeCloseTo(40, 6);
      expect(end[1] / end[2]).toBeCloseTo(start[1] / start[2], 9);
    }
    expect(prose).toContain('H1 earns 40 more than H4');
    expect(prose).toContain('2 to 1 in the second row and 1 to 5 in the last');
  });

  it('fits all of them equally well', () => {
    for (const t of [0, 17, 60]) {
      expect(fittedBy([100 - t, t / 3, (2 * t) / 3, 60 - t]).map((x) => Math.round(x * 1e9) / 1e9)).toEqual(totals);
    }
    expect(prose).toContain('H1 = 100 - t and H4 = 60 - t, and every t from 0 to 60');
  });
});

describe('what the default does', () => {
  it('comes from the dispersion and the weight of the prior', async () => {
    const result = await fit(tablesOf(alike), columns);
    const phi = result.dispersion.median!;
    const pearson = totals.reduce((sum, y) => sum + (y - 80) ** 2 / 80, 0);
    expect(prose).toContain(`(100 - 80)^2 / 80 + (60 - 80)^2 / 80 = ${pearson}, and`);
    expect(prose).toContain(`settle at ${three(phi)}.`);
    const shape = 1 / 0.3 ** 2;
    const prior = shape * phi * (1 + 2 / 25);
    expect(prose).toContain(`1 / 0.3^2 = ${three(shape)} times`);
    expect(prose).toContain(`${three(shape)} x ${three(phi)} x (1 + 2 / 25) = ${three(prior)}.`);
    const rate = 160 / 6;
    expect(prose).toContain(`160 / 6 = ${three(rate)} per visit`);
    // the pooled optimum by plain EM is what the library printed
    const pooled = em(totals, alike, ones, 2000, prior, rate)[2000];
    const given = (100 * pooled[0]) / fittedBy(pooled)[0];
    const step = `(${three(given)} + ${three(prior)}) / (1 + ${three(prior)} / ${three(rate)}) = ${three(pooled[0])}`;
    expect(prose).toContain(`For H1: ${step}.`);
    const lines = printed[1].split('\n');
    doctors.forEach((name, h) => {
      expect(lines[h + 1]).toMatch(new RegExp(`^${name} +${three(pooled[h])} `));
    });
    const moved = Number(/mass moved (\S+)/.exec(printed[1])![1]);
    expect(prose).toContain(`differs from it by ${(100 * moved).toFixed(1)}% of all sales`);
  });

  it('is the proportional split where every doctor stands in one brick', async () => {
    const apart = [
      [1, 3, 0, 0],
      [0, 0, 1, 1],
    ];
    const result = await fit(tablesOf(apart), columns);
    expect([...result.entities.columns.allocation]).toEqual([25, 75, 30, 30]);
    expect(result.dispersion).toEqual({ lowest: 80, median: 80, highest: 80 });
    expect(prose).toContain('With H1 and H2 alone in A, and H3 and H4 alone in B, `dispersion` is 80.');
  });
});

describe('when exposure differs', () => {
  const visits = [
    [1, 3, 1, 0],
    [0, 1, 1, 2],
  ];

  it('shows the step by hand', () => {
    sums(visits, ones).forEach((text, h) => {
      expect(page).toContain(row(doctors[h], text));
    });
    expect(prose).toContain('splits A by visits, 20, 60 and 20, and B 15, 15 and 30.');
  });

  it('shows what plain arithmetic loses', () => {
    const [a, b, c] = visits[0].map((count) => (100.1 * count) / 5);
    const orders = [a + b + c, a + c + b, b + c + a];
    expect(orders.filter((sum) => sum === 100.09999999999998)).toHaveLength(2);
    expect(prose).toContain('comes back as 100.09999999999998 in two orders of three');
    expect((100 / 3).toFixed(2)).toBe('33.33');
  });
});

describe('with what is known of the doctors', () => {
  const text = printed.find((block) => block.includes('specialty: cardiology'))!;
  const estimates = [...text.matchAll(/(\d+\.\d+) standard error (\d+\.\d+)/g)].map(([, x, error]) => [+x, +error]);

  it('finds the coefficients within one standard error', () => {
    expect(estimates).toHaveLength(3);
    [1, 0.8, 0.3].forEach((truth, c) => {
      expect(Math.abs(estimates[c][0] - truth)).toBeLessThan(estimates[c][1]);
    });
    expect(prose).toContain('within one standard error of the truth, 1, 0.8 and 0.3');
    // "that of the regression stays"
    const [, ours, regression] = /dispersion (\S+) of the regression (\S+)/.exec(text)!;
    expect(ours).toBe(regression);
  });

  it('splits for a doctor it has not seen by the coefficients', () => {
    const [intercept, cardiology, potential] = estimates.map(([x]) => x);
    const productivity = Math.exp(intercept + cardiology + 3 * potential);
    const terms = `${intercept.toFixed(4)} + ${cardiology.toFixed(4)} + 3 x ${potential.toFixed(4)}`;
    expect(prose).toContain(`e^(${terms}) = ${productivity.toFixed(1)} a visit`);
    // D1 stood in T1 and T7 with seven visits: T9's split tells the productivity the fit learned
    const [d1, d13] = ['D1', 'D13'].map((name) => Number(new RegExp(`^T9 ${name} (\\S+)$`, 'm').exec(text)![1]));
    expect(prose).toContain(`beside the ${((productivity * d1) / d13).toFixed(1)} that the fit learned for D1`);
  });
});

/** Columns of the tables below. */
const columns = {
  totals: { brick: ['territory'], value: 'sales' },
  exposure: { brick: ['territory'], entity: ['doctor'], value: 'visits' },
};

function tablesOf(w: number[][]) {
  const cells = w.flatMap((visits, b) => visits.flatMap((x, h) => (x > 0 ? [{ b, h, x }] : [])));
  return {
    totals: { territory: ['A', 'B'], sales: totals },
    exposure: {
      territory: cells.map(({ b }) => 'AB'[b]),
      doctor: cells.map(({ h }) => doctors[h]),
      visits: cells.map(({ x }) => x),
    },
  };
}
