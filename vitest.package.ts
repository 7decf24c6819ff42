import { defineConfig } from 'vitest/config';

// Tests of the packed tarball, installed into an empty project. Needs `npm run build` first.
export default defineConfig({
  test: { include: ['test/package/**/*.test.ts'], testTimeout: 240_000, hookTimeout: 240_000 },
});
