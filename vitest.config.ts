import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

export default defineConfig({
  define: { APPORTION_VERSION: JSON.stringify(version) },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/study/**', 'test/package/**'],
    testTimeout: 60_000,
    allowOnly: false,
    // modules are loaded once per process, not once per file: half of the time went there. Tests keep no state in them.
    isolate: false,
    pool: 'forks', // tests of the command change the working directory
    setupFiles: ['test/support/setup.ts'],
  },
});
