import { expect, it } from 'vitest';
import { compareWithRfc4180 } from '../cli/cells.js';
import { testFolders } from '../support/folders.js';

// what the suite does with 70 files
it.each([21, 22, 23, 24, 25, 26])(
  'reads what RFC 4180 allows and refuses the rest, 1,000 files (seed %d)',
  async (seed) => {
    const outcomes = await compareWithRfc4180(seed, 1000);
    console.log(`seed ${seed}: ${outcomes.read} files read, ${outcomes.refused} refused`);
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(200);
    testFolders.removeAll();
  },
);
