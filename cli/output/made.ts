import { rmdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ignoring } from './owner.js';

/**
 * Makes a folder and those above it that are not there, and notes in `made` which those are, outermost first. Node's own
 * recursive form never ends where a file system takes no folders.
 */
export async function makeFolder(path: string, made: string[], above = true): Promise<void> {
  try {
    await mkdir(path);
    made.push(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || path === dirname(path) || !above) throw error;
    await makeFolder(dirname(path), made);
    await makeFolder(path, made, false);
  }
}

/** Removes folders that were made, innermost first. One with anything in it stays. */
export function removeMade(made: string[]): void {
  for (const folder of made.splice(0).reverse()) ignoring(() => rmdirSync(folder));
}
