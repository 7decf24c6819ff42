import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

/** Writes arrays where a rival in Python reads them: NAME.u32 or NAME.f64, and sizes.json. */
export function writeArrays(
  folder: string,
  sizes: Record<string, number>,
  arrays: Record<string, Uint32Array | Float64Array>,
): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/sizes.json`, JSON.stringify(sizes));
  for (const [name, { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT }] of Object.entries(arrays)) {
    const kind = BYTES_PER_ELEMENT === 4 ? 'u32' : 'f64';
    writeFileSync(`${folder}/${name}.${kind}`, new Uint8Array(buffer, byteOffset, byteLength));
  }
}

export const hasNumpy = () => spawnSync('python3', ['-c', 'import numpy']).status === 0;

/** What a rival in numpy prints, on one thread: iterations and seconds until it is within 1e-8 of `best`, or `cap` seconds. */
export function runRival(
  script: string,
  folder: string,
  best: number,
  cap: number,
): { readonly iterations: number; readonly seconds: number; readonly away: number } {
  const { stdout } = spawnSync('python3', [script, folder, String(best), String(cap)], {
    encoding: 'utf8',
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
  });
  return JSON.parse(stdout);
}

/** Passes and seconds until the objective is within 1e-8 of the total of the best found. */
export interface Arrival {
  readonly passes: number;
  readonly seconds: number;
}

export const near = 1e-8;

/** As text, `not within its time` where it never was. */
export function arrivalText(one: Arrival | null): string {
  if (!one) return 'not within its time';
  return `${one.passes}, ${one.seconds < 1 ? `${(1000 * one.seconds).toFixed(0)} ms` : `${one.seconds.toFixed(1)} s`}`;
}

/** Notes every sweep of a run with its time; throws `timeUp` past `cap` seconds. */
export function stopwatch(cap: number) {
  const begin = performance.now();
  const marks: { passes: number; objective: number; seconds: number }[] = [];
  return {
    onSweep({ passes, objective }: { passes: number; objective: number }): void {
      marks.push({ passes, objective, seconds: (performance.now() - begin) / 1000 });
      if (marks[marks.length - 1].seconds > cap) throw timeUp;
    },
    arrival(best: number, total: number): Arrival | null {
      const there = marks.find(({ objective }) => (best - objective) / total <= near);
      return there ? { passes: there.passes, seconds: there.seconds } : null;
    },
  };
}

export const timeUp = new Error('the time is up');
