import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { maximiseLog } from '../../../bindings/hierarchy/directions.js';
import { nested } from '../../../bindings/hierarchy/hierarchy.js';
import type { Pass } from '../../../bindings/pass/pass.js';
import { bothKernels, machineOf } from '../../support/kernels.js';
import { largeProblem, levelsOf } from './large.js';

// The M step of reference.py's large case, which is a dense Newton over 5,000 creatives and 306 groups.
const { large } = JSON.parse(readFileSync('test/fit/lognormal/reference.json', 'utf8'));
const levels = ['medium', 'platform', 'format', 'campaign'] as const;

it('ends an M step over five levels where a dense solve does', async () => {
  const { totals, brick, creative, exposure, campaign } = largeProblem(large.seed);
  const entities = campaign.length;
  const names = Array.from(campaign, levelsOf);
  const texts = levels.map((_, d) =>
    names.map((name) =>
      levels
        .slice(0, d + 1)
        .map((level) => name[level])
        .join(' / '),
    ),
  );
  const paths = texts.map((column) => {
    const sorted = [...new Set(column)].sort();
    return Uint32Array.from(column, (text) => sorted.indexOf(text));
  });
  // at one rate for all, a brick's total is credited in proportion to exposure
  const whole = new Float64Array(totals.length);
  brick.forEach((b, j) => {
    whole[b] += exposure[j];
  });
  const credited = new Float64Array(entities);
  const applyZTransposed = new Float64Array(entities);
  brick.forEach((b, j) => {
    credited[creative[j]] += (totals[b] * exposure[j]) / whole[b];
    applyZTransposed[creative[j]] += exposure[j];
  });
  const hierarchy = nested(entities, paths);
  const { spread, spreads, evidence } = large.pooling;
  const psi = 1 + totals.length / evidence;
  const precisions = Float64Array.from(
    [spread, ...levels.map((level) => spreads[level])],
    (s) => psi / Math.log1p(s * s),
  );
  const start = new Float64Array(entities + hierarchy.groups + 1).fill(large.mStep.at);
  const [set] = await bothKernels();
  const found = maximiseLog(
    { pass: { exposure: applyZTransposed, machine: machineOf(set) } as unknown as Pass, hierarchy, precisions },
    credited,
    start,
  );

  large.mStep.credits.forEach((z: number, i: number) => {
    expect(Math.abs(credited[i * large.every] / z - 1)).toBeLessThan(1e-12);
  });
  large.mStep.theta.forEach((theta: number, i: number) => {
    expect(Math.abs(found[i * large.every] - theta)).toBeLessThan(1e-10);
  });
  expect(Math.abs(found[found.length - 1] - large.mStep.root)).toBeLessThan(1e-10);
  // groups: innermost level first, in the order of their names
  const values = new Map<string, number>();
  let at = entities;
  for (let d = levels.length - 1; d >= 0; d--) {
    for (const text of [...new Set(texts[d])].sort()) values.set(`${levels[d]} ${text}`, found[at++]);
  }
  for (const { level, group, value } of large.mStep.groups) {
    expect(Math.abs(values.get(`${level} ${group}`)! - value)).toBeLessThan(1e-10);
  }
  expect(values.size).toBe(large.mStep.groups.length);
});
