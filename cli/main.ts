import { CommanderError } from 'commander';
import { abortOnInterrupt } from './interrupt.js';
import { describeError, exitCodes } from './outcome.js';
import { createProgram } from './program.js';

const signal = abortOnInterrupt();

// a reader that goes away (`apportion ... | head`) is no error
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const program = createProgram(signal, (code) => {
  process.exitCode = code;
});
for (const command of [program, ...program.commands, ...program.commands.flatMap((inner) => inner.commands)]) {
  command.exitOverride();
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // it has printed its help, its version or what is wrong
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.input;
  } else {
    const { code, lines } = describeError(error, signal);
    process.stderr.write(`${lines}\n`);
    process.exitCode = code;
  }
}
