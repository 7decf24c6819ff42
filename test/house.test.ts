import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';

// The rule of the house: every room of bindings/ imports itself and the rooms below it, index.ts all of them; cli and web come
// through the doors. Never upward, never a circle; assembly imports only itself; only cli touches the machine.

/** Rooms from the ground up. */
const rooms = [
  ...['base', 'math', 'machine'],
  ...['config', 'tables', 'exposure', 'problem'],
  ...['linalg', 'allocate', 'pass', 'solve'],
  ...['regression', 'hierarchy', 'infer'],
  ...['diagnose', 'report', 'simulate', 'jobs'],
];
/** What the package exports: the doors of the library. */
const doors = ['index', 'simulate/index', 'config/jsonSchema', 'report/html/index', 'exposure/convert/convert'].map(
  (name) => `bindings/${name}.ts`,
);
/** What the command line does with other tables as the library does with its own. */
const shared = ['bindings/diagnose/doubles/index.ts', 'bindings/tables/rewritten.ts'];
/** The wasm and the charts as text, which the build writes. */
const built = ['machine/wasmModule', 'report/html/chartModule'].map((name) => `bindings/${name}.ts`);
/** Packages that the library's bundles take in. */
const bundled = ['zod/mini', 'fastest-levenshtein', 'uplot'];

/** Above pass/, and yet handed kernels and the arena: a list that may only get shorter. `jobs/engine.ts` is the edge. */
const debts = [
  'bindings/hierarchy/system.ts',
  'bindings/jobs/engine.ts',
  'bindings/report/html/facts.ts',
  'bindings/simulate/splitRow.ts',
];

/** Files by path, and what each imports: a path for files of the project, the name as written for packages. */
type Imports = ReadonlyMap<string, readonly string[]>;

const statement = /(?:^|\n)\s*(?:import|export)\b([^'";]*?)\bfrom\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g;

/** What a file imports; `import type` is gone at run time and may be left out. */
function importsOf(file: string, text: string, types = true): string[] {
  const statements = [...text.matchAll(statement)].filter(([, names = '']) => types || !/^\s*type\b/.test(names));
  return statements.map((match) => {
    const name = match[2] ?? match[3];
    if (!name.startsWith('.')) return name;
    const path = posix.join(posix.dirname(file), name);
    return path.endsWith('.js') ? path.replace(/\.js$/, '.ts') : `${path}.ts`;
  });
}

function readImports(types = true): Imports {
  const files = ['bindings', 'cli', 'web', 'assembly'].flatMap((root) => {
    try {
      const names = readdirSync(root, { recursive: true }) as string[];
      return names.filter((name) => name.endsWith('.ts')).map((name) => posix.join(root, name.replaceAll('\\', '/')));
    } catch {
      return []; // no such folder yet
    }
  });
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(file, 'utf8'), types)]));
}

/** The room of a file of bindings/; null for the files that lie in no room. */
const roomOf = (file: string) => /^bindings\/([^/]+)\//.exec(file)?.[1] ?? null;
/** How far up a file lies; what lies in no room is on top. */
const floorOf = (file: string) => {
  const room = roomOf(file);
  return room === null ? rooms.length : rooms.indexOf(room);
};

/** Everything that breaks the rule, as `file imports what`. */
function breaches(imports: Imports): string[] {
  const found: string[] = [];
  for (const [file, list] of imports) {
    for (const what of list) {
      if (!mayImport(file, what)) found.push(`${file} imports ${what}`);
    }
  }
  return found;
}

function mayImport(file: string, what: string): boolean {
  const [root] = file.split('/');
  if (root === 'assembly') return what.startsWith('assembly/');
  const own = /^(bindings|cli|web|assembly)\//.test(what);
  const open = doors.includes(what) || roomOf(what) === 'base';
  if (root === 'cli') return what.startsWith('cli/') || !own || open || shared.includes(what);
  if (root === 'web') return what.startsWith('web/') || open;
  if (!own) return bundled.includes(what);
  if (!what.startsWith('bindings/')) return false;
  return floorOf(what) <= floorOf(file);
}

/** One circle among the things that import each other, or null. */
function circleIn(imports: ReadonlyMap<string, Iterable<string>>): string[] | null {
  const done = new Set<string>();
  const walk = (at: string, path: string[]): string[] | null => {
    if (path.includes(at)) return [...path.slice(path.indexOf(at)), at];
    if (done.has(at)) return null;
    for (const next of imports.get(at) ?? []) {
      const circle = walk(next, [...path, at]);
      if (circle) return circle;
    }
    done.add(at);
    return null;
  };
  for (const at of imports.keys()) {
    const circle = walk(at, []);
    if (circle) return circle;
  }
  return null;
}

const imports = readImports();

