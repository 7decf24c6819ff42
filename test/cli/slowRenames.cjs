// Loaded before the command (node --require): every rename takes its time, so that those of two runs fall between each other.
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const { renameSync } = fs;
const { rename } = fs.promises;
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const sleep = () => Atomics.wait(sleeper, 0, 0, 5 + Math.random() * 60);

fs.renameSync = (from, to) => {
  sleep();
  renameSync(from, to);
  sleep();
};
fs.promises.rename = async (from, to) => {
  sleep();
  await rename(from, to);
  sleep();
};
if (process.env.NO_LOCK) fs.linkSync = () => {}; // everybody is told to have the lock
syncBuiltinESMExports();
