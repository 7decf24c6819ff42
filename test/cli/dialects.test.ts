import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TableConfig } from '../../bindings/index.js';
import { check, InputError, parseModel } from '../../bindings/index.js';
import { apportion } from '../import/importing.js';
import { folderWith, read } from './run.js';

const totals = 'Day,y\n2024-01-01,5\n2024-01-02,6\n';
const rows = [
  ['2024-01-01', 'Brand', 900],
  ['2024-01-01', 'Generic, south', 1500],
  ['2024-01-02', 'Brand', 1140],
  ['2024-01-02', 'Generic, south', 1740],
] as const;
const lines = rows.map(([day, campaign, n]) => `${day},"${campaign}","${n.toLocaleString('en-US')}"\n`).join('');
const title = 'Campaign report\n"January 1, 2024 - January 2, 2024"\n';
const ends = 'Total: Campaigns, --,"5,280"\nTotal: Account,,"5,280"\n';
const header = 'Day,Campaign,Impr.\n';
const plain = `${header}${rows.map(([day, campaign, n]) => `${day},"${campaign}",${n}\n`).join('')}`;

const model = (exposure: Partial<TableConfig>) => ({
  totals: { file: 't.csv', brick: ['Day'], value: 'y' },
  exposure: { file: 'x.csv', brick: ['Day'], entity: ['Campaign'], value: 'Impr.', ...exposure },
});
const folderOf = (text: string | Uint8Array, exposure: Partial<TableConfig> = {}) =>
  folderWith({ 't.csv': totals, 'x.csv': text, 'm.json': JSON.stringify(model(exposure)) });

const utf16 = (text: string, order: 'le' | 'be') => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};

/** All that a fit of these files gives but what is of this run. */
async function allocationOf(folder: string): Promise<string> {
  const ran = await apportion(folder, 'fit', '@m.json', '--out', '@r');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  return read(folder, 'r/allocation.csv');
}

