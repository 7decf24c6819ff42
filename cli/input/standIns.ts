import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { show } from '../../bindings/base/errors.js';
import { MachineError, refusalOf } from '../outcome.js';

// DuckDB takes these for a pattern, and reads whatever files match it; there is no way to quote them all
const pattern = process.platform === 'win32' ? /[*?[]/ : /[*?[\\]/;

/** Files that DuckDB opens in place of others, in a folder of their own that is made when the first is asked for. */
export interface StandIns {
  /** Where they may be, one for each path: known before there is any. */
  readonly places: readonly string[];
  /** A path without pattern characters that leads to the file: its own where that has none, else a link. */
  linkTo(path: string): Promise<string>;
  /** What `make` gave when it wrote a file where it was told: once for each key. */
  copy<T>(key: string, make: (place: string) => Promise<T>): Promise<T>;
  /** Removes the folder. */
  remove(): void;
}

export function openStandIns(paths: readonly string[]): StandIns {
  const folder = join(resolve(tmpdir()), `apportion-${randomUUID()}`);
  const places = paths.map((_, i) => join(folder, `${i}`));
  const made = new Map<string, Promise<unknown>>(); // two tables may be one file
  let opened: Promise<void> | null = null;
  const copy: StandIns['copy'] = (key, make) => {
    if (!made.has(key)) {
      const place = places[made.size];
      opened ??= makeFolder(folder);
      made.set(
        key,
        opened.then(() => make(place)),
      );
    }
    return made.get(key) as Promise<never>;
  };
  return {
    places,
    async linkTo(path) {
      if (!pattern.test(path)) return path;
      return copy(`link ${path}`, async (place) => {
        // symbolic links are a privilege on some systems
        await symlink(resolve(path), place).catch(() => copyFile(path, place));
        return place;
      });
    },
    copy,
    remove() {
      if (opened) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function makeFolder(folder: string): Promise<void> {
  let refusal = pattern.test(folder) ? 'a name with * ? [ or \\ in it' : null;
  try {
    if (refusal === null) await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    refusal = refusalOf(error);
    if (refusal === null) throw error;
  }
  if (refusal === null) return;
  throw new MachineError(`TMPDIR: expected a folder for temporary files, got ${show(tmpdir())} (${refusal})`);
}
