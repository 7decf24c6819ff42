// Builds everything that is not in git: the wasm, the module that inlines it, the bundles and the types.
//   node scripts/build.mjs [wasm|bundles|types ...]     all three without arguments
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { build } from 'esbuild';

const wanted = process.argv.slice(2);
const stage = (name) => wanted.length === 0 || wanted.includes(name);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

if (stage('wasm')) {
  const target = process.env.APPORTION_WASM === 'debug' ? 'debug' : 'release';
  execFileSync(process.execPath, ['node_modules/assemblyscript/bin/asc.js', '--target', target], { stdio: 'inherit' });
  const file = target === 'debug' ? 'build/apportion.debug.wasm' : 'build/apportion.wasm';
  // deflated before base64: in a bundle that travels compressed this is 1.5 KB smaller than base64 of the wasm itself
  const base64 = deflateSync(readFileSync(file), { level: 9, memLevel: 9 }).toString('base64');
  writeFileSync('bindings/kernels/wasmModule.ts', `export const packedWasm =\n  '${base64}';\n`);
}

if (stage('bundles')) {
  rmSync('dist', { recursive: true, force: true });
  mkdirSync('dist', { recursive: true });
  const common = {
    bundle: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    define: { APPORTION_VERSION: JSON.stringify(version) },
  };
  await build({
    ...common,
    entryPoints: {
      index: 'bindings/index.ts',
      simulate: 'bindings/simulate/index.ts',
      schema: 'bindings/model/jsonSchema.ts',
    },
    outdir: 'dist',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: false,
  });
  await build({
    ...common,
    entryPoints: ['cli/main.ts'],
    outfile: 'dist/cli.js',
    platform: 'node',
    minifySyntax: true,
    external: ['@duckdb/node-api'],
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
  copyFileSync('build/apportion.wasm', 'dist/apportion.wasm');
}

if (stage('types')) {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  });
}
