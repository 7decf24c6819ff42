import { describe, expect, it } from 'vitest';
import { parseNumber } from '../../bindings/base/numbers/grammar.js';

describe('parseNumber', () => {
  for (const [text, value] of [
    ['0', 0],
    ['-0', -0],
    ['007', 7],
    ['+12', 12],
    ['-12.50', -12.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1.5E-300', 1.5e-300],
    ['1e-400', 0],
    ['1e400', Number.POSITIVE_INFINITY],
    ['0.1000000000000000055511151231257827', 0.1],
    ['9007199254740993', 9007199254740992], // halfway between two floats: to the even one
  ] as const) {
    it(`reads ${text}`, () => {
      expect(Object.is(parseNumber(text, {}), value)).toBe(true);
    });
  }

  for (const [text, value] of [
    ['NaN', Number.NaN],
    ['nan', Number.NaN],
    ['-nan', Number.NaN],
    ['inf', Number.POSITIVE_INFINITY],
    ['+Infinity', Number.POSITIVE_INFINITY],
    ['-INF', Number.NEGATIVE_INFINITY],
  ] as const) {
    it(`recognises ${text}, so that it can be refused by name`, () => {
      expect(parseNumber(text, {})).toBe(value);
    });
  }

  for (const text of [
    '',
    ' ',
    ' 1',
    '1 ',
    '1_000',
    '1,000',
    '1,5',
    '0x10',
    '0b1',
    '1e',
    'e3',
    '.',
    '+',
    '--1',
    '1.2.3',
    '١',
    '1f',
    'true',
    '1/2',
    '\u00a01',
    'nano',
    '1\n',
  ]) {
    it(`reads nothing from ${JSON.stringify(text)}`, () => {
      expect(parseNumber(text, {})).toBeUndefined();
    });
  }

  it('takes a decimal comma where the table has one, and then no point', () => {
    expect(parseNumber('1,5', { decimal: ',' })).toBe(1.5);
    expect(parseNumber('-,5e1', { decimal: ',' })).toBe(-5);
    expect(parseNumber('15', { decimal: ',' })).toBe(15);
    expect(parseNumber('1.5', { decimal: ',' })).toBeUndefined();
    expect(parseNumber('1,5,0', { decimal: ',' })).toBeUndefined();
    expect(parseNumber('', { decimal: ',' })).toBeUndefined();
    expect(parseNumber('Infinity', { decimal: ',' })).toBe(Number.POSITIVE_INFINITY);
  });
});
