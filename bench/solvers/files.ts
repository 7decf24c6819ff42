import { closeSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Panel } from './panel.js';

/** Where the problems lie while they are measured: raw little-endian numbers, read by every contestant. */
export const folderOf = (name: string): string => join('build', 'solvers', name);

const bytesOf = (values: Float64Array | Uint32Array) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

export function writePanel(name: string, { segments, column, exposure, totals, entities }: Panel): void {
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'segments.u32'), bytesOf(segments));
  writeFileSync(join(folder, 'column.u32'), bytesOf(column));
  writeFileSync(join(folder, 'exposure.f64'), bytesOf(exposure));
  writeFileSync(join(folder, 'totals.f64'), bytesOf(totals));
  const sizes = { entities, bricks: totals.length, exposures: exposure.length };
  writeFileSync(join(folder, 'sizes.json'), JSON.stringify(sizes));
}

export function readSizes(name: string): { entities: number; bricks: number; exposures: number } {
  return JSON.parse(readFileSync(join(folderOf(name), 'sizes.json'), 'utf8'));
}

export function readPanel(name: string): Panel {
  const { entities, bricks, exposures } = readSizes(name);
  const fill = <A extends Float64Array | Uint32Array>(file: string, values: A): A => {
    const handle = openSync(join(folderOf(name), file), 'r');
    const bytes = bytesOf(values);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(handle, bytes, at, Math.min(bytes.length - at, 1 << 28), at);
      if (read === 0) throw new Error(`${file} of ${name}: expected ${bytes.length} bytes, got ${at}`);
      at += read;
    }
    closeSync(handle);
    return values;
  };
  return {
    segments: fill('segments.u32', new Uint32Array(bricks + 1)),
    column: fill('column.u32', new Uint32Array(exposures)),
    exposure: fill('exposure.f64', new Float64Array(exposures)),
    totals: fill('totals.f64', new Float64Array(bricks)),
    entities,
  };
}
