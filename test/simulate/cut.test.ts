import { describe, expect, it } from 'vitest';
import { toCsv } from '../../bindings/index.js';
import { type CutOptions, cutIntoCampaigns } from '../../bindings/simulate/index.js';
import { randomOf } from '../support/kernels.js';
import { refusalOf } from '../support/refusal.js';
import { figures, rowsIn, variance, words } from '../support/simulations.js';

const columns = { medium: ['channel'], time: 'week', place: ['geo'], value: 'impressions' };
const keys = ['channel', 'week', 'geo'];

/** Delivery of 2 channels in 3 geos over so many weeks, one row in nine without any. */
function deliveryOf(weeks: number, of: (random: () => number) => number) {
  const random = randomOf(5);
  const table = { channel: [] as string[], week: [] as number[], geo: [] as string[], impressions: [] as number[] };
  for (const channel of ['tv', 'social']) {
    for (let week = 1; week <= weeks; week++) {
      for (const geo of ['N', 'S', 'W']) {
        table.channel.push(channel);
        table.week.push(week);
        table.geo.push(geo);
        table.impressions.push(random() < 1 / 9 ? 0 : of(random));
      }
    }
  }
  return table;
}

const asTable = (table: ReturnType<typeof deliveryOf>) => ({
  rows: table.week.length,
  names: [...keys, 'impressions'],
  columns: {
    channel: table.channel,
    week: table.week.map(String),
    geo: table.geo,
    impressions: Float64Array.from(table.impressions),
  },
});

const whole = (random: () => number) => Math.floor(random() * 1e6);

