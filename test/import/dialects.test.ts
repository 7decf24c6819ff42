import { describe, expect, it } from 'vitest';
import { folderWith, read } from '../cli/run.js';
import { apportion } from './importing.js';
import { type Case, refuses } from './refusing.js';

const weeks = ['2024-01-01', '2024-01-08', '2024-01-15', '2024-01-22'];
const contributions = `date,channel,mean\n${weeks.map((week, i) => `${week},search,${100 + i}.5\n`).join('')}`;
const days = weeks.flatMap((week) =>
  [0, 1, 2].map((d) => `${week.slice(0, 8)}${String(Number(week.slice(8)) + d).padStart(2, '0')}`),
);
const figures = days.map((_, i) => 1500 + 40 * i + 0.7);
const german = (x: number) => x.toLocaleString('de-DE', { minimumFractionDigits: 1 });
const english = (x: number) => x.toLocaleString('en-US', { minimumFractionDigits: 1 });
const plain = `date,campaign,impressions\n${days.map((day, i) => `${day},a,${figures[i]}\n`).join('')}`;
const semicolons = `date;campaign;impressions\n${days.map((day, i) => `${day};a;${german(figures[i])}\n`).join('')}`;
const report = `Campaign report\n"all, of it"\ndate,campaign,impressions\n${days.map((day, i) => `${day},a,"${english(figures[i])}"\n`).join('')}`;
const totals = 'Total: Campaigns, --,"9,999"\nTotal: Account,,"9,999"\n';
const semicolonContributions = contributions.replaceAll(',', ';').replaceAll('.', ',');

const args = ['pymc-marketing', '@c.csv', '--delivery', '@ads.csv', '--medium', 'search'];
const inGerman = ['--delimiter', ';', '--decimal', ',', '--thousands', '.'];
const ofContributions = ['--contributions-delimiter', ';', '--contributions-decimal', ','];

async function imported(files: Record<string, string | Uint8Array>, ...more: string[]) {
  const folder = folderWith({ 'c.csv': contributions, 'ads.csv': plain, ...files });
  const ran = await apportion(folder, 'import', ...args, ...more, '--out', '@mmm');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  return { stdout: ran.stdout, tables: [read(folder, 'mmm/totals.csv'), read(folder, 'mmm/delivery.csv')] };
}

describe('an import of tables however they are written', async () => {
  const expected = (await imported({})).tables;

  it.each<[string, Record<string, string | Uint8Array>, string[]]>([
    ['thousands of points and decimal commas', { 'ads.csv': semicolons }, inGerman],
    ['contributions with semicolons', { 'c.csv': semicolonContributions }, ofContributions],
    ['both', { 'c.csv': semicolonContributions, 'ads.csv': semicolons }, [...inGerman, ...ofContributions]],
    ['a title', { 'ads.csv': report }, ['--header', '3', '--thousands', ',']],
    ['totals at the end', { 'ads.csv': report + totals }, ['--header', '3', '--footer', '2', '--thousands', ',']],
    ['tabs', { 'ads.csv': plain.replaceAll(',', '\t') }, ['--delimiter', '\\t']],
    ['UTF-16', { 'ads.csv': Buffer.from(`\ufeff${plain}`, 'utf16le') }, []],
    ['a title above contributions', { 'c.csv': `Model 7\n\n${contributions}` }, ['--contributions-header', '3']],
    [
      'totals of contributions',
      { 'c.csv': `${contributions}Total,search,406\n` },
      ['--contributions-without', 'date=Total'],
    ],
  ])('reads %s', async (_, files, more) => {
    expect((await imported(files, ...more)).tables).toEqual(expected);
  });

  it('says which rows it left out', async () => {
    const { stdout, tables } = await imported(
      { 'ads.csv': `${plain}Total,,1\nTotal,,2\n${days[0]},b,--\n` },
      '--without',
      'date=Total',
      '--empty=--',
    );
    expect(tables).toEqual(expected);
    expect(stdout).toContain('2 rows of ads.csv with date "Total"');
    expect(stdout).toContain('1 row of ads.csv with impressions "--"');
  });
});

const files = { 'c.csv': contributions, 'ads.csv': plain };
const one = (text: string) => plain.replace(`${figures[0]}`, text);
const cell = 'ads.csv record 1, column impressions: expected a finite number, got';

