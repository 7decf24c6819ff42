import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as tables from '../../bindings/math/tables.js';
import { constants, exp2Table, logTable } from '../reference/elementaryTables.js';
import { difference } from '../support/elementary.js';
import { bothKernels } from '../support/kernels.js';

const [[, , memory]] = await bothKernels();
const isNumber = (entry: [string, unknown]): entry is [string, number] => typeof entry[1] === 'number';

describe('the constants', () => {
  it('are the nearest doubles to what they stand for', () => {
    expect(Object.fromEntries(Object.entries(tables).filter(isNumber))).toEqual(constants);
  });

  it('are the same in assembly', () => {
    const source = readFileSync('assembly/tables.ts', 'utf8');
    const listed = [...source.matchAll(/^export const (\w+): f64 = ([^;]+);$/gm)];
    expect(Object.fromEntries(listed.map(([, name, value]) => [name, Number(value)]))).toEqual(constants);
  });
});

describe.each([
  ['exp2Table', tables.exp2Table, Float64Array.from(exp2Table), 2],
  ['logTable', tables.logTable, Float64Array.from(logTable), 4],
] as const)('%s', (_, js, exact, width) => {
  const rows = exact.map((_, i) => Math.floor(i / width));

  it('has in JS the nearest double in every place', () => {
    expect(difference(js, exact, [rows])).toBeNull();
  });

  it('has in wasm the nearest double in every place', () => {
    // the tables lie below what is free for callers, on boundaries of 16 bytes
    let best = 0;
    for (let at = 0; at * 8 < memory.base; at += 2) {
      const here = memory.f64.subarray(at, at + exact.length);
      let same = 0;
      while (same < exact.length && Object.is(here[same], exact[same])) same++;
      best = Math.max(best, same);
    }
    expect(best).toBe(exact.length);
  });
});

it('powers of two stand where the exponents point', () => {
  // 2^(1/2), and ln 1: values everyone knows
  expect(tables.exp2Table[64 * 2 + 1]).toBe(Math.SQRT2);
  expect(tables.logTable.subarray(74 * 4, 75 * 4)).toEqual(new Float64Array([1, 0, 0, 0]));
});
