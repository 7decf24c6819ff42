import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { list } from './run.js';
import { expectOneWhole, fitBoth, folderOfTwo, isWhole, runSlowly } from './twoWriters.js';

// sixty rounds, in containers and without a lock too: test/study/twoWriters.test.ts

describe.concurrent('two runs that write into one folder at a time', () => {
  it('leave one of them whole', async () => {
    const { folder, alone } = await folderOfTwo();
    expect(await fitBoth(folder, 'r', {})).toEqual(Array(2).fill({ code: 0, stderr: '' }));
    expectOneWhole(join(folder, 'r'), alone);
  });

  it('wait for each other when they are of different kinds', async () => {
    const { folder } = await folderOfTwo();
    const ended = await Promise.all([
      runSlowly(folder, ['fit', 'model.json', '--out', 'r'], {}),
      runSlowly(folder, ['exposure', 'model.json', '--out', 'r/exposure.csv', '--html', 'r/exposure.html'], {}),
      runSlowly(folder, ['simulate', 'hcp', '--hcps', '20', '--bricks', '5', '--out', 'r'], {}),
    ]);
    expect(ended).toEqual(Array(3).fill({ code: 0, stderr: '' }));
    expect(isWhole(join(folder, 'r'))).toBe(true);
    expect(list(folder, 'r')).toEqual(expect.arrayContaining(['exposure.csv', 'exposure.html', 'model.json']));
    expect(list(folder, 'r').filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
