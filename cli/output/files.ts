import { realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { checkFolder, type OutputFolder, openFolder } from './folder.js';

/** A file that an option asks for, and the endings it may have. */
export interface WantedFile {
  /** `--out` */
  readonly option: string;
  readonly path: string;
  readonly endings: readonly string[];
}

/** Notes wanted files that cannot be: of another ending, a folder, or where no folder can be. */
export async function checkOutputs(faults: Faults, wanted: readonly WantedFile[]): Promise<void> {
  for (const { option, path, endings } of wanted) {
    if (!endings.includes(extname(path))) {
      faults.add('out', option, `expected a file that ends in ${endings.join(' or ')}, got ${show(path)}`);
    } else if ((await stat(path).catch(() => null))?.isDirectory()) {
      faults.add('out', option, `expected a file, got ${show(path)} (a folder)`);
    }
    await checkFolder(faults, dirname(path), option);
  }
}

/** Notes wanted files that would take the place of one that is read, under its own path or by way of a link. */
export function refuseInputs(
  faults: Faults,
  wanted: readonly Pick<WantedFile, 'option' | 'path'>[],
  inputs: readonly string[],
): void {
  const read = new Set(inputs.flatMap((input) => [resolve(input), realPath(input)]));
  for (const { option, path } of wanted) {
    if (!read.has(resolve(path)) && !read.has(realPath(path))) continue;
    faults.add('out', option, `expected another file than those that are read, got ${show(path)}`);
  }
}

/** Where a path leads in the end. What is not there is not read either, so that its own path will do. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}

/** Folders of the files, each opened once; `discard` is safe at any time, at exit too. */
export async function openOutputs(paths: readonly string[], signal?: AbortSignal) {
  const folders = new Map<string, OutputFolder>();
  const last = new Map<string, string>(); // of each folder
  function discard(): void {
    // one may have been made inside another that was opened before it
    for (const folder of [...folders.values()].reverse()) folder.discard();
  }
  try {
    for (const path of paths) {
      const folder = resolve(dirname(path));
      last.set(folder, basename(path));
      // not resolved: messages name the file as the person did
      if (!folders.has(folder)) folders.set(folder, await openFolder(dirname(path), signal));
    }
  } catch (error) {
    discard();
    throw error;
  }
  return {
    folderOf: (path: string): OutputFolder => folders.get(resolve(dirname(path)))!,
    /** Puts all files in place, those of one folder together. */
    async commit(): Promise<void> {
      for (const [path, folder] of folders) await folder.commit(last.get(path)!);
    },
    discard,
  };
}