describe('an import', () => {
  const cases: Case[] = [
    [
      'thousands that nobody declared, and never takes them for decimals',
      {
        ...files,
        'ads.csv': semicolons
          .replace(/(?<=;)[\d.]*(?=,7\n)/, '1.500')
          .replace(/(?<=1\.500),7/, '')
          .replaceAll(/\.(?=\d{3},)/g, ''),
      },
      [...args, '--delimiter', ';', '--decimal', ','],
      `${cell} "1.500". Remove the thousands separator or set --thousands ".". If it is the decimal mark, set --decimal ".".`,
    ],
    [
      'one cell without a figure, once',
      { ...files, 'ads.csv': semicolons.replace(german(figures[0]), '--') },
      [...args, ...inGerman],
      `${cell} "--". Set --empty="--" to leave out rows without a figure.`,
    ],
    [
      'percents',
      { ...files, 'ads.csv': one('5%') },
      args,
      `${cell} "5%". Remove the percent sign, or name a column of amounts.`,
    ],
    ['money', { ...files, 'ads.csv': one('€5') }, args, `${cell} "€5". Remove the currency sign.`],
    [
      'contributions with other marks, in their own options',
      { ...files, 'c.csv': semicolonContributions },
      args,
      'c.csv header: expected columns separated by ",", got one column "date;channel;mean". Set --contributions-delimiter ";".',
    ],
    [
      'a decimal comma of contributions',
      { ...files, 'c.csv': semicolonContributions.split('\n').slice(0, 2).join('\n') },
      [...args, '--contributions-delimiter', ';'],
      'c.csv record 1, column mean: expected a finite number, got "100,5". Set --contributions-decimal "," if that is the decimal mark.',
    ],
    [
      'a report with a title',
      { ...files, 'ads.csv': report },
      args,
      'ads.csv header: expected column names in line 1, got 1 field above records of 3 fields. Set --header 3 if line 3 has the names.',
    ],
    [
      'rows of totals',
      { ...files, 'ads.csv': `${plain}Total: Campaigns,--,9\nTotal: Account,,9\n` },
      args,
      'ads.csv record 13, column date: expected a date, got "Total: Campaigns" and 1 more like it: rows of totals. Leave them out with --footer 2, or --without "date=Total: Campaigns" --without "date=Total: Account".',
    ],
    [
      'rows of totals above a footer',
      { ...files, 'ads.csv': `${plain}Total: Campaigns,--,9\nTotal: Account,,9\n` },
      [...args, '--footer', '1'],
      'ads.csv record 13, column date: expected a date, got "Total: Campaigns": rows of totals. Leave them out with --footer 2, or --without "date=Total: Campaigns".',
    ],
    [
      'rows of totals in between',
      { ...files, 'ads.csv': plain.replace('\n', '\nSumme,,9\n') },
      args,
      'ads.csv record 1, column date: expected a date, got "Summe": rows of totals. Leave them out with --without "date=Summe".',
    ],
    [
      'a title that a spreadsheet filled up',
      { ...files, 'ads.csv': `Campaign report,,\n${plain}` },
      args,
      'ads.csv header: expected column names in line 1, got a title above records of 3 fields. Set --header 2 if line 2 has the names.',
    ],
    [
      'a cell by its record in the file, behind rows that were left out',
      { ...files, 'ads.csv': one('x').replace('\n', '\nTotal,,9\n') },
      [...args, '--without', 'date=Total'],
      'ads.csv record 2, column impressions: expected a finite number, got "x"',
    ],
    [
      'an empty figure of a wide table, whose row holds others',
      { ...files, 'w.csv': `period,search contribution,tv contribution\n1,5,7\n2,--,8\n3,6,9\n` },
      ['lightweight-mmm', '@w.csv', ...args.slice(2), '--skip', 'tv', '--contributions-empty=--'],
      'w.csv record 2, column search contribution: expected a finite number, got "--"',
    ],
    [
      'one mark for two things',
      files,
      [...args, '--decimal', ',', '--thousands', ','],
      '--thousands: expected another mark than the decimal one, got ","',
    ],
    [
      'rows to leave out by a column that is not there',
      files,
      [...args, '--without', 'dat=Total', '--without', 'x'],
      '--without: expected column=text, got "x"\n--without: expected a column of ads.csv before "=", got "dat". Did you mean "date"?',
    ],
  ];
  refuses(cases);
});

describe('simulate campaigns', () => {
  const cut = [
    'simulate',
    'campaigns',
    '@x.csv',
    '--time',
    'week',
    '--value',
    'n',
    '--campaigns',
    '3',
    '--out',
    '@cut',
  ];
  const x = `week,n\n${weeks.map((week, i) => `${week},${1500 + i}\n`).join('')}`;
  const odd = `Report\n\nweek;n\n${weeks.map((week, i) => `${week};1.50${i}\n`).join('')}Total;6.006\nTotal;6.006\n2024-01-29;--\n`;

  it('reads delivery by the same options', async () => {
    const [folder, other] = [folderWith({ 'x.csv': x }), folderWith({ 'x.csv': odd })];
    expect(await apportion(folder, ...cut)).toMatchObject({ code: 0, stderr: '' });
    const more = [
      '--delimiter',
      ';',
      '--header',
      '3',
      '--decimal',
      ',',
      '--thousands',
      '.',
      '--without',
      'week=Total',
      '--empty=--',
    ];
    expect(await apportion(other, ...cut, ...more)).toMatchObject({ code: 0, stderr: '' });
    expect(read(other, 'cut/delivery.csv')).toBe(read(folder, 'cut/delivery.csv'));
  });

  it('says the cure in them', async () => {
    const folder = folderWith({ 'x.csv': x.replace('1500', '"1,500"') });
    expect(await apportion(folder, ...cut)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'x.csv record 1, column n: expected a number, got "1,500". Remove the thousands separator or set --thousands ",". If it is the decimal mark, set --decimal ",".',
    });
  });
});
