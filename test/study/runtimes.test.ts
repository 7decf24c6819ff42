import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { chromium, firefox, inBrowser } from './runtimes/browsers.js';
import { commandLines } from './runtimes/commandLines.js';
import type { Environment, Missing } from './runtimes/environment.js';
import { installed, nodes, packagesHere } from './runtimes/packages.js';
import { quickJs } from './runtimes/quickjs.js';
import { workerd } from './runtimes/workerd.js';

// The built library in every runtime that can be had, with both sets of kernels: the same bytes. Writes docs/runtimes.md.

const folder = resolve('build/runtimes');
mkdirSync(folder, { recursive: true });

/** Every runtime, or why it is not here. */
async function environments(): Promise<(Environment | Missing)[]> {
  const packages = packagesHere();
  const found: (Environment | Missing)[] = [];
  const add = async (
    name: string,
    wanted: string | null,
    open: (path: string) => Promise<Environment[]> | Environment[],
  ) => {
    const there = installed(folder, name.toLowerCase().replaceAll(' ', ''), wanted);
    if ('missing' in there) found.push({ name, ...there });
    else found.push(...(await open(there.path)));
  };
  const program = (name: string, path: string, ...args: string[]) =>
    commandLines(folder, [{ name, program: path, args }]);
  for (const major of nodes) {
    await add(`Node ${major}`, packages.node(major), (path) => program('Node', `${path}/bin/node`));
  }
  await add('Deno', packages.deno, (path) => program('Deno', `${path}/deno`, 'run', '--quiet'));
  await add('Bun', packages.bun, (path) => program('Bun', `${path}/bin/bun`, 'run'));
  for (const [name, browser, paths] of [
    ['Chromium', chromium, ['/usr/bin/chromium', '/usr/bin/chromium-browser']],
    ['Firefox', firefox, ['/usr/bin/firefox-esr', '/usr/bin/firefox']],
  ] as const) {
    const path = paths.find(existsSync);
    if (path === undefined) found.push({ name, missing: 'not on this machine' });
    else found.push(...inBrowser(folder, browser(path)));
  }
  await add('workerd', packages.workerd, async (path) => [await workerd(folder, `${path}/bin/workerd`)]);
  await add('QuickJS', packages.quickJs, (path) => [quickJs(path)]);
  return found;
}

interface Row {
  readonly environment: Environment;
  readonly kernels: string;
  /** By problem, the sha256 of its result; or what went wrong. */
  readonly sums: Readonly<Record<string, string>> | string;
}

async function play(environment: Environment, kernels: 'wasm' | 'js'): Promise<Row> {
  try {
    const outcome = await environment.run(kernels);
    if (outcome.kernels !== kernels) throw new Error(`ran ${outcome.kernels}: ${outcome.reason}`);
    const sums = Object.entries(outcome.results).map(([name, text]) => [
      name,
      createHash('sha256').update(text).digest('hex'),
    ]);
    return { environment, kernels, sums: Object.fromEntries(sums) };
  } catch (error) {
    return { environment, kernels, sums: (error as Error).message.split('\n', 1)[0] };
  }
}

/** One sum over all problems. */
const sumOf = (sums: Readonly<Record<string, string>>) =>
  createHash('sha256').update(JSON.stringify(sums)).digest('hex').slice(0, 12);

function page(rows: readonly Row[], missing: readonly Missing[]): string {
  const reference = rows[0].sums;
  const same = rows.filter(({ sums }) => JSON.stringify(sums) === JSON.stringify(reference)).length;
  const verdict = ({ sums }: Row) => {
    if (typeof sums === 'string') return sums;
    const other = Object.keys(sums).filter((name) => typeof reference === 'string' || sums[name] !== reference[name]);
    return other.length === 0 ? 'same' : `differs: ${other.join(', ')}`;
  };
  const lines = rows.map((row) => {
    const { environment, kernels, sums } = row;
    const sum = typeof sums === 'string' ? '' : sumOf(sums);
    return `| ${environment.name} | ${environment.version} | ${kernels} | ${sum} | ${verdict(row)} |`;
  });
  const problems = typeof reference === 'string' ? [] : Object.entries(reference);
  return `# The same bytes in every runtime

Written by \`npm run study -- test/study/runtimes.test.ts\`, on ${process.platform}-${process.arch}. ${same} of ${rows.length} pairs of runtime and kernels gave the same bytes.

Each runs the built library on the problems below and returns every figure of the result: all cells of all tables (numbers by their 64
bits, what is not a number as one value), the tables as CSV, and fit.json without \`run\`. The sum is the beginning of one sha256 over all of it.

| environment | version | kernels | sha256 | |
|---|---|---|---|---|
${lines.join('\n')}

${missing.map(({ name, missing: why }) => `- ${name} was not tried: ${why}.\n`).join('')}${missing.length > 0 ? '\n' : ''}- workerd compiles no WebAssembly while it runs, so that \`auto\` falls back to JS there. The row \`wasm\` is the package's
  \`apportion.wasm\`, compiled by workerd as it starts and handed over in place of \`WebAssembly.compile\`.
- QuickJS (the npm package \`quickjs-emscripten\`) is the language alone: it has no WebAssembly, and the study gives it \`performance.now\`,
  \`setTimeout\`, \`TextEncoder\` and \`TextDecoder\`, which the library asks of its surroundings.
- Node, Deno, Bun, workerd and QuickJS come from their npm packages, Chromium and Firefox are those of the machine.

| problem | sha256 |
|---|---|
${problems.map(([name, sum]) => `| ${name} | ${sum.slice(0, 12)} |`).join('\n')}
`;
}

it('gives the same bytes in every runtime, with both sets of kernels', async () => {
  const all = await environments();
  const missing = all.filter((each): each is Missing => 'missing' in each);
  for (const { name, missing: why } of missing) console.log(`${name} is left out: ${why}`);
  const rows: Row[] = [];
  for (const environment of all) {
    if ('missing' in environment) continue;
    for (const kernels of environment.kernels) {
      const row = await play(environment, kernels);
      console.log(environment.name, environment.version, kernels, JSON.stringify(row.sums).slice(0, 200));
      rows.push(row);
    }
  }
  writeFileSync('docs/runtimes.md', page(rows, missing));
  expect(rows.length).toBeGreaterThan(1);
  const [reference] = rows;
  expect(Object.keys(reference.sums)).toHaveLength(5);
  for (const { environment, kernels, sums } of rows) {
    expect(sums, `${environment.name} ${environment.version}, ${kernels}`).toEqual(reference.sums);
  }
});
