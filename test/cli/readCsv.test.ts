import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InputError } from '../../bindings/base/errors.js';
import { collectFaults } from '../../bindings/base/faults.js';
import { checkRecords } from '../../cli/input/check.js';
import { cells, compareWithRfc4180 } from './cells.js';
import { folderWith } from './run.js';

describe('reading CSV', () => {
  it('keeps every key exactly as written', async () => {
    const odd = [
      '',
      ' a ',
      'NA',
      'NULL',
      '\\N',
      'nan',
      '007',
      '1e3',
      '=1+1',
      "o'brien",
      '#x',
      'é',
      '😀',
      '\ufeffx',
      'a;b',
    ];
    const quoted = ['', 'a,b', 'say "hi"', 'two\nlines', 'two\r\nlines', '"', '__proto__'];
    const text = `k,v\n${[...odd, ...quoted.map((key) => `"${key.replaceAll('"', '""')}"`)].map((key) => `${key},1\n`).join('')}`;
    expect(await cells(text, ['k'])).toEqual([[...odd, ...quoted]]);
  });

  it('reads quoted headers, a byte order mark and CRLF', async () => {
    const text = '\ufeff"a ""b""","c\r\nd",e\r\nx,y,1\r\n"p\r\nq",,2\r\n';
    expect(await cells(text, ['a "b"', 'c\r\nd', 'e'], ['e'])).toEqual([
      ['x', 'p\r\nq'],
      ['y', ''],
      [1, 2],
    ]);
  });

  it('reads numbers as the strict grammar does, to the bit', async () => {
    const numbers = [
      '1',
      '+1.',
      '.5',
      '-0',
      '1e3',
      '0.1',
      '4.9e-324',
      '1.7976931348623157e308',
      '123456789012345678901234567890',
      '9007199254740993',
      '2.2250738585072011e-308',
    ];
    const [read] = await cells(`k,v\n${numbers.map((n) => `a,${n}\n`).join('')}`, ['v'], ['v']);
    expect(read).toEqual(numbers.map(Number));
  });

  it.each(['1,5', '+-5', '1_000', ' 1', '1 ', '0x10', 'inf', 'NaN', '', '1e999'])(
    'hands over the text of a column with %j',
    async (odd) => {
      expect(await cells(`k,v\na,2\nb,"${odd}"\n`, ['k', 'v'], ['v'])).toEqual([
        ['a', 'b'],
        odd === '1e999' ? expect.anything() : ['2', odd],
      ]);
    },
  );

  it('reads a decimal comma', async () => {
    const semicolon = { delimiter: ';', decimal: ',' } as const;
    expect(await cells('k;v\na;1,5\nb;-2\n', ['k', 'v'], ['v'], semicolon)).toEqual([
      ['a', 'b'],
      [1.5, -2],
    ]);
    expect(await cells('k;v\na;1.5\n', ['v'], ['v'], semicolon)).toEqual([['1.5']]);
  });

  it('takes any one character as delimiter', async () => {
    for (const delimiter of ['\t', '|', '¦', '→', "'", '\\']) {
      const text = `k${delimiter}v\na,b${delimiter}1\n"x${delimiter}y"${delimiter}2\n`;
      expect(await cells(text, ['k', 'v'], ['v'], { delimiter })).toEqual([
        ['a,b', `x${delimiter}y`],
        [1, 2],
      ]);
    }
  });

  it('keeps the order of many rows and many texts', async () => {
    const rows = Array.from({ length: 30_011 }, (_, r) => [`k${(r * 7919) % 10_007}`, `é${r}`, r / 7] as const);
    const text = `a,b,c\n${rows.map((row) => row.join(',')).join('\n')}`;
    const read = await cells(text, ['a', 'b', 'c'], ['c']);
    for (const c of [0, 1, 2]) expect(rows.findIndex((row, r) => row[c] !== read[c]?.[r])).toBe(-1);
  });

  it('reads quoted fields over several lines wherever blocks of the file end', async () => {
    // 25 MB: enough for DuckDB to let its threads begin in the middle
    const rows = Array.from({ length: 60_000 }, (_, r) => (r % 2 ? 'plain' : '1,2\n3,4\n'.repeat(100)));
    const text = `a,b\n${rows.map((key, r) => (r % 2 ? `${key},${r}\n` : `"${key}",${r}\n`)).join('')}`;
    const [a, b] = await cells(text, ['a', 'b'], ['b']);
    expect(rows.findIndex((key, r) => key !== a?.[r] || r !== b?.[r])).toBe(-1);
    expect(a?.length).toBe(rows.length);
  }, 20_000);

  it('reads what RFC 4180 allows and refuses the rest', async () => {
    const outcomes = await compareWithRfc4180(11, 70);
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(15);
  }, 30_000);
});

describe('checking records', () => {
  it('finds every fault of form in one sweep, at most 20 of a kind', async () => {
    const text = `a,b\n1,2\n1\n"x" ,2\n1,2,3\n${'1\n'.repeat(25)}"open,2`;
    const folder = folderWith({ 'x.csv': text });
    const faults = collectFaults();
    await checkRecords(faults, join(folder, 'x.csv'), 'x.csv', 2, ',');
    let messages: string[] = [];
    try {
      faults.throwIfAny();
    } catch (error) {
      messages = (error as InputError).message.split('\n');
    }
    expect(messages.length).toBe(20 + 1 + 2);
    expect(messages).toContain('x.csv record 2: expected 2 fields like the header, got 1');
    expect(messages).toContain('x.csv: 7 more faults of this kind (ragged-row)');
    expect(messages).toContain('x.csv record 30: expected a closing quote, got the end of the file');
  });

  it('goes on across the blocks it reads', async () => {
    const key = `"${'x"",\n'.repeat(1000)}"`;
    const text = `a,b\n${`${key},1\n`.repeat(2500)}`;
    const folder = folderWith({ 'x.csv': text });
    const faults = collectFaults();
    expect(await checkRecords(faults, join(folder, 'x.csv'), 'x.csv', 2, ',')).toEqual({
      records: 2500,
      manyLines: true,
    });
    expect(faults.any).toBe(false);
  });

  it('gives up on a record that never ends', async () => {
    const folder = folderWith({ 'x.csv': `a,b\n1,"2\n${'3,4\n'.repeat(2_000_000)}` });
    const faults = collectFaults();
    await checkRecords(faults, join(folder, 'x.csv'), 'x.csv', 2, ',');
    expect(() => faults.throwIfAny()).toThrow(
      'x.csv record 1: expected at most 2000000 bytes, got more. Is a closing quote missing?',
    );
  });
});
