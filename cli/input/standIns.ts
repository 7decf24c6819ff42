import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { show } from '../../bindings/errors.js';
import { MachineError, refusalOf } from '../outcome.js';

// DuckDB takes these for a pattern, and reads whatever files match it; there is no way to quote them all
const pattern = process.platform === 'win32' ? /[*?[]/ : /[*?[\\]/;

/** Files that DuckDB opens in place of others, in a folder of their own that is made when the first is asked for. */
export interface StandIns {
  /** Where they may be: one place for each path, known before there is any. */
  readonly places: readonly string[];
  /** A path without pattern characters that leads to the file: its own where that has none, else a link. */
  linkTo(path: string): Promise<string>;
  /** Where a copy of the file may be written. */
  copyOf(path: string): Promise<string>;
  /** Removes the folder. */
  remove(): void;
}

export function openStandIns(paths: readonly string[]): StandIns {
  const folder = join(resolve(tmpdir()), `apportion-${randomUUID()}`);
  const places = paths.map((_, i) => join(folder, `${i}`));
  let made: Promise<unknown> | null = null;
  const placeOf = async (path: string) => {
    try {
      made ??= mkdir(folder, { mode: 0o700 });
      await made;
    } catch (error) {
      throw refusedFolder(refusalOf(error), error);
    }
    if (pattern.test(folder)) throw refusedFolder('a name with * ? [ or \\ in it');
    return places[paths.indexOf(path)];
  };
  const linked = async (path: string) => {
    const place = await placeOf(path);
    // symbolic links are a privilege on some systems
    await symlink(resolve(path), place).catch(() => copyFile(path, place));
    return place;
  };
  const links = new Map<string, Promise<string>>(); // two tables may be one file
  return {
    places,
    async linkTo(path) {
      if (!pattern.test(path)) return path;
      if (!links.has(path)) links.set(path, linked(path));
      return links.get(path)!;
    },
    copyOf: placeOf,
    remove() {
      if (made) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function refusedFolder(got: string | null, error?: unknown): unknown {
  if (got === null) return error;
  return new MachineError(`TMPDIR: expected a folder for temporary files, got ${show(tmpdir())} (${got})`);
}
