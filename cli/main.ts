import { CommanderError } from 'commander';
import { abortOnInterrupt } from './interrupt.js';
import { describeError, exitCodes } from './outcome.js';
import { createProgram } from './program.js';
import { watchStreams } from './streams.js';

const signal = abortOnInterrupt();
const { finish } = watchStreams();
const program = createProgram(signal, finish);
for (const command of [program, ...program.commands, ...program.commands.flatMap((inner) => inner.commands)]) {
  command.exitOverride();
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // it has printed its help, its version or what is wrong
    finish(error.exitCode === 0 ? exitCodes.done : exitCodes.input);
  } else {
    const { code, lines } = describeError(error, signal);
    process.stderr.write(`${lines}\n`);
    finish(code);
  }
}
