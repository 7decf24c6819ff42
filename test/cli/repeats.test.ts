import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { apportion } from '../import/importing.js';
import { folderWith } from './run.js';

const channels = 'channel,week,geo,clicks\ntv,1,N,100\ntv,2,N,40\nsocial,1,N,60\ntv,1,S,80\n';
const args = ['--medium', 'channel', '--time', 'week', '--value', 'clicks', '--out', '@cut'];

it('simulate campaigns refuses rows that nothing tells apart, and takes them with the column that does', async () => {
  const folder = folderWith({ 'channels.csv': channels });
  const refused = await apportion(folder, 'simulate', 'campaigns', '@channels.csv', ...args);
  expect(refused).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'channels.csv record 4: expected each medium, period and place once, got channel "tv", week "1" again (first in record 1). Name the columns that tell them apart with --place, or add them up.',
  });
  expect(existsSync(join(folder, 'cut'))).toBe(false);
  const taken = await apportion(folder, 'simulate', 'campaigns', '@channels.csv', ...args, '--place', 'geo');
  expect([taken.code, taken.stderr]).toEqual([0, '']);
});
