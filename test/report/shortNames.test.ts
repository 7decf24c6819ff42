import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortNames } from '../../bindings/report/shortNames.js';

describe('shortNames', () => {
  it('leaves names that fit as they are', () => {
    expect(shortNames(['tv / brand', 'x'.repeat(48)])).toEqual(['tv / brand', 'x'.repeat(48)]);
  });

  it('cuts the middle, which keeps the end that tells ads apart', () => {
    const name = (ad: number) =>
      `meta / 010124 XY Brand Product LEADS / 010124 XY Brand Product LP-Ver1 / 010124 XY Brand Product LP-Ver1 Video 00${ad}`;
    expect(shortNames([name(1), name(2)])).toEqual([
      'meta / 010124 XY B...d Product LP-Ver1 Video 001',
      'meta / 010124 XY B...d Product LP-Ver1 Video 002',
    ]);
  });

  it('cuts around the place where names part, where their ends are alike too', () => {
    const name = (country: string) => `meta / ${'prospecting '.repeat(4)}| ${country} | ${'broad audience '.repeat(4)}`;
    expect(shortNames([name('DE'), name('FR'), 'tv'])).toEqual([
      'meta / pro...cting | DE | broad audience broa...',
      'meta / pro...cting | FR | broad audience broa...',
      'tv',
    ]);
  });

  it('says the row where names part in several places, or in nothing that can be shown', () => {
    const name = (a: string, b: string) => `${'x'.repeat(40)}${a}${'y'.repeat(60)}${b}${'z'.repeat(40)}`;
    const short = shortNames([name('1', '1'), name('1', '2'), name('2', '1')], [6, 2, 9]);
    expect(short[2]).not.toContain('row');
    expect(short.slice(0, 2).map((text) => text.slice(-8))).toEqual([' (row 7)', ' (row 3)']);
    expect(shortNames(['a\nb', 'a b'], [0, 4])).toEqual(['a b (row 1)', 'a b (row 5)']);
  });

  it('cuts no character in two', () => {
    const [short] = shortNames(['😀'.repeat(60)]);
    expect(short).toBe(`${'😀'.repeat(18)}...${'😀'.repeat(27)}`);
  });

  it('tells any different names apart', () => {
    const part = fc.constantFrom('a', 'b', '\n', 'é', '😀', 'campaign '.repeat(6), 'Video 001', ' / ');
    const name = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 10 }), (names) => {
        expect(new Set(shortNames(names)).size).toBe(names.length);
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});