describe('a table of a model, however it is written', async () => {
  const expected = await allocationOf(folderOf(plain));
  const thousands = ',' as const;
  const tabs = (text: string) => text.replaceAll('Generic, south', 'Generic; south').replaceAll(',"', '\t"');

  it.each<[string, string | Uint8Array, Partial<TableConfig>]>([
    ['thousands', header + lines, { thousands }],
    ['a title above', title + header + lines, { thousands, header: 3 }],
    ['a title above, with CRLF', (title + header + lines).replaceAll('\n', '\r\n'), { thousands, header: 3 }],
    ['a byte order mark and a title', `\ufeff${title}${header}${lines}`, { thousands, header: 3 }],
    ['totals below', header + lines + ends, { thousands, footer: 2 }],
    ['totals below without an end', (header + lines + ends).trimEnd(), { thousands, footer: 2 }],
    ['totals below and empty lines', `${header}${lines}${ends}\n\n`, { thousands, footer: 2 }],
    ['remarks below', `${header}${lines}Generated,by\nnobody\n`, { thousands, footer: 2 }],
    ['a title and totals', title + header + lines + ends, { thousands, header: 3, footer: 2 }],
    ['totals anywhere', header + ends + lines, { thousands, without: { Day: ['Total: Campaigns', 'Total: Account'] } }],
    ['UTF-16', utf16(header + lines, 'le'), { thousands }],
    ['UTF-16, big end first', utf16(title + header + lines + ends, 'be'), { thousands, header: 3, footer: 2 }],
    ['points between thousands', (header + lines).replaceAll(/(\d),(\d)/g, '$1.$2'), { thousands: '.', decimal: ',' }],
    ['spaces between thousands', (header + lines).replaceAll(/(\d),(\d)/g, '$1\u202f$2'), { thousands: ' ' }],
    [
      'rows without a figure',
      `${header}2024-01-02,Video,--\n${lines}2024-01-01,Video,n/a\n`,
      { thousands, empty: ['--', 'n/a'] },
    ],
    ['an empty cell', `${header}2024-01-02,Video,\n${lines}`, { thousands, empty: [''] }],
  ])('reads %s', async (_, text, exposure) => {
    const folder = folderOf(text, exposure);
    expect(await allocationOf(folder)).toBe(expected);
    const { inputs } = JSON.parse(read(folder, 'r/fit.json')).run;
    const sha256 = createHash('sha256')
      .update(readFileSync(join(folder, 'x.csv')))
      .digest('hex');
    expect(inputs.exposure).toEqual({ file: 'x.csv', sha256 });
  });

  it('reads tabs', async () => {
    const text = tabs(`${header.replaceAll(',', '\t')}${lines}`);
    const wanted = expected.replaceAll('"Generic, south"', 'Generic; south');
    expect(await allocationOf(folderOf(utf16(text, 'le'), { thousands, delimiter: '\t' }))).toBe(wanted);
  });

  it('counts rows that were left out because their value is empty', async () => {
    const folder = folderOf(`${header}2024-01-02,Video,--\n${lines}`, { thousands, empty: ['--', ''] });
    await apportion(folder, 'fit', '@m.json', '--out', '@r');
    expect(JSON.parse(read(folder, 'r/fit.json')).warnings).toContainEqual({
      code: 'empty-values',
      message: 'x.csv: 1 row was left out, whose Impr. counts as empty ("--", "").',
    });
  });

  const faultless = { thousands };
  it.each<[string, string | Uint8Array, Partial<TableConfig>, string]>([
    [
      'a title without the line of the header',
      title + header + lines,
      faultless,
      'x.csv header: expected column names in line 1, got 1 field above records of 3 fields. Set "header": 3 if line 3 has the names.',
    ],
    [
      'a title that a spreadsheet filled up',
      `Campaign report,,\n${header}${lines}`,
      faultless,
      'x.csv header: expected column names in line 1, got a title above records of 3 fields. Set "header": 2 if line 2 has the names.',
    ],
    [
      'a line of the title for that of the header',
      title + header + lines,
      { ...faultless, header: 2 },
      'x.csv header: expected column names in line 2, got 1 field above records of 3 fields. Set "header": 3 if line 3 has the names.',
    ],
    [
      'a header below the end',
      header + lines,
      { ...faultless, header: 9 },
      'x.csv header: expected column names in line 9, got 5 lines',
    ],
    [
      'remarks below',
      `${header}${lines}Generated by\nnobody\n`,
      faultless,
      'x.csv record 5: expected 3 fields like the header, got 1. Set "footer": 2 to leave out the end of a report.\nx.csv record 6: expected 3 fields like the header, got 1. Set "footer": 2 to leave out the end of a report.',
    ],
    [
      'half a unit of UTF-16',
      Buffer.concat([utf16(header + lines, 'le'), Buffer.from('x')]),
      faultless,
      'x.csv: expected UTF-16 text, got other bytes. Save the file in UTF-8.',
    ],
    [
      'nothing but rows without a figure',
      `${header}2024-01-01,Video,--\n`,
      { ...faultless, empty: ['--'] },
      'x.csv: expected a row with a figure in "Impr.", got 1 without. Check "empty".',
    ],
    [
      'nothing but rows that are left out',
      header + ends,
      { ...faultless, without: { Day: ['Total: Campaigns', 'Total: Account'] } },
      'x.csv: expected rows other than those with {"Day":["Total: Campaigns","Total: Account"]}, got none among 2. Check "without".',
    ],
    [
      'marks that are one',
      header + lines,
      { decimal: ',', thousands: ',' },
      'exposure.thousands: expected another mark than the decimal one, got ","',
    ],
    [
      'a number that counts as empty',
      header + lines,
      { empty: ['0'] },
      'exposure.empty[0]: expected a text that is no number, got "0"',
    ],
  ])('refuses %s', async (_, text, exposure, message) => {
    const { code, stderr } = await apportion(folderOf(text, exposure), 'check', '@m.json');
    expect(stderr).toBe(message);
    expect(code).toBe(2);
  });
});

it('tables in memory go by the same rules', async () => {
  const exposure = {
    Day: ['2024-01-01', '2024-01-02', '2024-01-02', 'Total'],
    Campaign: ['Brand', 'Brand', 'Video', 'Total'],
    'Impr.': ['1.500', '11,7', '--', '1.511,7'],
  };
  const rules = { decimal: ',', thousands: '.', empty: ['--'], without: { Day: 'Total' } } as const;
  const of = (changes: object) =>
    check(
      { totals: { Day: ['2024-01-01', '2024-01-02'], y: [1, 2] }, exposure },
      parseModel(model({ ...rules, ...changes } as never)),
    );
  expect(await of({})).toMatchObject({ exposures: 2, entities: 1, exposureWithoutTotal: 0 });
  const error = await of({ empty: [] }).catch((caught) => caught);
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toBe(
    'exposure record 3, column Impr.: expected a number, got "--". Set "empty": ["--"] to leave out rows without a figure.',
  );
});
