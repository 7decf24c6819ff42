import { fstatSync, writeSync } from 'node:fs';
import { exitCodes, refusalOf } from './outcome.js';

/**
 * What becomes of writing to stdout and stderr. A reader that goes away (`apportion ... | head`) has what it wanted: the
 * run ends as it would have. Where stdout cannot be written otherwise, on a full disk say, the machine said no. There is
 * nobody left to tell when stderr cannot be.
 */
export function watchStreams(): { readonly finish: (code: number) => void } {
  let lost = false;
  if (isFile(1)) process.stdout._write = (chunk, _, done) => done(writeWhole(1, chunk));
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || lost) return;
    lost = true;
    process.stderr.write(`stdout: expected to write to it, got: ${refusalOf(error) ?? error.message}\n`);
    finish(Number(process.exitCode ?? exitCodes.done));
  });
  /** What was wrong before stays so. */
  function finish(code: number): void {
    const said = code === exitCodes.done || code === exitCodes.notConverged;
    process.exitCode = lost && said ? exitCodes.machine : code;
  }
  return { finish };
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false; // closed
  }
}

/** Writes all of it: where a disk runs full, the first write takes what there is room for, and Node leaves it at that. */
function writeWhole(fd: number, bytes: Uint8Array): Error | null {
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    return null;
  } catch (error) {
    return error as Error;
  }
}
