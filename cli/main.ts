import { abortOnInterrupt } from './interrupt.js';
import { runCommand } from './run.js';
import { watchStreams } from './streams.js';

const signal = abortOnInterrupt();
const { finish } = watchStreams();
finish(await runCommand(process.argv.slice(2), signal));
