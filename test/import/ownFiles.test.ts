import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { files, folderWith, model } from '../cli/run.js';
import { meridianExport, pymcExport, robynExport } from './exports.js';
import { apportion } from './importing.js';

/** The text of every file of a folder, by name. */
const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

const refusal = (...names: string[]) =>
  names.map((name) => `--out: expected another file than those that are read, got "./${name}"`).join('\n');

const moved = (given: Record<string, string>, from: string, to: string) => {
  const { [from]: text, ...others } = given;
  return { ...others, [to]: text };
};

async function refuses(given: Record<string, string>, args: readonly string[], ...names: string[]) {
  const folder = folderWith(given);
  const { code, stdout, stderr } = await apportion(folder, ...args);
  expect([code, stdout, stderr]).toEqual([2, '', refusal(...names)]);
  expect(contents(folder)).toEqual(given);
}

const pymc = pymcExport();
const ofPymc = ['import', 'pymc-marketing', '@contributions.csv', '--out', '@'];

describe('an import into the folder of what it reads', () => {
  it.each<[string, Record<string, string>, string[], string[]]>([
    [
      'the delivery',
      moved(pymc, 'ads.csv', 'delivery.csv'),
      [...ofPymc, '--delivery', '@delivery.csv'],
      ['delivery.csv'],
    ],
    [
      'the contributions',
      moved(pymc, 'contributions.csv', 'totals.csv'),
      ['import', 'pymc-marketing', '@totals.csv', '--out', '@', '--delivery', '@ads.csv'],
      ['totals.csv'],
    ],
    ['the draws', pymc, [...ofPymc, '--delivery', '@ads.csv', '--draws', '@draws.csv'], ['draws.csv']],
    [
      'the parameters of curves',
      moved(meridianExport(), 'curves.json', 'model.json'),
      [
        ...['import', 'meridian', '@contributions.csv', '--delivery', '@ads.csv', '--out', '@'],
        ...['--curves', '@model.json', '--population', '@population.csv'],
      ],
      ['model.json'],
    ],
    [
      'the population and the delivery',
      moved(moved(meridianExport(), 'population.csv', 'totals.csv'), 'ads.csv', 'delivery.csv'),
      [
        ...['import', 'meridian', '@contributions.csv', '--out', '@', '--delivery', '@delivery.csv'],
        ...['--population', '@totals.csv'],
      ],
      ['totals.csv', 'delivery.csv'],
    ],
    [
      'the attributes',
      { ...pymc, 'model.json': '{"link": "identity"}' },
      [...ofPymc, '--delivery', '@ads.csv', '--attrs', '@model.json'],
      ['model.json'],
    ],
  ])('refuses to take the place of %s', async (_, given, args, names) => refuses(given, args, ...names));

  it('knows a file by its links', async () => {
    const folder = folderWith(moved(pymc, 'ads.csv', 'delivery.csv'));
    mkdirSync(join(folder, 'deep'));
    symlinkSync(folder, join(folder, 'link'));
    symlinkSync(join(folder, 'delivery.csv'), join(folder, 'deep', 'ads.csv'));
    const before = contents(folder);
    for (const [delivery, out, name] of [
      ['@delivery.csv', '@link', 'link/delivery.csv'],
      ['@deep/ads.csv', '@', 'delivery.csv'],
      ['@deep/../delivery.csv', '@deep/..', 'delivery.csv'],
    ]) {
      const args = ['import', 'pymc-marketing', '@contributions.csv', '--delivery', delivery, '--out', out];
      expect(await apportion(folder, ...args)).toEqual({ code: 2, stdout: '', stderr: refusal(name) });
    }
    expect(contents(folder)).toEqual(before);
  });

  it("knows the files of Robyn's folder", async () => {
    const { files: robyn } = robynExport();
    const folder = folderWith(robyn);
    symlinkSync(join(folder, 'pareto_alldecomp_matrix.csv'), join(folder, 'totals.csv'));
    const args = ['import', 'robyn', '@', '--delivery', '@ads.csv', '--out', '@'];
    expect(await apportion(folder, ...args)).toEqual({ code: 2, stdout: '', stderr: refusal('totals.csv') });
  });

  it('writes beside files of other names, again and again', async () => {
    const folder = folderWith(pymc);
    for (let time = 0; time < 2; time++) {
      expect((await apportion(folder, ...ofPymc, '--delivery', '@ads.csv')).stderr).toBe('');
    }
    expect(contents(folder)).toMatchObject(pymc);
  });
});

describe('a fit into the folder of what it reads', () => {
  const named = (file: string) => ({ ...model, exposure: { ...model.exposure, file } });

  it('refuses to take the place of a table or of the configuration', async () => {
    const { 'model.json': config, 'delivery.csv': delivery, ...others } = files({}, named('allocation.csv'));
    const given = { ...others, 'allocation.csv': delivery, 'fit.json': config } as Record<string, string>;
    await refuses(given, ['fit', '@fit.json', '--out', '@'], 'allocation.csv', 'fit.json');
  });

  it('takes that of a table of another format', async () => {
    const { 'delivery.csv': delivery, ...others } = files(
      {},
      { ...named('allocation.csv'), output: { format: 'parquet' } },
    );
    const folder = folderWith({ ...others, 'allocation.csv': delivery });
    expect((await apportion(folder, 'fit', '@model.json', '--out', '@')).code).toBe(0);
    expect(contents(folder)['allocation.csv']).toBe(delivery);
  });
});
