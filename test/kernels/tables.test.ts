import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as tables from '../../bindings/kernels/js/tables.js';

it('both kernel sets hold the tables that the script makes', () => {
  execFileSync(process.execPath, ['scripts/tables.mjs', '--check'], { stdio: 'pipe' });
});

it('both kernel sets hold the same bits', () => {
  const source = readFileSync('assembly/tables.ts', 'utf8');
  for (const [name, value] of Object.entries(tables)) {
    const text = source.match(
      new RegExp(`export const ${name}: (?:f64 = ([^;]+)|usize = memory.data<f64>\\(\\[([^\\]]+))`),
    );
    const numbers = (text?.[1] ?? text?.[2] ?? '').split(',').filter((part) => part.trim() !== '');
    expect([name, numbers.map(Number)]).toEqual([name, typeof value === 'number' ? [value] : [...value]]);
  }
});

it('powers of two stand where the exponents point', () => {
  const { exp2Table, logTable } = tables;
  expect([exp2Table.length, logTable.length]).toEqual([256, 512]);
  // 2^(1/2), and ln 2 / 2 at c = sqrt 2: values everyone knows
  expect(exp2Table[64 * 2 + 1]).toBe(Math.SQRT2);
  expect(logTable.subarray(75 * 4 - 4, 75 * 4)).toEqual(new Float64Array([1, 0, 0, 0]));
});
