import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folderWith, read } from '../cli/run.js';
import { parseCsv } from '../support/parseCsv.js';
import { csv, dateOf, dayOf } from './ads.js';
import { apportion } from './importing.js';
import { type Case, type Files, refuses } from './refusing.js';

type Adstock = 'geometric' | 'weibull_cdf' | 'weibull_pdf';

// Robyn's formulas on data with rows before and after the window: robynReference.py beside this
const reference: {
  before: number;
  window: number;
  after: number;
  media: Record<string, Record<'alpha' | 'gamma' | 'theta' | 'shape' | 'scale' | 'coef', number>>;
  campaigns: Record<string, Record<string, number[]>>;
  cases: { adstock: Adstock; legacy: boolean; contributions: Record<string, number[]> }[];
} = JSON.parse(readFileSync(new URL('./robynReference.json', import.meta.url), 'utf8'));

const { before, window, after, media, campaigns, cases } = reference;
const rows = before + window + after;
const names = Object.keys(media);
const week = (row: number) => dateOf(dayOf('2021-01-04') + 7 * row);
const all = Array.from({ length: rows }, (_, row) => row);

/** Delivery of these rows of the data; row -1 is the week before the first. */
const ads = (delivered: readonly number[]) =>
  csv([
    ['date_day', 'platform', 'campaign_name', 'spend'],
    ...delivered.flatMap((row) =>
      names.flatMap((medium) =>
        Object.entries(campaigns[medium]).map(([campaign, x]) => [week(row), medium, campaign, x[row] ?? 5000]),
      ),
    ),
  ]);

const hyper = (adstock: Adstock) =>
  names.flatMap((medium): [string, number][] => {
    const { alpha, gamma, theta, shape, scale } = media[medium];
    const carry: [string, number][] =
      adstock === 'geometric'
        ? [['thetas', theta]]
        : [
            ['shapes', shape],
            ['scales', scale],
          ];
    return [['alphas', alpha] as [string, number], ['gammas', gamma] as [string, number], ...carry].map(
      ([name, value]) => [`${medium}_${name}`, value],
    );
  });

/** What the JSON says of the data, from 2023-10 on. */
const counted = {
  totalObservations: [rows],
  rollingWindowStartWhich: [before + 1],
  rollingWindowEndWhich: [before + window],
};

/** An export with the contributions of Robyn's own formulas. */
function exported(adstock: Adstock, legacy: boolean, inputs: object, extras?: object): Files {
  const { contributions } = cases.find((one) => one.adstock === adstock && one.legacy === legacy)!;
  const values = hyper(adstock);
  const json = {
    InputCollect: {
      adstock: [adstock],
      date_var: ['DATE'],
      paid_media_spends: names,
      window_start: [week(before)],
      window_end: [week(before + window - 1)],
      intervalType: ['week'],
      dayInterval: [7],
      version: [legacy ? 'Robyn (stable) v3.10.3 [R-4.2.1]' : 'Robyn (dev) v3.12.0.9000 [R-4.4.1]'],
      ...inputs,
    },
    ExportedModel: { select_model: ['1_1_1'] },
    ...(extras && { Extras: extras }),
  };
  return {
    'RobynModel-1_1_1.json': JSON.stringify(json),
    'pareto_alldecomp_matrix.csv': csv([
      ['""', '"ds"', '"dep_var"', ...names.map((name) => `"${name}"`), '"intercept"', '"solID"'],
      ...Array.from({ length: window }, (_, t) => [
        `"${t + 1}"`,
        week(before + t),
        90_000,
        ...names.map((name) => contributions[name][t]),
        5000,
        '"1_1_1"',
      ]),
    ]),
    'pareto_hyperparameters.csv': csv([
      ['""', ...values.map(([name]) => `"${name}"`), '"solID"'],
      ['"1"', ...values.map(([, value]) => value), '"1_1_1"'],
    ]),
  };
}

