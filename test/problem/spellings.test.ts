import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differencesOf, plainKey } from '../../bindings/tables/spellings.js';

describe('keys that differ in writing alone', () => {
  it.each([
    ['101', '00101', ['number']],
    ['101', '101.0', ['number']],
    ['101', '+101', ['number']],
    ['1001', '1,001', ['number']],
    ['101000', '1.01E+05', ['number']],
    ['0', '000', ['number']],
    ['204', '204 ', ['blanks']],
    ['204', '\u00a0204', ['blanks']],
    ['204', '\ufeff204', ['blanks']],
    ['New York', 'New  York', ['blanks']],
    ['New York', 'New\u00a0York', ['blanks']],
    ['101', "'101", ['quotes']],
    ['101', '="101"', ['quotes']],
    ['A', 'a', ['case']],
    ['Müller', 'Mu\u0308ller', ['form']],
    ['TV', '\uff34\uff36', ['form']],
    ['North-East', 'North_East', ['punctuation']],
    ['10-20', '10\u201320', ['punctuation']],
    ['-5', '\u22125', ['punctuation']],
    ['2024-01-01', '2024-01-01 00:00:00', ['date']],
    ['2024-01-01', '2024-01-01T00:00:00.000Z', ['date']],
    ['2024-01-01', '2024-01-01 00:00:00+00', ['date']],
    ['2024-01-01', '2024-01-01 00:00:00 UTC', ['date']],
    ['2024-01-01', '2024/1/1', ['date']],
    ['2024-01-01', '20240101', ['date']],
    ['2024-01-01', '01.01.2024', ['date']],
    ['2024-01-13', '1/13/2024', ['date']],
    ['2024-01-13', '13/1/2024', ['date']],
    ['2024-01-01', '1/1/2024', ['date']],
    ['2024-01-29', '2024-W05', ['date']],
    ['2024-01-01', 'Jan 1, 2024', ['date']],
    ['2024-01-01 07:00:00', '2024-01-01T07:00:00Z', ['date']],
    ['00101', ' 101', ['blanks', 'number']],
    ['TV', 'tv ', ['blanks', 'case']],
  ])('%j and %j: %j', (a, b, differences) => {
    expect(plainKey(a)).toBe(plainKey(b));
    expect(differencesOf(a, b)).toEqual(differences);
    expect(differencesOf(b, a)).toEqual(differences);
  });

  it.each([
    ['101', '1010'],
    ['-1', '1'],
    ['1.5', '15'],
    ['1.000', '1'],
    ['1-2', '12'],
    ['1-2', '1_2'],
    ['1-2', '1 2'],
    ['2024-01-01', '2024-01-02'],
    ['2024-01-01', '2024-01-01 07:00:00'],
    ['2024-04-03', '3/4/2024'],
    ['2024-13-01', '2024-01-13'],
    ['tv', 'tv2'],
    ['', '0'],
  ])('tell %j and %j apart', (a, b) => {
    expect(plainKey(a)).not.toBe(plainKey(b));
  });
});

it('leaves keys that are plain as they are', () => {
  for (const text of ['brand2', '2024-01-08', '2024-13-45', '101', '1234567', '123456789', 'tv'])
    expect(plainKey(text)).toBe(text);
});

it('plain texts of ASCII are what all rules make of them', () => {
  const wholeWay = (text: string) => plainKey(`\u200b${text}`); // begins with no letter until the rules take that away
  const words = [
    'TV',
    'Mar 1 2024',
    'march',
    'Q1 2024',
    'mon, 1 Jan 2024',
    'E5',
    '1e5',
    '1,001',
    ' - ',
    '_',
    '"',
    "'",
    '=',
    ' ',
  ];
  const piece = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'grapheme-ascii', maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
      expect(plainKey(pieces.join(''))).toBe(wholeWay(pieces.join('')));
    }),
    { numRuns: 5000, seed: 11 },
  );
  for (const text of words) expect(plainKey(text)).toBe(wholeWay(text));
  expect(plainKey('TV_Brand - 2024 (EN)')).toBe('tv brand 2024 en');
});
