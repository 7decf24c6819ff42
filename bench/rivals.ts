// The same jobs in other languages, where this machine has them: pass.c, gram.py and curves.py in bench/rivals.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { segmentsOf } from './cases.js';

/** Seconds of one run by name; null where a compiler or a package is missing. */
export type Rival = () => Record<string, number> | null;

const folder = 'build/rivals';

/** What a program prints as JSON; null where there is no such program or it fails. */
function answer(program: string, args: readonly string[]): Record<string, number> | null {
  const { status, stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
  });
  return status === 0 ? JSON.parse(stdout) : null;
}

const compilations = [
  ['gcc -O3', ['-O3']],
  ['gcc -O3 -march=native', ['-O3', '-march=native']],
] as const;

/** The pass in C by gcc, and the bare read of the same bytes. */
export function passRival(data: ReturnType<typeof segmentsOf>): Rival {
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/pass-${data.ids.length}.bin`;
  const built = compilations.map(([name, flags], k) => {
    const program = `${folder}/pass${k}`;
    const { status } = spawnSync('gcc', [...flags, 'bench/rivals/pass.c', '-lm', '-o', program]);
    return status === 0 ? { name, program } : null;
  });
  if (!built.some((one) => one)) return () => null;
  const sizes = Uint32Array.of(data.bricks, data.entities, data.ids.length, 0);
  const fields = [sizes, data.segments, data.ids, data.exposure, data.totals, data.productivity];
  const padded = fields.map((field) => {
    const bytes = new Uint8Array(Math.ceil(field.byteLength / 16) * 16);
    bytes.set(new Uint8Array(field.buffer, field.byteOffset, field.byteLength));
    return bytes;
  });
  writeFileSync(file, Buffer.concat(padded));
  return () => {
    const seconds: Record<string, number> = {};
    for (const one of built) {
      const figures = one && answer(one.program, [file]);
      if (!one || !figures) continue;
      seconds[one.name] = figures.pass;
      // both programs read alike: the faster one counts
      seconds['bare read'] = Math.min(seconds['bare read'] ?? Number.POSITIVE_INFINITY, figures.read);
    }
    return seconds;
  };
}

/** X'WX in numpy, on one thread. */
export const gramRival =
  (rows: number, columns: number): Rival =>
  () => {
    const figures = answer('python3', ['bench/rivals/gram.py', String(rows), String(columns)]);
    return figures && { 'numpy, one thread': figures.seconds };
  };

/** Curves in numpy and scipy: `hill SIZE`, `logistic SIZE`, `adstock SERIES PERIODS`, `window SERIES PERIODS LAGS`. */
export const curveRival =
  (...job: readonly (string | number)[]): Rival =>
  () =>
    answer('python3', ['bench/rivals/curves.py', ...job.map(String)]);
