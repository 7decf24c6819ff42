import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { containers, expectOneWhole, expectWholeOrSaid, fitBoth, folderOfTwo } from '../cli/twoWriters.js';

// Two fits of different totals into one folder, sixty times each, with every rename slowed so that those of the two fall
// between each other. Containers here are process and host namespaces: both runs are process 1 of another host.

const rounds = 60;

describe('two fits that write into one folder at a time', () => {
  it('leave one of them whole', async () => {
    const { folder, alone } = await folderOfTwo();
    for (let round = 0; round < rounds; round++) {
      expect(await fitBoth(folder, 'r', {})).toEqual(Array(2).fill({ code: 0, stderr: '' }));
      expectOneWhole(join(folder, 'r'), alone);
    }
  });

  it.skipIf(!containers)(
    'leave one of them whole from two containers (needs the right to make namespaces)',
    async () => {
      const { folder, alone } = await folderOfTwo();
      for (let round = 0; round < rounds; round++) {
        expect(await fitBoth(folder, 'r', { container: true })).toEqual(Array(2).fill({ code: 0, stderr: '' }));
        expectOneWhole(join(folder, 'r'), alone);
      }
    },
  );

  it('leave one whole, or one says that it was disturbed, where a lock holds nobody up', async () => {
    const { folder } = await folderOfTwo();
    let disturbed = 0;
    for (let round = 0; round < rounds; round++) {
      const ended = await fitBoth(folder, 'r', { noLock: true });
      expectWholeOrSaid(join(folder, 'r'), ended);
      if (ended.some(({ code }) => code !== 0)) disturbed++;
    }
    console.log(`${disturbed} of ${rounds} were disturbed, and said so`);
    expect(disturbed).toBeGreaterThan(0);
  });
});
