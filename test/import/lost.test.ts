import { expect, it } from 'vitest';
import { folderWith, read } from '../cli/run.js';
import { csv, dateOf, dayOf } from './ads.js';
import { apportion } from './importing.js';

// tv misses weeks 5 to 7 (lost) and week 10 (a pause of one week); radio always runs
const weeks = Array.from({ length: 14 }, (_, w) => dateOf(dayOf('2024-01-01') + 7 * w));
const missing = [5, 6, 7, 10];
const wave = (w: number) => 100 + 10 * ((7 * w) % 5);
const folder = () =>
  folderWith({
    'contributions.csv': csv([
      ['date', 'channel', 'mean'],
      ...weeks.flatMap((date, w) => [
        [date, 'tv', wave(w)],
        [date, 'radio', 50 + w],
      ]),
    ]),
    'ads.csv': csv([
      ['date_day', 'platform', 'campaign_name', 'impressions'],
      ...weeks.flatMap((date, w) => [
        ...(missing.includes(w) ? [] : ['a', 'b'].map((c, i) => [date, 'tv', c, 100 * (i + 1) + ((w * 37) % 50)])),
        [date, 'radio', 'r', 70 + w],
      ]),
    ]),
    'curves.json': JSON.stringify({
      '*': { adstock: 'geometric', adstock_alpha: 0.4, l_max: 8, saturation: 'no_saturation' },
    }),
  });
const importing = (at: string, ...args: string[]) =>
  apportion(
    at,
    ...['import', 'pymc-marketing', '@contributions.csv', '--delivery', '@ads.csv', '--curves', '@curves.json'],
    ...['--out', '@mmm', ...args],
  );

it('lost delivery leaves its totals unallocated; a short pause is a pause', async () => {
  const at = folder();
  const { code, stdout, stderr } = await importing(at, '--gaps', 'unallocated');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(
    'delivery of tv is lost, totals stay unallocated: none in 3 of 14 from 2024-02-05 to 2024-02-19\n',
  );
  expect(JSON.parse(read(at, 'mmm/model.json')).effectiveExposure.gaps).toBe('unallocated');
  const zeros = read(at, 'mmm/delivery.csv')
    .split('\n')
    .filter((line) => line.endsWith(',0'));
  expect(zeros).toEqual(['tv,2024-03-11,a,0']);
  const fitted = await apportion(at, 'fit', '@mmm/model.json', '--out', '@result');
  expect([fitted.code, fitted.stderr.trim()]).toEqual([0, '']);
  expect(read(at, 'result/unallocated.csv')).toBe(
    `medium,period,total,reason\n${[5, 6, 7].map((w) => `tv,${weeks[w]},${wave(w)},lost delivery\n`).join('')}`,
  );
});

it('delivery that nothing ran in is zero where the user says so, and refused where he says nothing', async () => {
  const allowed = folder();
  expect((await importing(allowed, '--gaps', 'allow')).code).toBe(0);
  expect(JSON.parse(read(allowed, 'mmm/model.json')).effectiveExposure.gaps).toBeUndefined();
  const { code, stderr } = await importing(folder());
  expect([code, stderr]).toEqual([
    2,
    'ads.csv, channel tv: expected delivery in every period with a contribution, got none in 3 of 14 from 2024-02-05 to 2024-02-19. Add what is missing, or set --gaps allow if nothing ran there, --gaps unallocated if it is lost.',
  ]);
});