const sums = (medium: string, row: number) => Object.values(campaigns[medium]).reduce((sum, x) => sum + x[row], 0);
const rawCsv = csv([
  ['""', '"DATE"', '"revenue"', ...names.map((name) => `"${name}"`)],
  ...all.map((row) => [`"${row + 1}"`, week(row), 90_000, ...names.map((name) => sums(name, row))]),
]);
const rawRecords = all.map((row) => ({
  DATE: week(row),
  revenue: 90_000,
  ...Object.fromEntries(names.map((name) => [name, sums(name, row)])),
}));

async function imported(files: Files, ...args: string[]) {
  const folder = folderWith(files);
  const delivery = ['--delivery', '@ads.csv', '--exposure', 'spend'];
  const ran = await apportion(folder, 'import', 'robyn', '@', ...delivery, '--out', '@mmm', ...args);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  return { folder, stdout: ran.stdout, curves: JSON.parse(read(folder, 'mmm/model.json')).effectiveExposure.curves };
}

/** How far coefficient times effective exposure is from Robyn's contributions, at most, as a share of them. */
async function missOf(folder: string, adstock: Adstock, legacy: boolean): Promise<number> {
  const shaped = await apportion(folder, 'exposure', '@mmm/model.json', '--out', '@exposure.csv');
  expect([shaped.code, shaped.stderr]).toEqual([0, '']);
  const [header, ...cells] = parseCsv(read(folder, 'exposure.csv'));
  const effective = new Map<string, number>();
  for (const cell of cells) {
    const key = `${cell[header.indexOf('medium')]} ${cell[header.indexOf('period')]}`;
    effective.set(key, (effective.get(key) ?? 0) + Number(cell[header.indexOf('exposure')]));
  }
  const { contributions } = cases.find((one) => one.adstock === adstock && one.legacy === legacy)!;
  const misses = names.flatMap((medium) =>
    contributions[medium].map((value, t) =>
      Math.abs((media[medium].coef * (effective.get(`${medium} ${week(before + t)}`) ?? 0)) / value - 1),
    ),
  );
  expect(misses.length).toBe(3 * window);
  return Math.max(...misses);
}

