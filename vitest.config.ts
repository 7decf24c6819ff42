import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { APPORTION_VERSION: JSON.stringify('test') },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/study/**', 'test/package/**'],
    testTimeout: 60_000,
    allowOnly: false,
  },
});
