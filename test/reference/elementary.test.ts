import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  exponentialReference,
  expReference,
  hillReference,
  lnReference,
  powReference,
  type Real,
  relativeError,
  ulpsOff,
} from './elementary.js';

// numbers and the script that made them: elementary.py, mpmath 1.3.0
type Row = [kind: 'exp' | 'log' | 'pow' | 'hill' | 'exponential', args: number[], digits: string];
const rows: Row[] = JSON.parse(readFileSync(new URL('./elementary.json', import.meta.url), 'utf8'));
const references: Record<Row[0], (...args: number[]) => Real> = {
  exp: expReference,
  log: lnReference,
  pow: powReference,
  hill: hillReference,
  exponential: exponentialReference,
};

/** |value / 2^scale - digits| relative to digits. */
function off({ value, scale }: Real, digits: string): number {
  const [mantissa, exponent] = digits.split('e');
  const power = Number(exponent ?? 0) - (mantissa.split('.')[1]?.length ?? 0);
  let left = value << 300n;
  let right = BigInt(mantissa.replace('.', '')) << 300n;
  if (power > 0) right *= 10n ** BigInt(power);
  else left *= 10n ** BigInt(-power);
  if (scale > 0) right <<= BigInt(scale);
  else left <<= BigInt(-scale);
  return Math.abs(Number(((left - right) << 200n) / right)) / 2 ** 200;
}

it.each(['exp', 'log', 'pow', 'hill', 'exponential'] as const)(
  'the reference for %s agrees with mpmath to 45 digits',
  (kind) => {
    const mine = rows.filter((row) => row[0] === kind);
    expect(mine.length).toBeGreaterThan(90);
    for (const [, args, digits] of mine) expect(off(references[kind](...args), digits)).toBeLessThan(1e-45);
  },
);

it('errors are counted in last places of the true value', () => {
  const third: Real = { value: (1n << 300n) / 3n, scale: 300 };
  expect(ulpsOff(1 / 3, third)).toBeCloseTo(1 / 3, 10);
  expect(ulpsOff(1 / 3 + 2 ** -54, third)).toBeCloseTo(2 / 3, 10);
  // below the normal range the last place is 2^-1074
  expect(ulpsOff(5e-324, { value: 3n, scale: 1075 })).toBe(0.5);
  expect(relativeError(1, { value: 4n, scale: 3 })).toBe(1);
});
