import { vi } from 'vitest';
import { describeError } from '../../cli/outcome.js';
import { createProgram } from '../../cli/program.js';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of `apportion` in this process on files of a folder, which stands as `.` in what comes back. */
export async function apportion(folder: string, ...args: readonly string[]): Promise<Ran> {
  const { signal } = new AbortController();
  const before = process.listeners('exit');
  let code = -1;
  let stdout = '';
  let stderr = '';
  const hear = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const program = createProgram(signal, (finished) => {
    code = finished;
  });
  for (const command of [program, ...program.commands, ...program.commands.flatMap((inner) => inner.commands)]) {
    command.exitOverride().configureOutput({
      writeErr: (text) => {
        stderr += text;
      },
    });
  }
  try {
    await program.parseAsync(['node', 'apportion', ...args.map((arg) => arg.replace(/^@/, `${folder}/`))]);
  } catch (error) {
    const described = describeError(error, signal);
    code = described.code;
    stderr += described.lines;
  } finally {
    hear.mockRestore();
    for (const listener of process.listeners('exit')) if (!before.includes(listener)) process.off('exit', listener);
  }
  const here = (text: string) => text.replaceAll(folder, '.');
  return { code, stdout: here(stdout), stderr: here(stderr) };
}
