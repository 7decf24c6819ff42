import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './environment.js';
import { bundleJob } from './job.js';

/** Runs a program to its end and hands over what it printed. */
export function printed(program: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, NODE_OPTIONS: '', DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
  });
  if (error || status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

/** Runtimes that take a script: it runs the job and prints what came out. */
export async function commandLines(
  folder: string,
  programs: readonly { readonly name: string; readonly program: string; readonly args: readonly string[] }[],
): Promise<Environment[]> {
  writeFileSync(join(folder, 'job.mjs'), await bundleJob('esm'));
  for (const kernels of ['wasm', 'js']) {
    const script = `import { run } from './job.mjs';\nconsole.log(JSON.stringify(await run('${kernels}')));\n`;
    writeFileSync(join(folder, `print-${kernels}.mjs`), script);
  }
  return programs.map(({ name, program, args }) => ({
    name,
    version: /\d+\.\d+\.\d+/.exec(printed(program, ['--version']))![0],
    kernels: ['wasm', 'js'],
    run: async (kernels) => JSON.parse(printed(program, [...args, join(folder, `print-${kernels}.mjs`)], folder)),
  }));
}