describe('the house', () => {
  it('has every room on one floor, and no file beside them', () => {
    const found = new Set([...imports.keys()].map(roomOf).filter((room) => room !== null));
    expect([...found].sort()).toEqual(rooms.toSorted());
    expect([...imports.keys()].filter((file) => /^bindings\/[^/]+$/.test(file))).toEqual(['bindings/index.ts']);
    expect(imports.size).toBeGreaterThan(80);
  });

  it('imports downwards alone, through its doors, and only the command line touches the machine', () => {
    expect(breaches(imports)).toEqual([]);
  });

  it('names kernels and the arena in and below pass/ alone, and where a job chooses them', () => {
    const above = rooms.slice(rooms.indexOf('pass') + 1);
    const naming = [...imports].flatMap(([file, list]) => {
      const names = list.some((what) => /^bindings\/machine\/(kernels|arena|memory|wasm|js\/\w+)\.ts$/.test(what));
      return names && above.includes(roomOf(file) ?? '') ? [file] : [];
    });
    expect(naming.sort()).toEqual(debts);
  });

  it('has no circle between files', () => {
    expect(circleIn(readImports(false))).toBeNull();
  });

  it('names only files that are there', () => {
    for (const file of [...doors, ...shared]) expect([...imports.keys()]).toContain(file);
    const missing = [...imports].flatMap(([file, list]) =>
      list
        .filter((what) => /^(bindings|cli|web|assembly)\//.test(what) && !imports.has(what))
        .map((what) => `${file}: ${what}`),
    );
    expect(missing.filter((line) => !built.some((file) => line.endsWith(file)))).toEqual([]);
  });
});

/** Code alone: neither comments nor text. */
const codeOf = (text: string) =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/\/\/.*/g, '');

/** What gives other bits on another engine, another day or another run. */
const unsteady =
  /Math\.(?!abs|ceil|floor|fround|imul|max|min|round|sign|sqrt|trunc)\w+|\*\*|\bnew Date\b|\bDate\.|\btoLocale\w*|\bIntl\.|\blocaleCompare\b/g;

describe('the numbers', () => {
  it('come from arithmetic alone: no maths of the engine, no clock, no chance, no locale', () => {
    const found = [...imports.keys()]
      .filter((file) => !file.startsWith('cli/') && !built.includes(file))
      .flatMap((file) =>
        [...codeOf(readFileSync(file, 'utf8')).matchAll(unsteady)].map(([what]) => `${file}: ${what}`),
      );
    expect(found).toEqual([]);
  });

  it('would not slip through', () => {
    const code =
      "const a = Math.exp(1) + b ** 2; // Math.log\n/** Math.pow */ const c = Math.random() + Date.now() + 'Math.tan';";
    expect(codeOf(code).match(unsteady)).toEqual(['Math.exp', '**', 'Math.random', 'Date.']);
    expect(codeOf('Math.floor(Math.abs(x)) * Math.sqrt(y)').match(unsteady)).toBeNull();
  });
});

describe('the rule itself', () => {
  it('reads every form of import', () => {
    const text = `import { a } from './a.js';
import type { B } from '../b/b.js';
import {
  c,
  type D,
} from 'c';
export * from './d.js';
export { e } from './e.js';
import './f.js';
const g = await import('./g.js');
// an import of nothing from nowhere, and a "from 'x'" in text
import h from './h';
`;
    const there = 'bindings/x';
    expect(importsOf(`${there}/y.ts`, text)).toEqual([
      `${there}/a.ts`,
      'bindings/b/b.ts',
      'c',
      `${there}/d.ts`,
      `${there}/e.ts`,
      `${there}/f.ts`,
      `${there}/g.ts`,
      `${there}/h.ts`,
    ]);
    expect(importsOf(`${there}/y.ts`, text, false)).not.toContain('bindings/b/b.ts');
    expect(importsOf(`${there}/y.ts`, text, false)).toHaveLength(7);
  });

  it('sees each way of breaking it', () => {
    const broken: [string, string][] = [
      ['bindings/tables/read.ts', 'bindings/solve/em.ts'],
      ['bindings/machine/wasm.ts', 'bindings/tables/read.ts'],
      ['bindings/solve/em.ts', 'bindings/jobs/engine.ts'],
      ['bindings/pass/pass.ts', 'bindings/solve/em.ts'],
      ['bindings/report/csv.ts', 'bindings/index.ts'],
      ['bindings/base/errors.ts', 'bindings/config/config.ts'],
      ['bindings/solve/em.ts', 'node:fs'],
      ['bindings/index.ts', 'node:path'],
      ['bindings/index.ts', 'commander'],
      ['bindings/index.ts', 'cli/main.ts'],
      ['bindings/solve/em.ts', 'assembly/pass.ts'],
      ['assembly/pass.ts', 'bindings/machine/kernels.ts'],
      ['assembly/pass.ts', 'some-package'],
      ['cli/main.ts', 'bindings/tables/tables.ts'],
      ['web/page.ts', 'node:fs'],
    ];
    for (const [file, what] of broken) {
      expect(breaches(new Map([[file, [what]]])), `${file} imports ${what}`).toEqual([`${file} imports ${what}`]);
    }
    const allowed: [string, string][] = [
      ['bindings/index.ts', 'bindings/solve/em.ts'],
      ['bindings/allocate/split.ts', 'bindings/base/pace.ts'],
      ['bindings/exposure/effective.ts', 'bindings/tables/read.ts'],
      ['bindings/config/schema.ts', 'zod/mini'],
      ['cli/main.ts', 'bindings/index.ts'],
      ['cli/main.ts', 'node:fs'],
      ['assembly/pass.ts', 'assembly/log.ts'],
    ];
    for (const [file, what] of allowed)
      expect(breaches(new Map([[file, [what]]])), `${file} imports ${what}`).toEqual([]);
  });

  it('sees a circle', () => {
    expect(
      circleIn(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual(['b', 'c', 'b']);
    expect(
      circleIn(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
        ]),
      ),
    ).toBeNull();
  });
});
