import { spawnSync } from 'node:child_process';
import { folderOf } from './files.js';
import type { AgreementReport, FitReport, PassReport, PlainReport, Task } from './tasks.js';

interface Reports {
  make: { entities: number; bricks: number; exposures: number };
  fit: FitReport;
  plain: PlainReport;
  pass: PassReport;
  agreement: AgreementReport;
}

/** The name under which bench/run.ts hands a task on to a process of its own. */
export const taskPart = 'solvers-task';

const manyBytes = 1 << 26;
const lastLine = (text: string) => JSON.parse(text.trimEnd().split('\n').pop()!);

/** Runs a task in a process of its own. @throws Error with what that process said */
export function ask<K extends Task['kind']>(task: Extract<Task, { kind: K }>): Reports[K] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--expose-gc', process.argv[1], taskPart, JSON.stringify(task)],
    { encoding: 'utf8', maxBuffer: manyBytes },
  );
  if (status !== 0) throw new Error(`${task.kind} of ${task.problem}: ${stderr || stdout}`);
  return lastLine(stdout);
}

/** One thread each, whatever numpy was built with. */
const oneThread = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

export type Form = 'numpy' | 'scipy';

function python(args: readonly string[]) {
  return spawnSync('python3', args, { encoding: 'utf8', maxBuffer: manyBytes, env: { ...process.env, ...oneThread } });
}

/** Versions of what is on this machine; null for what is not. */
export function findRivals(): Record<Form, string | null> {
  const version = (form: Form) => {
    const { stdout, status } = python(['-c', `import ${form}; print(${form}.__version__)`]);
    return status === 0 ? stdout.trim() : null;
  };
  return { numpy: version('numpy'), scipy: version('scipy') };
}

/** bench/rivals/em.py on a problem. @throws Error with what it said */
export function askRival<R>(mode: 'curve' | 'pass', form: Form, problem: string, ...rest: number[]): R {
  const { stdout, stderr, status } = python(['bench/rivals/em.py', mode, form, folderOf(problem), ...rest.map(String)]);
  if (status !== 0) throw new Error(`${form} on ${problem}: ${stderr}`);
  return lastLine(stdout);
}
