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

/** The sha256 of a file, and whether one of `patterns` occurs in it or `ending` stands at its very end. */
export async function digestFile(
  path: string,
  patterns: readonly Buffer[] = [],
  ending: Buffer | null = null,
  signal?: AbortSignal,
): Promise<{ sha256: string; found: boolean }> {
  const hash = createHash('sha256');
  const longest = Math.max(0, ending?.length ?? 0, ...patterns.map(({ length }) => length));
  let found = false;
  let tail: Buffer = Buffer.alloc(0); // a pattern may begin in one block and end in the next
  for await (const bytes of blocksOf(path, signal)) {
    hash.update(bytes);
    if (longest === 0) continue;
    const seam = Buffer.concat([tail, bytes.subarray(0, longest)]);
    found ||= patterns.some((pattern) => bytes.includes(pattern) || seam.includes(pattern));
    tail = Buffer.from((bytes.length < longest ? seam : bytes).subarray(-longest));
  }
  if (ending) found ||= tail.subarray(-ending.length).equals(ending);
  return { sha256: hash.digest('hex'), found };
}
