import { constants } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Faults } from '../../bindings/base/faults.js';

const deepest = 100; // levels: far more than any configuration or parameter file has, far fewer than a stack takes

/** Reads a file as text that must be JSON. */
export interface Json {
  readonly bytes: Buffer;
  readonly value: unknown;
}

/** Reads a JSON file; null after noting that it is none. @throws what the file system says */
export async function readJsonFile(faults: Faults, path: string): Promise<Json | null> {
  const name = basename(path);
  const found = await stat(path);
  if (found.size > constants.MAX_STRING_LENGTH) {
    faults.add('json', name, `expected JSON of at most ${constants.MAX_STRING_LENGTH} bytes, got ${found.size}`);
    return null;
  }
  const bytes = await readFile(path);
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (text.trim() === '') {
    faults.add('empty-file', name, 'expected JSON, got an empty file');
    return null;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    faults.add('json', name, `expected JSON, got an error: ${(error as Error).message}`);
    return null;
  }
  if (isDeeper(value, deepest)) {
    faults.add('json', name, `expected JSON of at most ${deepest} levels, got more`);
    return null;
  }
  return { bytes, value };
}

/** Whether objects and lists lie in each other more than so many levels deep. */
function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let deep = 0; level.length > 0; deep++) {
    const inner = level.filter((item) => item instanceof Object);
    if (deep === levels && inner.length > 0) return true;
    level = inner.flatMap((item) => Object.values(item as object));
  }
  return false;
}
