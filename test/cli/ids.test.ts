import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Column } from '../../bindings/index.js';
import type { TableFile } from '../../cli/input/files.js';
import { readInput } from '../../cli/input/read.js';
import { folderWith, parquet, run } from './run.js';

const odd = [
  '__proto__',
  'constructor',
  '=1+1',
  '@cmd',
  '-1',
  'a,b',
  'say "hi"',
  '"',
  "it's",
  'two\nlines',
  'two\r\nlines',
  '\ttab ',
  ' ',
  '',
  'NULL',
  'é',
  'e\u0301',
  '😀',
  '\u{10ffff}',
  '\\',
  '%s',
  '{}',
  'x'.repeat(300),
];
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Both key columns are named and filled with odd texts, and both bricks have all entities. */
const config = (format: 'csv' | 'parquet') => ({
  totals: { file: `totals.${format}`, brick: ['__proto__'], value: 'a "total"' },
  exposure: { file: `delivery.${format}`, brick: ['week, of year'], entity: ['campaign\n2'], value: 'x' },
  output: { format },
});
const rows = odd.flatMap((brick, b) => odd.map((entity, e) => [brick, entity, 1 + ((b * 7 + e * 3) % 11)] as const));

function csvFiles() {
  return {
    'model.json': JSON.stringify(config('csv')),
    'totals.csv': `"__proto__","a ""total"""\n${odd.map((brick, b) => `${quoted(brick)},${b + 1}\n`).join('')}`,
    'delivery.csv': `"week, of year","campaign\n2",x\n${rows.map(([b, e, x]) => `${quoted(b)},${quoted(e)},${x}\n`).join('')}`,
  };
}

/** The keys of a result, row by row. */
async function keysOf(path: string, names: string[]): Promise<string[][]> {
  const columns = new Map(names.map((name) => [name, 'key'] as const));
  const file: TableFile = { section: 'totals', path, name: 'result', columns, delimiter: ',', decimal: '.' };
  const table = (await readInput([file])).tables.totals as ReadonlyMap<string, Column>;
  const cells = names.map((name) => {
    const column = table.get(name) as { codes: Uint32Array; values: string[] };
    return Array.from(column.codes, (code) => column.values[code]);
  });
  return cells[0].map((_, r) => cells.map((column) => column[r]));
}

const expected = rows.map(([brick, entity]) => [brick, entity]);

describe('ids of any text pass through unharmed', () => {
  it('from CSV to CSV', async () => {
    const folder = folderWith(csvFiles());
    expect(await run(folder, 'fit', 'model.json', '--out', 'r')).toMatchObject({ code: 0, stderr: '' });
    expect(await keysOf(join(folder, 'r/allocation.csv'), ['__proto__', 'campaign\n2'])).toEqual(expected);
    expect(await keysOf(join(folder, 'r/entities.csv'), ['campaign\n2'])).toEqual(odd.map((entity) => [entity]));
  });

  it('from Parquet to Parquet', async () => {
    const folder = folderWith({
      'model.json': JSON.stringify(config('parquet')),
    });
    const totals = odd.map((brick, b) => `(${literal(brick)}, ${b + 1})`).join(', ');
    await parquet(folder, 'totals.parquet', `SELECT * FROM (VALUES ${totals}) t("__proto__", "a ""total""")`);
    const delivery = rows.map(([b, e, x]) => `(${literal(b)}, ${literal(e)}, ${x})`).join(', ');
    await parquet(
      folder,
      'delivery.parquet',
      `SELECT * FROM (VALUES ${delivery}) t("week, of year", "campaign\n2", x)`,
    );
    expect(await run(folder, 'fit', 'model.json', '--out', 'r')).toMatchObject({ code: 0, stderr: '' });
    expect(await keysOf(join(folder, 'r/allocation.parquet'), ['__proto__', 'campaign\n2'])).toEqual(expected);
  });
});
