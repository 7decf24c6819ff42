import { defineConfig } from 'vitest/config';

// Long studies: a million points, hundreds of seeds. Not part of `npm test`.
export default defineConfig({
  define: { APPORTION_VERSION: JSON.stringify('study') },
  test: { include: ['test/study/**/*.test.ts'], testTimeout: 3_600_000 },
});
