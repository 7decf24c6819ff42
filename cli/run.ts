import { CommanderError } from 'commander';
import { describeError, exitCodes } from './outcome.js';
import { createProgram } from './program.js';

/** Runs a command with the arguments behind its name, tells on stderr what went wrong, and gives the exit code. */
export async function runCommand(args: readonly string[], signal: AbortSignal): Promise<number> {
  let code: number = exitCodes.done;
  const program = createProgram(signal, (finished) => {
    code = finished;
  });
  for (const command of [program, ...program.commands, ...program.commands.flatMap((inner) => inner.commands)]) {
    command.exitOverride();
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // it has printed its help, its version or what is wrong
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.input;
    const described = describeError(error, signal);
    process.stderr.write(`${described.lines}\n`);
    return described.code;
  }
}
