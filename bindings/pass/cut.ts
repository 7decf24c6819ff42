const leastExposures = 262144; // about 3 MB: long enough to drown the cost of adding shards up

/**
 * The shard rule: whole bricks in canonical order, a shard ends with the brick that brings it to 262,144 exposures or more. By the
 * data alone, so that memory, workers and files cut alike. `segments` are positions of the exposures of each brick.
 */
export function cutShards(segments: Uint32Array, first: number, end: number): [start: number, end: number][] {
  const shards: [number, number][] = [];
  let start = first;
  for (let b = first; b < end; b++) {
    if (segments[b + 1] - segments[start] < leastExposures && b + 1 < end) continue;
    shards.push([start, b + 1]);
    start = b + 1;
  }
  return shards;
}
