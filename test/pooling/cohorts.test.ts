import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../bindings/config/pooling.js';
import { fit, type KeyType } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';
import { words } from '../support/simulations.js';
import {
  byAd,
  byGroup,
  columnsOf,
  engines,
  fitOf,
  modelOf,
  numbersOf,
  type Pooling,
  type Sample,
  sampleOf,
  shuffled,
  tablesOf,
} from './support.js';

const by = (every: Cohort['every'], time = 'week'): Pooling => ({
  kind: 'lognormal',
  groups: ['cohort'],
  cohort: { time, every },
});

/** Each ad runs in every period from its own on; totals are there from the fourth period on. */
function growing(periods: readonly string[], first: readonly number[], without = 3): Sample {
  const rows: [string, string, number, number][] = [];
  const totals: [string, string, number][] = [];
  periods.forEach((period, p) => {
    let total = 0;
    first.forEach((from, ad) => {
      // before it runs its row is there, with nothing in it
      const clicks = p < from ? 0 : 1 + ((7 * p + 3 * ad) % 5);
      rows.push(['tv', period, ad, clicks]);
      total += clicks * (1 + ad / 4);
    });
    if (p >= without) totals.push(['tv', period, total]);
  });
  return { ads: first.map((_, ad) => `ad${ad}`), columns: {}, totals, rows };
}

/** The cohort of each ad: the ads that each group has, told by productivities of groups that all differ. */
async function cohortsOf(sample: Sample, every: Cohort['every']) {
  const found = await fitOf(sample, by(every));
  const entities = byGroup(found, 'entities');
  return Object.fromEntries([...entities].map(([key, count]) => [key.split('\t')[1], count]));
}

