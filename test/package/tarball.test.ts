import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderFor, pack, root, run as runIn } from './pack.js';

const empty = folderFor('package');
const installed = join(empty, 'node_modules/apportion');
let tarball = '';

const run = (command: string, args: string[], cwd = empty) => runIn(cwd, command, ...args);

beforeAll(() => {
  tarball = pack(empty);
  writeFileSync(join(empty, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const install = run('npm', ['install', '--no-audit', '--no-fund', tarball]);
  if (install.status !== 0) throw new Error(install.stderr);
});

// the installed command itself: npx adds notes of its own to stderr
const command = (...args: string[]) => run(join(empty, 'node_modules/.bin/apportion'), args);

/** The anchor of a heading, as the usual renderers write it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');

const consumer = `
import { fit } from 'apportion';
const result = await fit(
  { totals: { brick: ['A', 'B'], total: [100, 60] }, exposure: { brick: ['A', 'A', 'B'], entity: ['H1', 'H2', 'H2'], visits: [1, 2, 3] } },
  { totals: { brick: ['brick'], value: 'total' }, exposure: { brick: ['brick'], entity: ['entity'], value: 'visits' }, model: {} },
);
const parts = result.allocation.columns.allocation;
console.log(result.run.kernels, parts[0] + parts[1], parts[2]);
`;

const curve =
  "effectiveExposure: { curves: { adstock: { kind: 'none' }, saturation: { kind: 'hill', halfSaturation: 1, slope: 1 }, scale: 'none' } }";

/** A bundle for a browser of a script in the empty project: one file, or files that load each other. */
function bundle(script: string, splitting: boolean) {
  writeFileSync(join(empty, 'page.js'), script);
  return build({
    entryPoints: [join(empty, 'page.js')],
    bundle: true,
    minify: true,
    splitting,
    format: 'esm',
    platform: 'browser',
    outdir: join(empty, 'bundled'),
    write: false,
  });
}

describe('the packed tarball', () => {
  it('installs without bringing anything else', () => {
    const others = readdirSync(join(empty, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(others).toEqual(['apportion']);
    expect(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')).dependencies).toBeUndefined();
  });

  it('holds the bundles, the wasm and the types, and no sources or tests', () => {
    for (const file of [
      'index.js',
      'cli.js',
      'simulate.js',
      'schema.js',
      'convert.js',
      'html.js',
      'one.js',
      'apportion.wasm',
      'types/index.d.ts',
    ]) {
      expect(existsSync(join(installed, 'dist', file)), file).toBe(true);
    }
    const files = ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json'];
    expect(readdirSync(installed).sort()).toEqual(files);
  });

  it('says where its sources are', () => {
    const { repository } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(repository).toEqual({ type: 'git', url: 'git+https://github.com/apportion/apportion.git' });
  });

  it('holds every page and heading that its pages link to', () => {
    const pages = ['README.md', 'CHANGELOG.md', ...readdirSync(join(installed, 'docs')).map((name) => `docs/${name}`)];
    const texts = new Map(pages.map((page) => [page, readFileSync(join(installed, page), 'utf8')]));
    const anchors = (text: string) => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading));
    const links = [...texts].flatMap(([page, text]) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => ({ page, link })),
    );
    const dead = links.filter(({ page, link }) => {
      if (/^https?:/.test(link)) return false;
      const [path, anchor] = link.split('#');
      const target = path === '' ? page : relative(installed, join(installed, dirname(page), path));
      const text = texts.get(target);
      return text === undefined || (anchor !== undefined && !anchors(text).includes(anchor));
    });
    expect(dead).toEqual([]);
    expect(links.length).toBeGreaterThan(10);
  });

  it('splits exactly in an empty project', () => {
    writeFileSync(join(empty, 'use.mjs'), consumer);
    const { stdout, stderr } = run(process.execPath, ['use.mjs']);
    expect(stderr).toBe('');
    expect(stdout).toBe('wasm 100 60\n');
  });

  // in Node alone, with what @types/node declares, and in a browser alone
  for (const resolution of ['nodenext', 'bundler']) {
    it(`resolves its types without zod or anything else (${resolution})`, () => {
      const folder = join(empty, `types-${resolution}`);
      mkdirSync(folder);
      writeFileSync(
        join(folder, 'use.ts'),
        `${consumer}
import type { Fit, Model } from 'apportion';
import { simulateMta } from 'apportion/simulate';
import { modelJsonSchema } from 'apportion/schema';
const model: Model = simulateMta({ seed: 1 }).model;
const gap: Fit['gap'] = result.gap;
// @ts-expect-error: a spread is a number
const wrong: Model = { ...model, model: { pooling: { kind: 'gamma', spread: 'wide' } } };
console.log(model, gap, wrong, modelJsonSchema());
`,
      );
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({
          compilerOptions: {
            strict: true,
            target: 'es2022',
            lib: resolution === 'bundler' ? ['es2022', 'dom'] : ['es2022'],
            types: resolution === 'bundler' ? [] : ['node'],
            typeRoots: [join(root, 'node_modules/@types')],
            noEmit: true,
            skipLibCheck: false,
            module: resolution === 'bundler' ? 'esnext' : 'nodenext',
            moduleResolution: resolution,
          },
          files: ['use.ts'],
        }),
      );
      const { status, stdout } = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
      expect(stdout).toBe('');
      expect(status).toBe(0);
    });
  }

  // What a fit without curves, covariates or hierarchies loads, each file gzipped as a server would send it. The goal is 50 KB.
  it('loads at most 92 KB gzipped for the smallest fit, wasm included, and more where a configuration asks for it', async () => {
    const bundled = await bundle("export { fit } from 'apportion';", true);
    expect(bundled.warnings).toEqual([]);
    const folder = join(empty, 'bundled');
    for (const { path, contents } of bundled.outputFiles) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
    }
    const loadedBy = (name: string, script: string) => {
      writeFileSync(join(folder, `${name}.mjs`), script.replace("'apportion'", "'./page.js'"));
      const coverage = join(folder, name);
      const { stderr, status } = run('env', [`NODE_V8_COVERAGE=${coverage}`, process.execPath, `bundled/${name}.mjs`]);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      const [report] = readdirSync(coverage);
      const scripts: { url: string }[] = JSON.parse(readFileSync(join(coverage, report), 'utf8')).result;
      return scripts.flatMap(({ url }) => {
        const file = bundled.outputFiles.find(({ path }) => url === pathToFileURL(path).href);
        return file ? [gzipSync(file.contents, { level: 9 }).length] : [];
      });
    };
    const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);
    const smallest = sum(loadedBy('smallest', consumer));
    const withCurve = sum(loadedBy('curve', consumer.replace('model: {}', curve)));
    console.log(`loaded by the smallest fit: ${smallest} bytes; with a curve: ${withCurve} bytes`);
    expect(smallest).toBeGreaterThan(30 * 1024);
    expect(smallest).toBeLessThanOrEqual(92 * 1024);
    expect(withCurve).toBeGreaterThan(smallest + 5 * 1024);
  });

  it('bundles into one file for the browser, at most 123 KB gzipped', async () => {
    const { outputFiles, warnings } = await bundle("export * from 'apportion/one';", false);
    expect(warnings).toEqual([]);
    const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
    console.log(`library in one file, bundled and gzipped: ${bytes} bytes`);
    expect(bytes).toBeLessThanOrEqual(123 * 1024);
    expect(outputFiles[0].text).not.toMatch(/node:|process\.env|require\(/);
  });

  it('answers npx apportion --help', () => {
    const { stdout, status } = run('npx', ['--no-install', 'apportion', '--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('apportion fit');
  });

  it('says the install line where DuckDB is missing, and runs once it is there', () => {
    const simulate = command('simulate', 'hcp', '--seed', '3', '--out', 'hcp');
    expect(simulate.stderr).toBe('');
    const without = command('fit', 'hcp/model.json', '--out', 'split');
    expect(without.stderr).toContain('npm install @duckdb/node-api');
    expect(existsSync(join(empty, 'split'))).toBe(false);
    symlinkSync(join(root, 'node_modules/@duckdb'), join(empty, 'node_modules/@duckdb'));
    const fit = command('fit', 'hcp/model.json', '--out', 'split');
    expect(fit.stderr).toBe('');
    expect(fit.status).toBe(0);
    expect(existsSync(join(empty, 'split/fit.json'))).toBe(true);
  });

  it('passes publint and arethetypeswrong', () => {
    const publint = run(process.execPath, [join(root, 'node_modules/publint/src/cli.js'), tarball, '--strict'], root);
    expect(publint.stdout + publint.stderr).toContain('All good!');
    const attw = run(
      process.execPath,
      [
        join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'),
        tarball,
        '--profile',
        'esm-only',
        '--exclude-entrypoints',
        'apportion.wasm',
      ],
      root,
    );
    expect(attw.status, attw.stdout).toBe(0);
  });
});
