// npm start: simulates a marketing example, splits it, and says where everything is.
import { spawnSync } from 'node:child_process';

const run = (...command) => {
  console.log(`\n> apportion ${command.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, ['dist/cli.js', ...command], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

// 3 media, 104 weeks, 10 geos, 40 campaigns: contributions by medium as a marketing-mix model would give them
run('simulate', 'mta', '--seed', '1', '--out', 'result/example');
run('fit', 'result/example/model.json', '--out', 'result/split');
