import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
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
