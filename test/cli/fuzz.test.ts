import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { randomOf } from '../support/kernels.js';
import { delivery, folderWith, model, read, run, totals } from './run.js';

// configurations that are wrong in ways that nobody thought of: each is fitted exactly, or refused with a path

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const rich = {
  ...model,
  effectiveExposure: {
    time: 'week',
    gaps: 'zero',
    curves: { adstock: { kind: 'geometric', decay: 0.5 }, saturation: { kind: 'hill', halfSaturation: 0.5, slope: 1 } },
  },
  model: { family: 'quasiPoisson', pooling: { kind: 'gamma', spread: 0.2, groups: ['campaign'] } },
  fit: { solver: 'auto', tolerance: 1e-6, maxPasses: 50 },
  output: { format: 'csv', decimals: 2 },
  seed: 1,
} as unknown as Json;

const odd: readonly Json[] = [
  ...[null, true, false, 0, -0, -1, 1.5, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 31, 1e21],
  ...['', ' ', 'NaN', '-Infinity', '1e999', '\u0000', '__proto__', 'constructor', 'week', 'x'.repeat(5000), '\ud800'],
  ...[[], {}, [[]], [null], [0, 'a'], { kind: 'none' }, { kind: 5 }, { kind: 'geometric' }, { file: 'totals.csv' }],
];
const names = ['kind', '__proto__', 'constructor', 'toString', 'file', 'brick', 'Value', 'pooling ', '', 'week', '0'];

/** One to three changes somewhere in a copy. */
function vary(config: Json, random: () => number): Json {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)];
  const copy = structuredClone(config);
  for (let n = Math.ceil(3 * random() ** 2); n > 0; n--) {
    let at = copy as Record<string, Json>;
    while (random() < 0.75) {
      const inside = Object.keys(at).filter((key) => at[key] instanceof Object);
      if (inside.length === 0) break;
      at = at[pick(inside)] as Record<string, Json>;
    }
    const key = pick(Object.keys(at));
    const how = random();
    if (key === undefined || how < 0.15) put(at, pick(names), structuredClone(pick(odd)));
    else if (how < 0.3) delete at[key];
    else if (how < 0.4) {
      const value = at[key];
      delete at[key];
      put(at, pick([key.toUpperCase(), `${key}s`, ...names]), value);
    } else if (how < 0.45) {
      let deep: Json = at[key];
      for (let d = Math.floor(150 * random()); d >= 0; d--) deep = random() < 0.5 ? [deep] : { [key]: deep };
      put(at, key, deep);
    } else put(at, key, structuredClone(pick(odd)));
  }
  return copy;
}

const put = (at: object, key: string, value: Json) =>
  Object.defineProperty(at, key, { value, enumerable: true, configurable: true, writable: true });

it.each([1, 2])('a changed model.json is fitted exactly or refused with a path (seed %i)', async (seed) => {
  const random = randomOf(seed);
  const outcomes: Record<string, number> = {};
  const folder = folderWith({ 'totals.csv': totals, 'delivery.csv': delivery });
  for (let trial = 0; trial < 120; trial++) {
    const text = JSON.stringify(vary(rich, random));
    writeFileSync(`${folder}/model.json`, text);
    const { code, stderr, stdout } = await run(folder, 'fit', 'model.json', '--out', 'out');
    outcomes[String(code)] = (outcomes[String(code)] ?? 0) + 1;
    expect([0, 2, 3], `${text}\n${stderr}`).toContain(code);
    if (code === 2) {
      expect(stdout).toBe('');
      for (const line of stderr.trimEnd().split('\n')) expect(line, text).toMatch(/^\S.*?: \S/s);
    } else {
      const { sums, massError } = JSON.parse(read(folder, 'out', 'fit.json'));
      expect(Math.abs(sums.allocated + sums.unallocated - sums.totals), text).toBeLessThanOrEqual(1e-12 * sums.totals);
      expect(massError, text).toBe(0);
    }
  }
  expect(outcomes['0']).toBeGreaterThan(5);
  expect(outcomes['2']).toBeGreaterThan(50);
});
