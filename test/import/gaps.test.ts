import { describe, expect, it } from 'vitest';
import { folderWith } from '../cli/run.js';
import { adReport, csv, dateOf, dayOf, drawAds } from './ads.js';
import { apportion } from './importing.js';

const from = '2024-01-01';
const weeks = Array.from({ length: 12 }, (_, w) => dateOf(dayOf(from) + 7 * w));
const wave = (w: number) => 100 + 10 * ((7 * w) % 5);

interface Given {
  /** What tv contributes in each week. */
  readonly tv?: (week: number) => number;
  /** Weeks in which ads of tv have rows; -1 is the week before the first. */
  readonly delivered: (week: number, geo: string) => boolean;
  readonly geos?: readonly string[];
  readonly args?: readonly string[];
}

/** Imports tv with these weeks of delivery beside a radio that always runs. */
async function imported({ tv = wave, delivered, geos = [''], args = [] }: Given) {
  const ads = drawAds({ seed: 9, from: '2023-12-25', weeks: 13, platforms: ['tv', 'radio'], campaigns: 2, geos });
  const some = ads.filter(
    ({ platform, day, geo }) => platform === 'radio' || delivered(Math.floor((day - dayOf(from)) / 7), geo),
  );
  const geo = geos.length > 1;
  const rows = geos.flatMap((place) =>
    weeks.flatMap((date, w) => [
      [date, 'tv', ...(geo ? [place] : []), tv(w)],
      [date, 'radio', ...(geo ? [place] : []), 50 + w],
    ]),
  );
  const folder = folderWith({
    'contributions.csv': csv([['date', 'channel', ...(geo ? ['geo'] : []), 'mean'], ...rows]),
    'ads.csv': adReport(some, { geo }),
  });
  const files = ['@contributions.csv', '--delivery', '@ads.csv', '--out', '@mmm'];
  const { code, stdout, stderr } = await apportion(folder, 'import', 'pymc-marketing', ...files, ...args);
  const mind = stdout.split('\n').filter((line) => line.includes('delivery of tv'));
  return { code, stderr, mind: mind.map((line) => line.slice(13)) };
}

const got = (text: string) =>
  `ads.csv, channel tv: expected delivery in every period with a contribution, got ${text}. Add what is missing, or set --gaps allow if nothing ran there, --gaps unallocated if it is lost.`;

describe('delivery that is not all there', () => {
  it.each<[string, (week: number) => boolean, string]>([
    ['that ends early', (w) => w < 9, 'none in the last 3 of 12 (after 2024-02-26)'],
    ['that misses the last week', (w) => w < 11, 'none in the last 1 of 12 (after 2024-03-11)'],
    ['that begins late', (w) => w >= 2, 'none in the first 2 of 12 (before 2024-01-15)'],
    ['with a hole', (w) => w < 4 || w > 6, 'none in 3 of 12 from 2024-01-29 to 2024-02-12'],
    [
      'that begins late, has a hole and ends early',
      (w) => (w > 1 && w < 4) || w === 7,
      'none in the first 2 of 12 (before 2024-01-15), none in 3 of 12 from 2024-01-29 to 2024-02-12, none in the last 4 of 12 (after 2024-02-19)',
    ],
    ['of before the first period alone', (w) => w < 0, 'none in all 12'],
  ])('%s is refused', async (_, delivered, text) => {
    expect(await imported({ delivered })).toEqual({ code: 2, stderr: got(text), mind: [] });
  });

  it('is imported where the user allows it, and counted', async () => {
    const { code, stderr, mind } = await imported({ delivered: (w) => w < 9 && w !== 4, args: ['--gaps', 'allow'] });
    expect([code, stderr]).toEqual([0, '']);
    expect(mind).toEqual([
      'no delivery of tv in 4 of 12 periods with a contribution: the first from 2024-01-29, at most 3 in a row',
    ]);
  });

  it('for two periods, or while contributions fall as a carry-over does, is imported and counted', async () => {
    const two = await imported({ delivered: (w) => w !== 4 && w !== 5 });
    expect([two.code, two.mind]).toEqual([
      0,
      ['no delivery of tv in 2 of 12 periods with a contribution: the first from 2024-01-29, at most 2 in a row'],
    ]);
    const falling = (w: number) => (w < 4 || w > 7 ? 100 : 100 * 0.6 ** (w - 3));
    const carried = await imported({ tv: falling, delivered: (w) => w < 4 || w > 7 });
    expect([carried.code, carried.mind]).toEqual([
      0,
      ['no delivery of tv in 4 of 12 periods with a contribution: the first from 2024-01-29, at most 4 in a row'],
    ]);
    const level = await imported({ tv: () => 100, delivered: (w) => w < 4 || w > 7 });
    expect(level.stderr).toBe(got('none in 4 of 12 from 2024-01-29 to 2024-02-19'));
  });

  it('in the first weeks is a hole where there is delivery before them', async () => {
    const { code, mind } = await imported({ delivered: (w) => w !== 0 && w !== 1 });
    expect([code, mind]).toEqual([
      0,
      ['no delivery of tv in 2 of 12 periods with a contribution: the first from 2024-01-01, at most 2 in a row'],
    ]);
  });

  it('is no fault where the channel contributes nothing, or a rounding error', async () => {
    const launched = (w: number) => (w < 3 ? 1e-5 * (w + 1) : w > 9 ? 0 : wave(w));
    expect(await imported({ tv: launched, delivered: (w) => w > 2 && w < 10 })).toEqual({
      code: 0,
      stderr: '',
      mind: [],
    });
  });

  it('in one geo alone is told', async () => {
    const delivered = (w: number, geo: string) => geo !== 'N' || w < 9;
    const { code, mind } = await imported({ delivered, geos: ['N', 'S'] });
    expect([code, mind]).toEqual([
      0,
      [
        'delivery of tv begins late, ends early or is missing in 1 of geo ("N": none in the last 3 of 12 (after 2024-02-26))',
      ],
    ]);
  });
});
