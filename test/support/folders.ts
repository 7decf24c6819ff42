import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** Folders that tests write to. They live until the tests of the file are over: see setup.ts. */
export const testFolders = {
  make(): string {
    const folder = mkdtempSync(join(tmpdir(), 'apportion-'));
    made.push(folder);
    return folder;
  },
  removeAll(): void {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  },
};
