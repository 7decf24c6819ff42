import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const block = 4 << 20;

/** Hands over a file block by block, in one buffer that is filled again each time. */
export async function* blocksOf(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(block);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, block);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** The sha256 of a file, and whether one of `patterns` (of one or two bytes) occurs in it or at its very end. */
export async function digestFile(path: string, patterns: readonly Buffer[], signal?: AbortSignal) {
  const hash = createHash('sha256');
  let found = false;
  let before = -1; // the last byte of the block before
  for await (const bytes of blocksOf(path, signal)) {
    hash.update(bytes);
    for (const pattern of patterns) {
      found ||= bytes.includes(pattern) || (pattern.length === 2 && pattern[0] === before && pattern[1] === bytes[0]);
    }
    before = bytes[bytes.length - 1];
  }
  found ||= patterns.some((pattern) => pattern.length === 2 && pattern[0] === before);
  return { sha256: hash.digest('hex'), found };
}
