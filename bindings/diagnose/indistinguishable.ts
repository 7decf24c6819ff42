import { pausesIn, type Steps } from '../base/steps.js';
import type { Panel } from '../problem/compile.js';

/**
 * Groups of entities whose exposure is the same in every fitted brick: no data can tell them apart. Returns columns of
 * the panel, each group rising, groups by their first. Candidates are found by hash and compared in full.
 */
export function* findIndistinguishable(panel: Panel): Steps<Uint32Array[]> {
  const { segments, column, exposure } = panel;
  const columns = panel.entity.length;
  const words = new Uint32Array(exposure.buffer, exposure.byteOffset, exposure.length * 2);

  // two independent 32-bit hashes of (brick, exposure) pairs in brick order
  const first = new Uint32Array(columns);
  const second = new Uint32Array(columns);
  const counts = new Uint32Array(columns + 1);
  const pauses = pausesIn(segments);
  for (let b = 0; b + 1 < segments.length; b++) {
    if (pauses(b)) yield;
    for (let j = segments[b]; j < segments[b + 1]; j++) {
      const k = column[j];
      counts[k + 1]++;
      const mixed = Math.imul(
        words[2 * j] ^ Math.imul(words[2 * j + 1], 0x9e3779b1) ^ Math.imul(b, 0x85ebca77),
        0xc2b2ae3d,
      );
      first[k] = Math.imul((first[k] << 13) | (first[k] >>> 19), 5) + mixed;
      second[k] = Math.imul(second[k] ^ mixed, 0x01000193) ^ b;
    }
  }
  const candidates = new Map<string, number[]>();
  for (let k = 0; k < columns; k++) {
    if (counts[k + 1] === 0) continue;
    const id = `${counts[k + 1]} ${first[k]} ${second[k]}`;
    const same = candidates.get(id);
    if (same) same.push(k);
    else candidates.set(id, [k]);
  }
  const alike = [...candidates.values()].filter((group) => group.length > 1);
  if (alike.length === 0) return [];

  // the candidates' own exposures by column, to compare in full
  const wanted = new Int32Array(columns).fill(-1);
  const entries: number[][] = [];
  for (const k of alike.flat()) {
    wanted[k] = entries.length;
    entries.push([]);
  }
  for (let b = 0; b + 1 < segments.length; b++) {
    if (pauses(b)) yield;
    for (let j = segments[b]; j < segments[b + 1]; j++)
      if (wanted[column[j]] >= 0) entries[wanted[column[j]]].push(b, exposure[j]);
  }
  const equal = (k: number, l: number) => {
    const a = entries[wanted[k]];
    const b = entries[wanted[l]];
    return a.length === b.length && a.every((value, i) => value === b[i]);
  };
  const groups: Uint32Array[] = [];
  for (const candidate of alike) {
    let rest = candidate;
    while (rest.length > 1) {
      const group = rest.filter((k) => equal(rest[0], k));
      if (group.length > 1) groups.push(Uint32Array.from(group));
      rest = rest.filter((k) => !group.includes(k));
    }
  }
  return groups.sort((a, b) => a[0] - b[0]);
}
