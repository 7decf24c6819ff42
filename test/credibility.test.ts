import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { exactSum } from '../bindings/math/exactSum.js';
import { randomOf } from './support/kernels.js';

// A public benchmark with truth: one channel, 7 campaigns, 120 days (PyMC-Marketing, Apache-2.0, synthetic). The figures
// are those of an independent computation of the default model. Nothing is tuned to this set.
const data = resolve('../shared/data/credibility');
const here = (context: TestContext) => {
  if (!existsSync(data)) context.skip(`the credibility data are not on this machine (${data})`);
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'apportion-credibility-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const records = (text: string) => {
  const [head, ...rows] = text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(head.map((name, c) => [name, row[c]])));
};
const read = (file: string) => records(readFileSync(file, 'utf8'));

interface Files {
  totals: string;
  exposure: string;
}
const original: Files = {
  totals: join(data, 'credibility_channel_contribution_summary.csv'),
  exposure: join(data, 'credibility_campaign_daily_metrics.csv'),
};

function runFit(name: string, { totals, exposure }: Files, ...options: string[]): string {
  const config = join(folder, `${name}.json`);
  const out = join(folder, name);
  const model = {
    totals: { file: totals, brick: ['date'], value: 'mean', where: { channel: 'social' } },
    exposure: { file: exposure, brick: ['date'], entity: ['campaign'], value: 'reach' },
  };
  writeFileSync(config, JSON.stringify(model));
  const { status, stderr } = spawnSync(process.execPath, ['dist/cli.js', 'fit', config, '--out', out, ...options], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return out;
}

const ranks = (values: number[]) => values.map((x) => values.filter((y) => y < x).length);
function spearman(a: number[], b: number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const squares = x.reduce((sum, rank, i) => sum + (rank - y[i]) ** 2, 0);
  return 1 - (6 * squares) / (a.length * (a.length ** 2 - 1));
}
const meanAbsolute = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + Math.abs(x - b[i]), 0) / a.length;

it('splits every day of the channel exactly, with the known error against the truth', (context) => {
  here(context);
  const out = runFit('default', original);
  const parts = new Map<string, number[]>();
  for (const { date, allocation } of read(join(out, 'allocation.csv')))
    parts.set(date, [...(parts.get(date) ?? []), Number(allocation)]);
  const totals = read(original.totals).filter(({ channel }) => channel === 'social');
  expect(totals).toHaveLength(120);
  for (const { date, mean } of totals) {
    const of = parts.get(date)!;
    expect(of).toHaveLength(7);
    for (const sum of [exactSum(of), of.reduce((a, b) => a + b, 0), of.reduceRight((a, b) => a + b, 0)])
      expect(sum).toBe(Number(mean));
  }

  const entities = read(join(out, 'entities.csv'));
  const truth = read(join(data, 'credibility_ground_truth_campaign_contributions.csv'));
  const trueSums = entities.map(({ campaign }) => truth.reduce((sum, day) => sum + Number(day[campaign]), 0));
  const all = trueSums.reduce((a, b) => a + b, 0);
  const trueShares = trueSums.map((x) => x / all);
  const shares = entities.map(({ share }) => Number(share));
  const allocated = entities.reduce((sum, { allocation }) => sum + Number(allocation), 0);
  const proportional = entities.map((entity) => Number(entity.proportional) / allocated);
  expect(meanAbsolute(shares, trueShares)).toBeCloseTo(0.0332, 4);
  expect(spearman(shares, trueShares)).toBeCloseTo(0.857, 3);
  expect(meanAbsolute(proportional, trueShares)).toBeCloseTo(0.0322, 4);
  expect(spearman(proportional, trueShares)).toBeCloseTo(0.857, 3);
});

it('writes the same bytes with either kernel set and from run to run', (context) => {
  here(context);
  const [wasm, js, again] = [
    runFit('wasm', original, '--kernels', 'wasm'),
    runFit('js', original, '--kernels', 'js'),
    runFit('again', original),
  ];
  const withoutRun = (out: string) => {
    const { run, ...rest } = JSON.parse(readFileSync(join(out, 'fit.json'), 'utf8'));
    expect(run.kernels).toBe(out === js ? 'js' : 'wasm');
    return JSON.stringify(rest);
  };
  for (const other of [js, again]) {
    for (const file of ['allocation.csv', 'entities.csv', 'unallocated.csv']) {
      expect(readFileSync(join(other, file), 'utf8')).toBe(readFileSync(join(wasm, file), 'utf8'));
    }
    expect(withoutRun(other)).toBe(withoutRun(wasm));
  }
});

it('gives the same numbers per key whatever the order of rows', (context) => {
  here(context);
  const random = randomOf(5);
  const shuffled = (file: string, name: string) => {
    const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split(/\r?\n/);
    for (let i = rows.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [rows[i], rows[j]] = [rows[j], rows[i]];
    }
    const path = join(folder, name);
    writeFileSync(path, `${[head, ...rows].join('\n')}\n`);
    return path;
  };
  const plain = runFit('plain', original);
  const mixed = runFit('mixed', {
    totals: shuffled(original.totals, 'totals.csv'),
    exposure: shuffled(original.exposure, 'exposure.csv'),
  });
  for (const file of ['allocation.csv', 'entities.csv']) {
    const lines = (out: string) => readFileSync(join(out, file), 'utf8').trimEnd().split('\n');
    expect(lines(mixed)).not.toEqual(lines(plain));
    expect(lines(mixed).sort()).toEqual(lines(plain).sort());
  }
  const figures = (out: string) => {
    const { run: _, ...rest } = JSON.parse(readFileSync(join(out, 'fit.json'), 'utf8'));
    return rest;
  };
  expect(figures(mixed)).toEqual(figures(plain));
});