describe("Robyn's data before and after the window", () => {
  it.each(cases.map(({ adstock, legacy }) => [adstock, legacy] as const))(
    'give the effective exposure of its own formulas: %s, before 3.12 %s',
    async (adstock, legacy) => {
      const { folder, stdout, curves } = await imported({ ...exported(adstock, legacy, counted), 'ads.csv': ads(all) });
      expect(curves.tv_S.preset).toBe(legacy ? 'robyn-legacy' : 'robyn');
      expect(curves.tv_S.window).toBe(adstock === 'geometric' ? undefined : rows);
      expect(stdout).toContain(`left out   dep_var, intercept: no paid media
             102 rows of delivery after the last period of the model\n`);
      expect(await missOf(folder, adstock, legacy)).toBeLessThan(1e-9);
    },
  );

  const old = { rollingWindowStartWhich: [before + 1] };
  const through = all.slice(0, before + window);
  const tellings: [what: string, files: Files, args: string[], left: string | null][] = [
    [
      'raw_data.csv',
      { ...exported('weibull_pdf', true, {}), 'raw_data.csv': rawCsv, 'ads.csv': ads(through) },
      [],
      null,
    ],
    [
      'the raw data inside the JSON',
      { ...exported('weibull_pdf', true, {}, { raw_data: rawRecords }), 'ads.csv': ads(through) },
      [],
      null,
    ],
    [
      'delivery that goes on after the window',
      { ...exported('weibull_pdf', true, {}), 'ads.csv': ads(all) },
      [],
      'nothing says how many periods of data Robyn was given, of which a Weibull scale is a share: taken for 56, all that files and delivery show; --data-rows says another number',
    ],
    [
      'the user',
      { ...exported('weibull_pdf', true, old), 'ads.csv': ads(through) },
      ['--data-rows', String(rows)],
      null,
    ],
  ];
  it.each(tellings)('count in the Weibull scale as told by %s', async (_, files, args, caution) => {
    const { folder, stdout, curves } = await imported(files, ...args);
    expect(curves.radio_S.window).toBe(rows);
    if (caution === null) expect(stdout).not.toContain('nothing says');
    else expect(stdout).toContain(`mind       ${caution}\n`);
    expect(await missOf(folder, 'weibull_pdf', true)).toBeLessThan(1e-9);
  });

  it('leave out delivery that Robyn never saw', async () => {
    const files = { ...exported('geometric', false, counted), 'ads.csv': ads([-2, -1, ...all]) };
    const { folder, stdout } = await imported(files);
    expect(stdout).toContain('             12 rows of delivery before the data of the model\n');
    expect(stdout).toContain(`history    ${before} periods of delivery before the first total, for adstock\n`);
    expect(await missOf(folder, 'geometric', false)).toBeLessThan(1e-9);
  });

  it('say what they were taken for where nothing tells, and where that is wrong by how much', async () => {
    const files = { ...exported('weibull_pdf', true, {}), 'ads.csv': ads(through) };
    const { folder, stdout } = await imported(files, '--mismatch', 'allow');
    expect(stdout).toContain(
      'nothing says how many periods of data Robyn was given, of which a Weibull scale is a share: taken for 39, all that files and delivery show; --data-rows says another number\n',
    );
    expect(await missOf(folder, 'weibull_pdf', true)).toBeGreaterThan(0.1);
  });

  it('count from the first row where the JSON says that alone, wherever delivery begins', async () => {
    const files = exported('weibull_pdf', true, { rollingWindowStartWhich: [before + 1] });
    const { stdout } = await imported({ ...files, 'ads.csv': ads(through.slice(4)) }, '--mismatch', 'allow');
    expect(stdout).toContain(
      `Robyn saw ${before} periods before the first total, the delivery begins ${before - 4} before (${week(4)})`,
    );
    expect(stdout).toContain('of which a Weibull scale is a share: taken for 39, all that files and delivery show');
  });
});

const told = { ...exported('weibull_cdf', false, counted), 'ads.csv': ads(all) };
const args = ['robyn', '@', '--delivery', '@ads.csv', '--exposure', 'spend'];
const withoutWeek = (row: number) =>
  rawCsv
    .split('\n')
    .filter((line) => !line.includes(week(row)))
    .join('\n');
const contradictions: Case[] = [
  [
    'raw data of another length than the JSON says',
    { ...told, 'raw_data.csv': withoutWeek(55) },
    args,
    'raw_data.csv: expected 56 rows as RobynModel-1_1_1.json says (totalObservations), got 55. Are both of one run?',
  ],
  [
    'raw data that begin elsewhere than the JSON says',
    {
      ...exported('weibull_cdf', false, { rollingWindowStartWhich: [10] }),
      'ads.csv': ads(all),
      'raw_data.csv': withoutWeek(0),
    },
    args,
    'raw_data.csv, column DATE: expected 9 rows before the first total as RobynModel-1_1_1.json says (rollingWindowStartWhich), got 8. Are both of one run?',
  ],
  [
    'another number of rows than the files say',
    told,
    [...args, '--data-rows', '57'],
    '--data-rows: expected 56 as RobynModel-1_1_1.json says, got 57',
  ],
  [
    'fewer rows than there are totals and history',
    { ...exported('weibull_cdf', false, { rollingWindowStartWhich: [10] }), 'ads.csv': ads(all) },
    [...args, '--data-rows', '38'],
    '--data-rows: expected at least 39 rows (9 before the first total and 30 with one), got 38',
  ],
];

describe("an import with data of Robyn's that do not fit", () => refuses(contradictions));
