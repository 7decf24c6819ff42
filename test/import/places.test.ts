import { describe, expect, it } from 'vitest';
import { folderWith } from '../cli/run.js';
import { csv } from './ads.js';
import { apportion } from './importing.js';
import { type Case, change, type Files, refuses } from './refusing.js';

// one channel in the zips 101 and 102, with draws and head counts
const weeks = ['2024-01-01', '2024-01-08', '2024-01-15'];
const zips = ['101', '102'];
const cells = weeks.flatMap((week, w) => zips.map((zip, z) => ({ week, zip, value: 10 + 3 * w + z })));
const files: Files = {
  'contributions.csv': csv([
    ['date', 'geo', 'channel', 'mean'],
    ...cells.map(({ week, zip, value }) => [week, zip, 'tv', value]),
  ]),
  'draws.csv': csv([
    ['chain', 'draw', 'date', 'geo', 'channel', 'value'],
    ...[0, 1].flatMap((draw) => cells.map(({ week, zip, value }) => [0, draw, week, zip, 'tv', value])),
  ]),
  'ads.csv': csv([
    ['date', 'geo', 'platform', 'campaign', 'impressions'],
    ...cells.flatMap(({ week, zip, value }) => ['a', 'b'].map((name) => [week, zip, 'tv', name, value])),
  ]),
};
const rewrite = (name: string, ...pairs: [from: string, to: string][]) =>
  change(files, name, (text) => pairs.reduce((all, [from, to]) => all.replaceAll(`,${from},`, `,${to},`), text));
const args = ['pymc-marketing', '@contributions.csv', '--delivery', '@ads.csv'];

const meridian: Files = {
  'contributions.csv': csv([
    ['geo', 'time', 'channel', 'contribution'],
    ...cells.map(({ week, zip, value }) => [zip, week, 'tv', value]),
  ]),
  'population.csv': csv([
    ['geo', 'population'],
    ['101', 1000],
    ['00102', 2000],
  ]),
  'curves.json': JSON.stringify({ tv: { alpha_m: 0.3, ec_m: 1, slope_m: 1, max_lag: 2 } }),
  'ads.csv': files['ads.csv'],
};

const cases: Case[] = [
  [
    'zeros in front',
    rewrite('ads.csv', ['101', '00101'], ['102', '00102']),
    args,
    'ads.csv: expected geo like "101", got "00101" and none that the model has. Write numbers alike in both tables, digits alone.',
  ],
  [
    'blanks, naming the file that has them, and the pair that meets',
    rewrite('ads.csv', ['101', '999'], ['102', '102 ']),
    args,
    'ads.csv: expected geo like "102", got "102 " and none that the model has. Take the blanks out of ads.csv.',
  ],
  [
    'draws of a geo that is written in another way',
    rewrite('draws.csv', ['102', '102.0']),
    [...args, '--draws', '@draws.csv'],
    'draws.csv: expected the 2 geo of contributions.csv, got 2, of which "102.0" is "102" there. Write numbers alike in both tables, digits alone.',
  ],
  [
    'draws of another geo',
    rewrite('draws.csv', ['102', '103']),
    [...args, '--draws', '@draws.csv'],
    'draws.csv: expected the 2 geo of contributions.csv, got 2',
  ],
  [
    'a head count of a geo that is written in another way',
    meridian,
    ['meridian', '@contributions.csv', '--curves', '@curves.json', '--population', '@population.csv', ...args.slice(2)],
    'population.csv, column geo: expected every geo, got no row for "102", but one for "00102". Write numbers alike in both tables, digits alone.',
  ],
];

describe('geos that differ in writing alone', () => {
  refuses(cases);

  it('are told with the one that was meant, before one that looks nearer', async () => {
    // 1011 and 0101 are both one letter away from 101
    const there = rewrite('ads.csv', ['101', '0101'], ['102', '102']);
    const folder = folderWith({ ...there, 'ads.csv': there['ads.csv'].replace('\n', '\n2024-01-01,1011,tv,a,5\n') });
    const { code, stdout, stderr } = await apportion(folder, 'import', ...args, '--out', '@mmm');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(
      '  left out   delivery of geo that the model does not have: "1011" (nearest: "101"), "0101" (nearest: "101")\n',
    );
    expect(stdout).toContain(
      '  mind       no delivery for geo "101" (nearest: "0101"): these totals stay unallocated. Write numbers alike in both tables, digits alone\n',
    );
  });
});
