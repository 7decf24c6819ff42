import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Column, csvBytes, type ResultTable } from '../../bindings/index.js';
import type { TableFile } from '../../cli/input/files.js';
import { readInput } from '../../cli/input/read.js';
import { splitTexts, textsTogether } from '../../cli/input/texts.js';
import { writeParquet } from '../../cli/output/parquet.js';
import { folderWith, run } from './run.js';

type Format = 'csv' | 'parquet';

async function write(folder: string, format: Format, columns: Record<string, string[]>): Promise<string> {
  const names = Object.keys(columns);
  const table: ResultTable = { rows: columns[names[0]].length, names, columns };
  const path = join(folder, `t.${format}`);
  if (format === 'parquet') await writeParquet(table, path);
  else writeFileSync(path, Buffer.concat([...csvBytes(table)].map((piece) => Buffer.from(piece))));
  return path;
}

/** Cells of columns of a file, read as keys, or as values that are no numbers. */
async function read(path: string, names: string[], as: 'key' | 'value' = 'key'): Promise<unknown[][]> {
  const columns = new Map(names.map((name) => [name, as] as const));
  const file: TableFile = { section: 'totals', path, name: 't', columns, delimiter: ',', decimal: '.' };
  const table = (await readInput([file])).tables.totals as ReadonlyMap<string, Column>;
  return names.map((name) => {
    const column = table.get(name)!;
    if ('codes' in column) return Array.from(column.codes, (code) => column.values[code]);
    return Array.from(column as ArrayLike<unknown>);
  });
}

/** All code points that are characters of their own, a range of them. */
const codePoints = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => from + i)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code));

const anyText = fc.string({
  unit: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('\ufeff', '\0', '"', ',', '\n', '\r', '\r\n', ' ', '\\', '\ufffe', "'") },
    { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 1 }) },
    { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }) },
  ),
  size: 'medium',
});

describe.each(['csv', 'parquet'] as const)('texts in and out of %s', (format) => {
  it('are unharmed with every code point of the first plane, and the ends of the others, at their edges', async () => {
    const all = [...codePoints(0, 0x10000)];
    for (let plane = 1; plane <= 16; plane++) {
      all.push(
        ...codePoints(plane << 16, (plane << 16) + 64),
        ...codePoints((plane << 16) + 0xffc0, (plane + 1) << 16),
      );
    }
    const texts = all.map((text, i) => `${text}${i % 7 ? 'x' : ''}${all[(i * 31) % all.length]}`);
    const path = await write(folderWith({}), format, { k: texts });
    const [back] = await read(path, ['k']);
    expect(back.findIndex((text, i) => text !== texts[i])).toBe(-1);
    expect(back.length).toBe(texts.length);
  });

  it('are unharmed whatever they hold, at the edges of batches too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyText, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(0, 2047, 2048, 4095, 4096),
        fc.integer({ min: 0, max: 2_000 }),
        async (texts, before, long) => {
          const k = [...Array.from({ length: before }, (_, i) => `é${i}`), ...texts, 'ü'.repeat(long), ...texts];
          const w = k.map((_, i) => k[(i * 7) % k.length]);
          const path = await write(folderWith({}), format, { '\ufeffk': k, w });
          expect(await read(path, ['\ufeffk', 'w'])).toEqual([k, w]);
        },
      ),
      { numRuns: 15, seed: 11 },
    );
  });

  it('are handed over as they are where a figure is no number', async () => {
    const texts = ['1', '\ufeff2', '\ufeff', '3\ufeff', 'x\0y', 'é'];
    const path = await write(folderWith({}), format, { v: texts, w: texts });
    expect(await read(path, ['v'], 'value')).toEqual([texts]);
  });

  it('are unharmed through a fit and in its own output', async () => {
    const texts = [...new Set(fc.sample(anyText, { numRuns: 60, seed: 5 }))];
    const bricks = ['\ufeffbrick', '\ufeff', 'é'];
    const rows = bricks.flatMap((brick) => texts.map((entity) => [brick, entity] as const));
    const folder = folderWith({
      'model.json': JSON.stringify({
        totals: { file: `totals/t.${format}`, brick: ['b'], value: 'y' },
        exposure: { file: `delivery/t.${format}`, brick: ['b'], entity: ['e'], value: 'x' },
        output: { format },
      }),
      'totals/none': '',
      'delivery/none': '',
    });
    await write(join(folder, 'totals'), format, { b: bricks, y: ['10', '20', '5'] });
    const columns = { b: rows.map(([b]) => b), e: rows.map(([, e]) => e), x: rows.map((_, i) => `${1 + (i % 5)}`) };
    await write(join(folder, 'delivery'), format, columns);
    expect(await run(folder, 'fit', 'model.json', '--out', 'r')).toMatchObject({ code: 0, stderr: '' });
    expect(await read(join(folder, `r/allocation.${format}`), ['b', 'e'])).toEqual([columns.b, columns.e]);
    expect(await read(join(folder, `r/entities.${format}`), ['e'])).toEqual([texts]);
  });
});

describe('cutting joined texts', () => {
  it('gives every text its own bytes, whatever it begins with', () => {
    const texts = codePoints(0, 0x110000);
    const encoded = texts.map((text) => Buffer.from(text));
    const back: string[] = [];
    splitTexts(
      Buffer.concat(encoded),
      encoded.map(({ length }) => length),
      back,
    );
    expect(back.findIndex((text, i) => text !== texts[i])).toBe(-1);
    expect(back.length).toBe(texts.length);
  });

  it('joins as many as stay far below the longest text there can be', () => {
    expect([0, 1, 4096, 5000, 2_000_000, 2 ** 31].map(textsTogether)).toEqual([4096, 4096, 4096, 3355, 8, 1]);
  });
});
