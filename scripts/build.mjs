// Builds everything that is not in git: the wasm, the modules that inline it and the charts, the bundles and the types.
//   node scripts/build.mjs [wasm|charts|bundles|types ...]     all of them without arguments
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const wanted = process.argv.slice(2);
const stage = (name) => wanted.length === 0 || wanted.includes(name);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Takes in at once what the sources load when it is asked for. */
const allAtOnce = {
  name: 'all at once',
  setup({ onLoad }) {
    onLoad({ filter: /bindings\/.*\.ts$/ }, ({ path }) => {
      const parts = [];
      const text = readFileSync(path, 'utf8').replace(/await import\(('[^']+')\)/g, (_, name) => {
        parts.push(`import * as part${parts.length} from ${name};`);
        return `part${parts.length - 1}`;
      });
      return { contents: `${parts.join('')}${text}`, loader: 'ts' };
    });
  },
};

if (stage('wasm')) {
  const target = process.env.APPORTION_WASM === 'debug' ? 'debug' : 'release';
  execFileSync(process.execPath, ['node_modules/assemblyscript/bin/asc.js', '--target', target], { stdio: 'inherit' });
  const file = target === 'debug' ? 'build/apportion.debug.wasm' : 'build/apportion.wasm';
  // hexadecimal, not base64: bytes stay on boundaries, so that a bundle that travels compressed is 1.7 KB smaller
  const hex = readFileSync(file).toString('hex');
  writeFileSync('bindings/machine/wasmModule.ts', `export const wasmHex =\n  '${hex}';\n`);
}

if (stage('charts')) {
  // what a page of charts carries with it: our script with the chart library in it, its style and its licence
  const { outputFiles } = await build({
    entryPoints: ['bindings/report/html/client.ts'],
    bundle: true,
    format: 'iife',
    target: 'es2020',
    minify: true,
    legalComments: 'none',
    write: false,
  });
  const parts = {
    chartScript: outputFiles[0].text.trim(),
    chartStyle: readFileSync('node_modules/uplot/dist/uPlot.min.css', 'utf8').trim(),
    chartLicence: `uPlot ${JSON.parse(readFileSync('node_modules/uplot/package.json', 'utf8')).version}\n\n${readFileSync('node_modules/uplot/LICENSE', 'utf8').trim()}`,
  };
  for (const [name, text] of Object.entries(parts)) {
    if (/<\/(script|style)|<!--|-->/i.test(text)) throw new Error(`${name} would end its element`);
  }
  const lines = Object.entries(parts).map(([name, text]) => `export const ${name} =\n  ${JSON.stringify(text)};\n`);
  writeFileSync('bindings/report/html/chartModule.ts', lines.join(''));
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
      schema: 'bindings/config/jsonSchema.ts',
      html: 'bindings/report/html/index.ts',
      convert: 'bindings/exposure/convert/convert.ts',
    },
    outdir: 'dist',
    // what several entry points need lies in chunks of its own, once: errors are of one class wherever they come from
    splitting: true,
    chunkNames: 'shared/[hash]',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: false,
  });
  // the main entry with all its parts, for those who want one file: nothing of it is loaded later
  await build({
    ...common,
    entryPoints: { one: 'bindings/index.ts' },
    outdir: 'dist',
    plugins: [allAtOnce],
    platform: 'neutral',
    mainFields: ['module', 'main'],
    minify: true,
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
