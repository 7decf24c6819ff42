import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../bindings/errors.js';
import { collectFaults } from '../../bindings/faults.js';
import type { Column } from '../../bindings/index.js';
import { checkRecords } from '../../cli/input/check.js';
import type { TableFile } from '../../cli/input/files.js';
import { readInput } from '../../cli/input/read.js';
import { folderWith } from './run.js';

/** Columns of a file as cells, read as keys except those named in `values`. */
async function cells(
  text: string | Uint8Array,
  wanted: string[],
  values: string[] = [],
  file: Partial<TableFile> = {},
) {
  const folder = folderWith({ 'x.csv': text });
  const columns = new Map(wanted.map((name) => [name, values.includes(name) ? 'value' : 'key'] as const));
  const { tables } = await readInput([
    { section: 'totals', path: join(folder, 'x.csv'), name: 'x.csv', columns, delimiter: ',', decimal: '.', ...file },
  ]);
  const table = tables.totals as ReadonlyMap<string, Column>;
  return wanted.map((name) => cellsOf(table.get(name)));
}

function cellsOf(column: Column | undefined): unknown[] | undefined {
  if (column && 'codes' in column) return Array.from(column.codes, (code) => column.values[code]);
  return column && Array.from(column as ArrayLike<unknown>);
}

/**
 * RFC 4180 spelt out: the fields of every record, or null where a file breaks it. Empty lines are passed over; one that
 * ends in another way than the header may be refused or not.
 */
function reference(text: string, fields: number): string[][] | null | 'either' {
  const rows: string[][] = [];
  let lineEnd = '';
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const row: string[] = [];
    const from = at;
    for (;;) {
      const quoted = /^"((?:[^"]|"")*)"/.exec(text.slice(at));
      const field = quoted ?? /^[^",\r\n]*/.exec(text.slice(at))!;
      row.push(quoted ? quoted[1].replaceAll('""', '"') : field[0]);
      at += field[0].length;
      if (text[at] !== ',') break;
      at++;
    }
    const end = /^\r\n|^\n/.exec(text.slice(at))?.[0] ?? '';
    if (end === '' && at < text.length) return null;
    const empty = at === from && fields > 1;
    at += end.length;
    if (empty && end !== lineEnd) return 'either';
    if (empty) continue;
    if (end !== '' && lineEnd !== '' && end !== lineEnd) return null;
    lineEnd ||= end;
    if (row.length !== fields) return null;
    rows.push(row);
  }
  return rows;
}

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
    let state = 11;
    const pick = <T>(list: readonly T[]): T => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return list[Math.floor((state / 2 ** 32) * list.length)];
    };
    const outcomes = { read: 0, refused: 0 };
    for (let k = 0; k < 250; k++) {
      const fields = pick([2, 3]);
      const header = ['p', 'q', 'r'].slice(0, fields);
      const lineEnd = pick(['\n', '\n', '\r\n']);
      let text = header.join(',') + lineEnd;
      for (let r = pick([1, 2, 4]); r > 0; r--) {
        const row = Array.from({ length: pick([fields, fields, fields, fields, fields, fields + 1]) }, () => {
          const field = Array.from({ length: pick([0, 1, 2, 3]) }, () =>
            pick(['a', ' ', '"', ',', '\n', 'é', '\r\n', '\t', '1']),
          ).join('');
          return pick([true, true, true, true, true, false]) ? `"${field.replaceAll('"', '""')}"` : field;
        });
        text += pick([row.join(','), row.join(','), row.join(','), row[0]]) + (r > 1 ? lineEnd : pick(['', lineEnd]));
      }
      const expected = reference(text, fields);
      let read: unknown[][] | null = null;
      try {
        const columns = (await cells(text, header)) as unknown[][];
        read = columns[0].map((_, r) => columns.map((column) => column[r]));
      } catch (error) {
        if (!(error instanceof InputError)) throw new Error(`file ${JSON.stringify(text)}`, { cause: error });
      }
      if (expected === 'either') continue;
      outcomes[read ? 'read' : 'refused']++;
      expect({ text, read }).toEqual({ text, read: expected === null ? null : expected.slice(1) });
    }
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(50);
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
