import { describe, expect, it } from 'vitest';
import { atOnce } from '../../bindings/base/steps.js';
import { compareText, rankTexts, rankTuples } from '../../bindings/tables/keys.js';
import { randomOf } from '../support/kernels.js';

// every kind of boundary: ASCII, two and three bytes, surrogate pairs, private use above the surrogates, prefixes
const texts = [
  '',
  'A',
  'B',
  'a',
  'aa',
  'ab',
  'a\u0000',
  '=1',
  '"',
  ',',
  '\n',
  '__proto__',
  'constructor',
  '\u007f',
  '\u0080',
  'é',
  'e\u0301',
  '\u07ff',
  '\u0800',
  '日本',
  '\ud7ff',
  '\ue000',
  '\uf8ff',
  '\uffff',
  '\u{10000}',
  '🍕',
  '🍕a',
  '\u{10ffff}',
];
const bytes = (text: string) => Buffer.from(text, 'utf8');

/** A fixed shuffle. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = randomOf(seed);
  const out = list.slice();
  for (let i = out.length - 1; i > 0; i--) {
    const k = Math.floor(random() * (i + 1));
    [out[i], out[k]] = [out[k], out[i]];
  }
  return out;
}

describe('the canonical order of texts', () => {
  it('is that of their UTF-8 bytes, for every pair', () => {
    for (const a of texts) {
      for (const b of texts) {
        expect(Math.sign(compareText(a, b)), JSON.stringify([a, b])).toBe(Buffer.compare(bytes(a), bytes(b)));
      }
    }
  });

  it('does not depend on the order they come in, with or without characters past the surrogates', () => {
    for (const list of [texts, texts.filter((text) => text < '\ud800')]) {
      const expected = list.slice().sort((a, b) => Buffer.compare(bytes(a), bytes(b)));
      for (let seed = 0; seed < 10; seed++) {
        const given = shuffled(list, seed);
        const { sorted, ranks } = atOnce(rankTexts(given));
        expect(sorted).toEqual(expected);
        expect(given.map((_, i) => sorted[ranks[i]])).toEqual(given);
      }
    }
  });

  it('tells lone surrogates apart and puts them above all that UTF-8 can say below U+10000', () => {
    const { sorted } = atOnce(rankTexts(['\udfff', '\ud800', '\uffff', '\ud800a', 'z']));
    expect(sorted).toEqual(['z', '\uffff', '\ud800', '\ud800a', '\udfff']);
  });
});

describe('rankTuples', () => {
  // few possible tuples are counted, many are sorted: the sizes make it take either way
  for (const [way, sizes] of [
    ['counting', [3, 5, 2]],
    ['sorting', [40, 70_000, 300_000]],
  ] as const) {
    for (const [rows, seeds] of [
      [0, 1],
      [1, 1],
      [2, 20],
      [9, 20],
      [1000, 1],
    ] as const) {
      it(`numbers tuples by their columns in turn, across tables (${way}, ${rows} rows)`, () => {
        const random = randomOf(rows + 7);
        for (let trial = 0; trial < seeds; trial++) {
          const table = (count: number) =>
            sizes.map((size, c) => {
              // few values spread over many possible ones, so that neighbours share a part of their tuple
              const values = c === 1 ? 2 : Math.min(size, 9);
              return Uint32Array.from(
                { length: count },
                () => Math.floor(random() * values) * Math.floor(size / values),
              );
            });
          const tables = [table(rows), table(Math.ceil(rows / 3))];
          const { ids, count, codes } = atOnce(rankTuples(tables, sizes));

          const tuples = tables.flatMap((columns) =>
            Array.from(columns[0], (_, r) => columns.map((column) => column[r])),
          );
          const distinct = new Map(tuples.map((tuple) => [tuple.join(), tuple]));
          const sorted = [...distinct.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
          expect(count).toBe(sorted.length);
          expect(Array.from({ length: count }, (_, k) => codes.map((column) => column[k]))).toEqual(sorted);
          const found = ids.flatMap((list) => Array.from(list, (id) => sorted[id]));
          expect(found).toEqual(tuples);
        }
      });
    }
  }
});