describe('cohorts', () => {
  const dates = [
    '2022-11-07',
    '2022-12-31',
    '2023-01-01',
    '2023-03-31',
    '2023-04-01',
    '2023-12-31',
    '2024-01-01',
    '2024-01-08',
  ];
  const sample = growing(dates, [0, 1, 2, 3, 4, 5, 6, 0]);

  it('are the months of the first exposure above zero, those before the first total among them', async () => {
    expect(await cohortsOf(sample, 'month')).toEqual({
      '2022-11': 2,
      '2022-12': 1,
      '2023-01': 1,
      '2023-03': 1,
      '2023-04': 1,
      '2023-12': 1,
      '2024-01': 1,
    });
  });

  it('are quarters and years by the calendar', async () => {
    expect(await cohortsOf(sample, 'quarter')).toEqual({
      '2022 Q4': 3,
      '2023 Q1': 2,
      '2023 Q2': 1,
      '2023 Q4': 1,
      '2024 Q1': 1,
    });
    expect(await cohortsOf(sample, 'year')).toEqual({ '2022': 3, '2023': 4, '2024': 1 });
    // every month has its quarter
    const months = Array.from({ length: 12 }, (_, m) => `2023-${String(m + 1).padStart(2, '0')}-15T08:00`);
    expect(await cohortsOf(growing(months, [...months.keys()]), 'quarter')).toEqual({
      '2023 Q1': 3,
      '2023 Q2': 3,
      '2023 Q3': 3,
      '2023 Q4': 3,
    });
  });

  it('are stretches of whole periods from 0 on, below it too', async () => {
    const periods = ['-7', '-4', '-1', '0', '3', '9', '10', '12'];
    const numbered = growing(periods, [0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await cohortsOf(numbered, 4)).toEqual({ '-8': 1, '-4': 2, '0': 2, '8': 2, '12': 1 });
    expect(await cohortsOf(numbered, 1)).toEqual(Object.fromEntries(periods.map((period) => [period, 1])));
    expect(await cohortsOf(numbered, 100)).toEqual({ '-100': 3, '0': 5 });
    // 10 is after 9, though its text is not
    expect(await cohortsOf(growing(['8', '9', '10', '11', '100', '101'], [0, 2, 1, 4]), 1)).toEqual({
      '8': 1,
      '9': 1,
      '10': 1,
      '100': 1,
    });
  });

  it('of ISO weeks are those of their Mondays, over the end of a year too', async () => {
    const months = { '2024-12': 3, '2025-01': 1 }; // week 1 of 2025 begins on 2024-12-30
    const typed = async (periods: readonly string[], type: KeyType) => {
      const sample = growing(periods, [0, 1, 2, 3]);
      const { totals, exposure, ...rest } = modelOf(by('month'));
      const types = { week: type };
      const model = { ...rest, totals: { ...totals, types }, exposure: { ...exposure, types } };
      const { groups } = await fit(tablesOf(sample), model);
      return Object.fromEntries(words(groups!, 'group').map((group, g) => [group, groups!.columns.entities[g]]));
    };
    const weeks = ['2024-W51', '2024-W52', '2025-W01', '2025-W02', '2025-W03'];
    expect(await typed(weeks, 'date')).toEqual(months);
    const digits = ['202451', '202452', '202501', '202502', '202503'];
    expect(await typed(digits, { date: 'yyyyww' })).toEqual(months);
    // as they stand, hundreds are years
    expect(await cohortsOf(growing(digits, [0, 1, 2, 3]), 100)).toEqual({ '202400': 2, '202500': 2 });
  });

  it('are the same as a column that says them, under every kind of pooling, whatever the order of rows', async () => {
    const drawn = sampleOf({ seed: 21, weeks: 60, runs: 0.03, campaigns: 4, ads: 4, noise: 0.2 });
    const first = drawn.ads.map((_, ad) =>
      drawn.rows.filter(([, , of]) => of === ad).reduce((least, [, week]) => (week < least ? week : least), '9'),
    );
    const said = { ...drawn, columns: { ...drawn.columns, started: first.map((week) => week.slice(0, 7)) } };
    expect(new Set(said.columns.started).size).toBeGreaterThan(2);
    const cohort = { time: 'week', every: 'month' } as const;
    const pairs: [Pooling, Pooling][] = [
      [
        { kind: 'gamma', groups: ['cohort'], cohort },
        { kind: 'gamma', groups: ['started'] },
      ],
      [
        { kind: 'lognormal', groups: ['format', 'cohort'], cohort },
        { kind: 'lognormal', groups: ['format', 'started'] },
      ],
      [
        { kind: 'crossed', groups: ['cohort', 'format'], cohort },
        { kind: 'crossed', groups: ['started', 'format'] },
      ],
      [
        { kind: 'tree', levels: ['market', 'cohort'], cohort },
        { kind: 'tree', levels: ['market', 'started'] },
      ],
    ];
    for (const engine of engines) {
      for (const [pooling, plain] of pairs) {
        const one = await fitOf(shuffled(said, 2), pooling, {}, {}, engine);
        const other = await fitOf(said, plain, {}, {}, engine);
        const { groups, figures: _, ...rest } = numbersOf(one, said.ads);
        const { groups: ofPlain, figures: __, ...plainRest } = numbersOf(other, said.ads);
        expect(rest).toEqual(plainRest);
        expect(JSON.stringify(groups).replaceAll('cohort', 'started')).toBe(JSON.stringify(ofPlain));
      }
    }
  });

  it('of an entity without any exposure are none, and no row of the groups', async () => {
    const unused = { ...sample, ads: [...sample.ads, 'never'] };
    const found = await fitOf(unused, by('year'));
    expect(words(found.groups, 'group')).toEqual(['2022', '2023', '2024']);
    expect(byAd(found, ['never'], 'allocation')).toEqual([0]);
    expect(byAd(found, sample.ads, 'productivity')).toEqual(
      byAd(await fitOf(sample, by('year')), sample.ads, 'productivity'),
    );
  });

  it('may be told by a column of another name than "cohort" says, as long as there is no cohort', async () => {
    const named = { ...sample, columns: { cohort: sample.ads.map((_, i) => `c${i % 2}`) } };
    const found = await fitOf(named, { kind: 'lognormal', groups: ['cohort'] });
    expect(words(found.groups, 'group')).toEqual(['c0', 'c1']);
  });
});

describe('a cohort is refused', () => {
  const sample = growing(['2023-01-02', '2023-01-09', '2023-01-16', '2023-01-23', '2023-01-30'], [0, 1, 2]);
  const refusal = (pooling: unknown, spoilt: Sample = sample) =>
    refusalOf(() => fit(tablesOf(spoilt), modelOf(pooling as Pooling)));
  const withPeriod = (period: string): Sample => ({
    ...sample,
    rows: sample.rows.map(([medium, week, ad, clicks], r) => [medium, r === 4 ? period : week, ad, clicks]),
  });

  it('where its time is no brick column', async () => {
    expect(await refusal(by('month', 'weak'))).toEqual([
      'model.pooling.cohort.time: expected one of exposure.brick, got "weak". Did you mean "week"?',
    ]);
    expect(await refusal(by('month', 'ad'))).toEqual([
      'model.pooling.cohort.time: expected one of exposure.brick, got "ad". Known: "medium", "week".',
    ]);
  });

  it('where nothing is grouped by it', async () => {
    const cohort = { time: 'week', every: 'month' };
    expect(await refusal({ kind: 'lognormal', groups: ['campaign'], cohort })).toEqual([
      'model.pooling.cohort: expected "cohort" among the groups or levels, got ["campaign"]',
    ]);
    for (const rest of [{ kind: 'gamma' }, { kind: 'lognormal' }, { kind: 'tree', parent: 'campaign' }]) {
      expect(await refusal({ ...rest, cohort })).toEqual([
        'model.pooling.cohort: expected "cohort" among the groups or levels, got []',
      ]);
    }
  });

  it('where it is no stretch of time', async () => {
    const at = 'model.pooling.cohort.every: expected';
    const any = '"year", "quarter", "month" or a whole number from 1';
    expect(await refusal(by('week' as never))).toEqual([`${at} ${any}, got "week"`]);
    expect(await refusal({ kind: 'gamma', groups: ['cohort'], cohort: { time: 'week' } })).toEqual([
      `${at} ${any}, got nothing`,
    ]);
    expect(await refusal(by(1.5))).toEqual([`${at} ${any}, got 1.5`]);
    for (const every of [0, -1]) {
      expect(await refusal(by(every))).toEqual([`${at} a whole number from 1, got ${every}`]);
    }
  });

  it('where a period is no date', async () => {
    for (const period of ['soon', '2023', '2023-1-02', '02.01.2023', '12']) {
      expect(await refusal(by('month'), withPeriod(period))).toEqual([
        `exposure record 5, column week: expected an ISO date, got "${period}"`,
      ]);
    }
  });

  it('where a period is no month of any calendar', async () => {
    for (const period of ['2023-13-02', '2023-00-02', '2023-99']) {
      expect(await refusal(by('quarter'), withPeriod(period))).toEqual([
        `exposure record 5, column week: expected an ISO date, got "${period}"`,
      ]);
    }
  });

  it('where numbers of weeks, quarters or days are counted over the end of a year', async () => {
    const cure = (types: string) => `Set "types": { "week": ${types} } on totals and exposure`;
    const apart = (before: string, after: string, by: number) =>
      `expected periods that can be counted, got "${before}" and "${after}", which are ${by} apart as whole numbers`;
    const over = (periods: string[], every: number) => refusal(by(every), growing(periods, [0, 1, 2]));
    const then = 'Then "every" is "month", "quarter" or "year".';
    expect(await over(['202451', '202452', '202501', '202502', '202503'], 13)).toEqual([
      `exposure record 7, column week: ${apart('202452', '202501', 49)}. Set "types": { "week": { "date": "yyyyww" } } on totals and exposure if these are ISO weeks, "types": { "week": { "date": "yyyymm" } } on totals and exposure if they are months. ${then}`,
    ]);
    expect(await over(['20241230', '20241231', '20250101', '20250102', '20250103'], 7)).toEqual([
      `exposure record 7, column week: ${apart('20241231', '20250101', 8870)}. ${cure('"date"')} to read them as dates. ${then}`,
    ]);
    expect(await over(['20243', '20244', '20251', '20252', '20253'], 2)).toEqual([
      `exposure record 7, column week: ${apart('20244', '20251', 7)}. Write quarters as "2024-Q4". ${then}`,
    ]);
  });

  it('where a period is no whole number', async () => {
    const numbered = growing(['1', '2', '3', '4', '5'], [0, 1, 2]);
    const spoilt = {
      ...numbered,
      rows: numbered.rows.map((row, r) => (r === 4 ? (['tv', '2.5', row[2], row[3]] as const) : row)),
    };
    expect(await refusal(by(2), spoilt)).toEqual([
      'exposure record 5, column week: expected a whole number, got "2.5"',
    ]);
    expect(await refusal(by(2))).toHaveLength(sample.rows.length);
  });

  it('without an entities table only where other groups need one', async () => {
    const { entities: _, ...tables } = tablesOf(sample);
    const { entities: __, ...columns } = columnsOf;
    const at = (pooling: Pooling) => refusalOf(() => fit(tables, { ...columns, model: { pooling } }));
    expect(await at(by('month'))).toEqual([]);
    expect(
      await at({ kind: 'crossed', groups: ['cohort', 'format'], cohort: { time: 'week', every: 'month' } }),
    ).toEqual([
      'model.pooling.groups[1]: expected one of exposure.entity, got "format". Add an entities table that has it.',
    ]);
  });
});