describe('cutIntoCampaigns', () => {
  it.each<[string, (random: () => number) => number]>([
    ['whole numbers', whole],
    ['amounts with decimals', (random) => Math.round(random() * 1e6) / 100],
    ['numbers with all their digits', (random) => random() * 1e-5],
    [
      'numbers past every whole double, and next to the smallest',
      (random) => (random() < 0.5 ? 1e300 : 5e-322) * random(),
    ],
  ])('preserves every row exactly, forwards and backwards: %s', (_, of) => {
    const delivery = deliveryOf(40, of);
    const cut = cutIntoCampaigns(delivery, columns);
    const rows = rowsIn(cut, asTable(delivery), keys);
    const parts = figures(cut, 'impressions');
    const [forward, backward] = [new Float64Array(delivery.week.length), new Float64Array(delivery.week.length)];
    for (let i = 0; i < parts.length; i++) forward[rows[i]] += parts[i];
    for (let i = parts.length - 1; i >= 0; i--) backward[rows[i]] += parts[i];
    expect([...forward]).toEqual(delivery.impressions);
    expect([...backward]).toEqual(delivery.impressions);
    expect(Math.min(...parts)).toBeGreaterThan(0);
  });

  it('keeps parts of whole numbers whole, and leaves rows with nothing out', () => {
    const delivery = deliveryOf(40, whole);
    const cut = cutIntoCampaigns(delivery, columns);
    expect(figures(cut, 'impressions').every(Number.isInteger)).toBe(true);
    expect(cut.names).toEqual(['channel', 'week', 'geo', 'campaign', 'impressions']);
    const empty = delivery.impressions.flatMap((x, r) => (x === 0 ? [r] : []));
    expect(empty.length).toBeGreaterThan(5);
    const seen = new Set(rowsIn(cut, asTable(delivery), keys));
    for (const r of empty) expect(seen.has(r)).toBe(false);
    expect(seen.size).toBe(delivery.week.length - empty.length);
  });

  it('has campaigns that start and stop, the same weeks in every geo, and differ in size', () => {
    const delivery = deliveryOf(104, () => 1e6);
    const cut = cutIntoCampaigns(delivery, columns, { campaigns: 12 });
    const running = new Map<string, Map<string, Set<number>>>(); // campaign, geo, weeks
    const sizes = new Map<string, number>();
    const [campaigns, weeks, geos] = [words(cut, 'campaign'), words(cut, 'week'), words(cut, 'geo')];
    const impressions = figures(cut, 'impressions');
    for (let r = 0; r < cut.rows; r++) {
      const places = running.get(campaigns[r]) ?? new Map<string, Set<number>>();
      running.set(campaigns[r], places);
      places.set(geos[r], (places.get(geos[r]) ?? new Set()).add(Number(weeks[r])));
      sizes.set(campaigns[r], (sizes.get(campaigns[r]) ?? 0) + impressions[r]);
    }
    const names = (medium: string) =>
      Array.from({ length: 12 }, (_, k) => `${medium}-${String(k + 1).padStart(2, '0')}`);
    expect([...running.keys()].sort()).toEqual([...names('social'), ...names('tv')]);
    expect(running.get('tv-01')!.get('N')!.size).toBeGreaterThan(85); // all but the empty rows
    const spans = [...running.values()].map((places) => {
      const all = [...places.values()].flatMap((set) => [...set]);
      return [Math.min(...all), Math.max(...all), new Set(all).size];
    });
    expect(spans.filter(([first]) => first > 4).length).toBeGreaterThan(10);
    expect(spans.filter(([, last]) => last < 100).length).toBeGreaterThan(10);
    expect(spans.filter(([first, last, count]) => last - first + 1 > count).length).toBeGreaterThan(5); // pauses
    const logs = [...sizes.values()].map(Math.log);
    expect(variance(logs)).toBeGreaterThan(0.5);
  });

  it('gives the same for the same seed, other campaigns for another', () => {
    const delivery = deliveryOf(20, whole);
    expect(toCsv(cutIntoCampaigns(delivery, columns, { seed: 4 }))).toBe(
      toCsv(cutIntoCampaigns(delivery, columns, { seed: 4 })),
    );
    expect(toCsv(cutIntoCampaigns(delivery, columns, { seed: 5 }))).not.toBe(
      toCsv(cutIntoCampaigns(delivery, columns, { seed: 4 })),
    );
  });

  it('gives every row the same parts whatever the order of rows', () => {
    const delivery = deliveryOf(20, whole);
    const turned = Object.fromEntries(Object.entries(delivery).map(([name, column]) => [name, [...column].reverse()]));
    const lines = (table: Parameters<typeof cutIntoCampaigns>[0]) =>
      toCsv(cutIntoCampaigns(table, columns)).split('\n').sort();
    expect(lines(turned)).toEqual(lines(delivery));
  });

  it('takes a table of one medium and no places, and one campaign, which is the whole', () => {
    const table = { week: [7], impressions: [0.1] };
    const cut = cutIntoCampaigns(
      table,
      { medium: [], time: 'week', place: [], value: 'impressions' },
      { campaigns: 1 },
    );
    expect(toCsv(cut)).toBe('week,campaign,impressions\n7,campaign-1,0.1\n');
  });

  it.each<[string, object, Partial<typeof columns>, CutOptions, string]>([
    [
      'a column that is not there',
      {},
      { value: 'clicks' },
      {},
      'value: expected a column of ads.csv, got "clicks". Known: "channel", "week", "geo", "impressions".',
    ],
    [
      'a negative value',
      { impressions: [1, -2] },
      {},
      {},
      'ads.csv record 2, column impressions: expected a number >= 0, got -2',
    ],
    [
      'a time that is none',
      { week: ['1', 'soon'] },
      {},
      {},
      'ads.csv record 2, column week: expected an ISO date, an ISO date-time or a whole number, got "soon"',
    ],
    [
      'a column campaign',
      { campaign: ['a', 'b'] },
      { place: ['campaign'] },
      {},
      'columns: expected a column name that the result does not use, got "campaign". Rename the column.',
    ],
    ['a column twice', {}, { place: ['week'] }, {}, 'columns: expected each column once, got "week" again'],
    ['an unknown option', {}, {}, { campaign: 3 } as CutOptions, 'campaign: unknown option. Did you mean "campaigns"?'],
    [
      'flights the wrong way round',
      {},
      {},
      { shortest: 9, longest: 8 },
      'shortest: expected at most the longest flight (8), got 9',
    ],
    [
      'too many parts',
      { channel: ['tv', 'tv', 'tv'], week: ['1', '2', '9000000'], geo: ['N', 'N', 'N'], impressions: [1, 2, 3] },
      {},
      {},
      'campaigns: expected at most 2 with so many rows and periods, got 10',
    ],
    [
      'no rows',
      { channel: [], week: [], geo: [], impressions: [] },
      {},
      {},
      'ads.csv: expected at least one row of delivery, got none',
    ],
  ])('refuses %s', async (_, spoilt, names, options, message) => {
    const table = { channel: ['tv', 'tv'], week: ['1', '2'], geo: ['N', 'N'], impressions: [1, 2], ...spoilt };
    expect(await refusalOf(() => cutIntoCampaigns(table, { ...columns, ...names }, options, 'ads.csv'))).toEqual([
      message,
    ]);
  });
});
