// Runs a TypeScript file of this project: node scripts/run.mjs bench/run.ts [arguments]
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const [entry, ...rest] = process.argv.slice(2);
const outfile = `build/run/${entry.replace(/\.ts$/, '.mjs')}`;
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  define: { APPORTION_VERSION: JSON.stringify(version) },
});
const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...rest], { stdio: 'inherit' });
process.exitCode = status ?? 1;
