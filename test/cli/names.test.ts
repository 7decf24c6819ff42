import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Column, csvBytes, type DictionaryColumn } from '../../bindings/index.js';
import { openDatabase } from '../../cli/duckdb.js';
import type { TableFile } from '../../cli/input/files.js';
import { readInput } from '../../cli/input/read.js';
import { readTableFile } from '../../cli/input/table.js';
import { writeParquet } from '../../cli/output/parquet.js';
import { delivery, folderWith, model, read, run, totals } from './run.js';

const plain =
  process.platform === 'win32' ? [] : ['back\\slash', 'a\\[b]', '*', '**', 'what?', 'q"uote', 's3:', 'new\nline'];
const names = [
  'data[1]',
  '[2024]',
  '[!a]',
  'br{a,b}',
  '{uuid}',
  "it's",
  'sp ace ',
  '~',
  '$HOME',
  '%41',
  '#x',
  'é\ufeff',
  '--out',
  'hive=1',
  ...plain,
];
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe.each(['csv', 'parquet'] as const)('names of files are names: %s', (format) => {
  it('reads the file of that name and no other, wherever it lies, and writes to it', async () => {
    const folder = folderWith({});
    // what the names would match as patterns
    for (const decoy of ['data1', '2', 'b', 'a', 'bra', 'x']) {
      mkdirSync(join(folder, decoy), { recursive: true });
      for (const file of [join(folder, decoy, 't'), join(folder, decoy)]) {
        writeFileSync(`${file}.${format}`, 'k\nwrong\n');
      }
    }
    // of a folder and of a file, read beside each other
    const written: { readonly path: string; readonly file: TableFile }[] = [];
    for (const name of names) {
      for (const path of [join(folder, name, `t.${format}`), join(folder, `${name}.${format}`)]) {
        mkdirSync(dirname(path), { recursive: true });
        const table = { rows: 1, names: ['k'], columns: { k: [path] } };
        if (format === 'parquet') await writeParquet(table, path);
        else writeFileSync(path, Buffer.concat([...csvBytes(table)]));
        const columns = new Map([['k', 'key' as const]]);
        written.push({ path, file: { section: 'totals', path, name: 't', columns, delimiter: ',', decimal: '.' } });
      }
    }
    for (let i = 0; i < written.length; i += 2) {
      const [inFolder, named] = [written[i], written[i + 1]];
      const { tables, digests } = await readInput([inFolder.file, { ...named.file, section: 'entities' }]);
      const textsOf = (read: unknown) => {
        const { codes, values } = (read as ReadonlyMap<string, Column>).get('k') as DictionaryColumn;
        return Array.from(codes, (code) => values[code]);
      };
      expect([textsOf(tables.totals), textsOf(tables.entities)]).toEqual([[inFolder.path], [named.path]]);
      expect(digests).toMatchObject({
        totals: { file: 't', sha256: sha256(inFolder.path) },
        entities: { file: 't', sha256: sha256(named.path) },
      });
    }
  }, 60_000);
});

describe('the whole command', () => {
  it('fits what the configuration names, beside files that the name would match', async () => {
    const files = (name: string) => ({
      [`[2024]/${name}.csv`]: totals,
      '[2024]/m.json': JSON.stringify({
        ...model,
        totals: { ...model.totals, file: `${name}.csv` },
        output: { format: 'parquet' },
      }),
      '[2024]/delivery.csv': delivery,
    });
    const folder = folderWith({
      ...files('data[1]'),
      '[2024]/data1.csv': totals.replace('100', '900'),
      '2/data1.csv': totals,
    });
    expect(await run(folder, 'fit', '[2024]/m.json', '--out', 'r[1]')).toMatchObject({ code: 0, stderr: '' });
    const { run: facts, ...fit } = JSON.parse(read(folder, 'r[1]/fit.json'));
    expect(facts.inputs.totals).toEqual({ file: 'data[1].csv', sha256: sha256(join(folder, '[2024]/data[1].csv')) });
    const other = folderWith(files('plain'));
    await run(other, 'fit', '[2024]/m.json', '--out', 'r');
    const { run: _, ...expected } = JSON.parse(read(other, 'r/fit.json'));
    expect(fit).toEqual(expected);
    for (const name of ['allocation.parquet', 'entities.parquet']) {
      expect(sha256(join(folder, 'r[1]', name))).toBe(sha256(join(other, 'r', name)));
    }
  }, 60_000);

  it('leaves no stand-in behind', async () => {
    const folder = folderWith({ 'x[1].csv': 'k\na\n' });
    const database = await openDatabase([join(folder, 'x[1].csv')]);
    const place = await database.standIns.linkTo(join(folder, 'x[1].csv'));
    expect(readFileSync(place, 'utf8')).toBe('k\na\n');
    database.close();
    expect(() => readFileSync(place)).toThrow('ENOENT');
  });
});

it('refuses a file that changes while it is read: the sha256 is that of what was read', async () => {
  const path = join(folderWith({ 'x.csv': 'k\na\n' }), 'x.csv');
  const columns = new Map([['k', 'key' as const]]);
  const file: TableFile = { section: 'totals', path, name: 'x.csv', columns, delimiter: ',', decimal: '.' };
  const database = await openDatabase([path]);
  const changing = {
    ...database,
    chunks: (sql: string) => {
      writeFileSync(path, 'k\nbcd\n');
      return database.chunks(sql);
    },
  };
  await expect(readTableFile(changing, file)).rejects.toThrow(
    /^x\.csv: expected a file that stays as it is while it is read, got one that changed\. Run it again\.$/,
  );
  database.close();
});
