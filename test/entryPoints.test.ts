import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// what the build made of the entry points: these tests run dist/

const dist = resolve('dist');
const open = (name: string) => import(join(dist, `${name}.js`));
/** What a call throws. */
const thrownBy = (call: () => unknown): unknown => {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('errors of every entry point', () => {
  it('are of the one class that the main entry exports', async () => {
    const { ApportionError, InputError, parseModel } = await open('index');
    const { simulateMta, simulateHcp, cutIntoCampaigns } = await open('simulate');
    const { convertCurve } = await open('convert');
    const calls = {
      parseModel: () => parseModel({ totals: 1 }),
      simulateMta: () => simulateMta({ weeks: -1 }),
      simulateHcp: () => simulateHcp({ weeks: 1 }),
      cutIntoCampaigns: () => cutIntoCampaigns({}, { medium: [], time: 'week', place: [], value: 'x' }),
      convertCurve: () => convertCurve({ adstock: 1 }, 'robyn'),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = thrownBy(call) as { faults: unknown[] };
      expect(error, name).toBeInstanceOf(InputError);
      expect(error, name).toBeInstanceOf(ApportionError);
      expect(error.faults.length, name).toBeGreaterThan(0);
    }
  });
});

describe('what is built', () => {
  const scripts = (readdirSync(dist, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.js') && name !== 'cli.js' && name !== 'one.js')
    .map((name) => ({ name, text: readFileSync(join(dist, name), 'utf8') }));

  it('holds the inlined wasm once, where only who chooses it loads it', () => {
    const hex = readFileSync('build/apportion.wasm').toString('hex');
    const holders = scripts.filter(({ text }) => text.includes(hex)).map(({ name }) => name);
    expect(holders).toEqual([expect.stringMatching(/^shared\/\w+\.js$/)]);
    const file = holders[0].slice('shared/'.length);
    for (const { name, text } of scripts) {
      if (text.includes(file)) expect(text, name).toMatch(new RegExp(`import\\("\\.(?:/shared)?/${file}"\\)`));
    }
  });

  it('has the main entry with all its parts in one file too, which gives the same bytes', async () => {
    const text = readFileSync(join(dist, 'one.js'), 'utf8');
    expect(text).not.toMatch(/\bimport\b\s*[{(*"]/);
    const [one, main] = [await open('one'), await open('index')];
    expect(Object.keys(one).sort()).toEqual(Object.keys(main).sort());
    const { simulateHcp } = await open('simulate');
    const { files, model } = simulateHcp({ seed: 4, hcps: 30, bricks: 12 });
    const tables = {
      totals: files['totals.csv'].columns,
      exposure: files['exposure.csv'].columns,
      entities: files['hcps.csv'].columns,
    };
    const asked = { ...model, model: { productivity: { covariates: ['seniority'] } } };
    for (const kernels of ['wasm', 'js']) {
      const [a, b] = [await one.fit(tables, asked, { kernels }), await main.fit(tables, asked, { kernels })];
      expect(one.toCsv(a.allocation)).toBe(main.toCsv(b.allocation));
    }
  });

  it('holds each class of errors once', () => {
    for (const name of ['ApportionError', 'InputError', 'MemoryError']) {
      const holders = scripts.filter(({ text }) => text.includes(`"${name}"`));
      expect(holders.map((script) => script.name)).toEqual([expect.stringMatching(/^shared\/\w+\.js$/)]);
    }
  });

  it('imports nothing but its own shared parts', () => {
    for (const { name, text } of scripts) {
      const imports = [...text.matchAll(/(?:^|;)(?:import|export)\b[^;"]*"([^"]+)"/g)].map(([, what]) => what);
      for (const what of imports) expect(what, name).toMatch(/^\.\/(shared\/)?[A-Z0-9]+\.js$/);
      const loaded = [...text.matchAll(/\bimport\(([^)]*)\)/g)].map(([, what]) => what);
      for (const what of loaded) expect(what, name).toMatch(/^"\.\/(shared\/)?[A-Z0-9]+\.js"$/);
    }
  });
});

describe('in a process with little address space', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'apportion-space-'));
    writeFileSync(
      join(folder, 'fit.mjs'),
      `import { fit, toCsv } from '${dist}/index.js';
const totals = { brick: ['A', 'B'], total: [100, 60] };
const exposure = { brick: ['A', 'A', 'B', 'B'], entity: ['x', 'y', 'x', 'y'], visits: [1, 2, 3, 1] };
const model = { totals: { brick: ['brick'], value: 'total' }, exposure: { brick: ['brick'], entity: ['entity'], value: 'visits' } };
try {
  const result = await fit({ totals, exposure }, model, { kernels: process.argv[2] });
  console.log(JSON.stringify({ ...result.run, text: toCsv(result.allocation) + toCsv(result.entities) }));
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (kibibytes: number | null, kernels: string) => {
    const limit = kibibytes === null ? '' : `ulimit -v ${kibibytes} && `;
    return spawnSync('sh', ['-c', `${limit}exec "${process.execPath}" fit.mjs ${kernels}`], {
      cwd: folder,
      encoding: 'utf8',
    });
  };
  /** Whether this machine limits address space, and Node starts within so little. */
  const limits = (kibibytes: number): boolean => {
    try {
      execFileSync('sh', ['-c', `ulimit -v ${kibibytes} && "${process.execPath}" -e 0`], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };

  for (const kibibytes of [1_000_000, 2_000_000, 8_000_000]) {
    it(`"auto" falls back to JS with the reason and the same bytes (${kibibytes} KiB)`, (context) => {
      if (!limits(kibibytes)) context.skip('no limit of address space here, or none that Node starts within');
      const { stdout, stderr } = run(kibibytes, 'auto');
      expect(stderr).toBe('');
      const found = JSON.parse(stdout);
      expect(found.kernels).toBe('js');
      expect(found.reason).toMatch(/memory/i);
      expect(found.text).toBe(JSON.parse(run(null, 'wasm').stdout).text);
    });

    it(`"wasm" is refused by name (${kibibytes} KiB)`, (context) => {
      if (!limits(kibibytes)) context.skip('no limit of address space here, or none that Node starts within');
      const { stdout, stderr } = run(kibibytes, 'wasm');
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toMatchObject({
        code: 'kernels',
        message: expect.stringMatching(
          /^kernels: expected WebAssembly with SIMD, got: .*memory.*\. Use "auto" or "js"\.$/i,
        ),
      });
    });
  }
});
