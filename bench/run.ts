// npm run bench                    everything; writes docs/benchmark.md and build/bench.json
// npm run bench -- kernels [name]  the kernels alone, or some of them: prints, writes nothing
import { benchKernels, kernelTable } from './kernels.js';

const [part, ...names] = process.argv.slice(2);
const tell = (text: string) => process.stderr.write(`${text}\n`);

if (part === 'kernels') console.log(kernelTable(await benchKernels(names, tell)));
