import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { parseModel } from '../bindings/index.js';

const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, text]) => ({ language, text }));

it('prints what the README says its example prints', () => {
  const at = blocks.findIndex(({ language }) => language === 'js');
  const file = 'build/readme-example.mjs';
  writeFileSync(file, blocks[at].text.replace("'apportion'", "'../dist/index.js'"));
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  rmSync(file);
  expect(stderr).toBe('');
  expect(blocks[at + 1].language).toBe('text');
  expect(stdout).toBe(blocks[at + 1].text);
});

/** What the compiler says, under the strictest settings, of each module that imports the built package. */
function compile(modules: readonly string[]): string[][] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const texts = new Map(modules.map((text, i) => [`${process.cwd()}/build/readme-${i}.mts`, text]));
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.getSourceFile = (name, ...how) => {
    const text = texts.get(name);
    return text === undefined ? getSourceFile(name, ...how) : ts.createSourceFile(name, text, how[0]);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return Array.from(texts.keys(), (name) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}

it('shows examples that compile as strict TypeScript', () => {
  const examples = blocks.filter(({ language }) => /^(js|ts|javascript|typescript)$/.test(language));
  expect(examples.length).toBeGreaterThan(0);
  // and one that does not, so that silence means something
  const wrong =
    "import { type Fit, rowsOf } from 'apportion';\nexport const f = (x: Fit) => rowsOf(x.entities).map((row) => row.share.toFixed(2));";
  expect(compile([...examples.map(({ text }) => text), wrong])).toEqual([
    ...examples.map(() => []),
    ["'row.share' is possibly 'null'."],
  ]);
});

it('shows a configuration that is accepted', () => {
  const config = blocks.find(({ language }) => language === 'jsonc')!.text;
  expect(parseModel(JSON.parse(config)).effectiveExposure?.by).toEqual(['medium']);
});

it('shows curves of other libraries that are accepted', () => {
  const [config, curves] = blocks.filter(({ language }) => language === 'jsonc').map(({ text }) => JSON.parse(text));
  const { effectiveExposure, ...model } = config;
  const media = Object.keys(curves);
  expect(media).toHaveLength(4);
  expect(() => parseModel({ ...model, effectiveExposure: { ...effectiveExposure, curves } })).not.toThrow();
});

it('shows a pooling that is accepted', () => {
  const [config, , pooling] = blocks.filter(({ language }) => language === 'jsonc').map(({ text }) => JSON.parse(text));
  expect(parseModel({ ...config, model: { pooling } }).model?.pooling?.kind).toBe('tree');
});
