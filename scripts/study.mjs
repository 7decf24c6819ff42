// npm run study: what takes too long for `npm test`. The long studies on the release build, then the whole suite on a
// debug build of the kernels, whose asserts are compiled in.
import { spawnSync } from 'node:child_process';

const failures = [];
function run(name, args, env = {}) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) failures.push(name);
}
const vitest = 'node_modules/vitest/vitest.mjs';

run('build', ['scripts/build.mjs']);
run('studies', [vitest, 'run', '--config', 'vitest.study.ts', ...process.argv.slice(2)]);
if (process.argv.length === 2) {
  run('debug build', ['scripts/build.mjs'], { APPORTION_WASM: 'debug' });
  run('the suite on the debug build', [vitest, 'run']);
  run('build', ['scripts/build.mjs']);
}
console.log(failures.length === 0 ? '\nall studies passed' : `\nfailed: ${failures.join(', ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;
