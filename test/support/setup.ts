import { afterAll, expect } from 'vitest';
import { sameAtOnce } from './equality.js';
import { testFolders } from './folders.js';

// runs for each test file, while modules are loaded once for all files of a process
afterAll(() => testFolders.removeAll());

expect.addEqualityTesters([sameAtOnce]);
