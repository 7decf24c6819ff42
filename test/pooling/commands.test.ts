import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderWith, list, parquet, read, run } from '../cli/run.js';
import { parseCsv } from '../support/parseCsv.js';

const simulated = [
  ...[
    'simulate',
    'mta',
    '--out',
    '.',
    '--seed',
    '3',
    '--weeks',
    '30',
    '--geos',
    '2',
    '--media',
    '2',
    '--campaigns',
    '6',
  ],
  ...['--creatives', '3', '--platform-spread', '0.4', '--format-spread', '0.3', '--creative-spread', '0.3'],
  ...['--cold-creatives', '0.3'],
];
const folder = folderWith({});
let base: Record<string, unknown> & { exposure: object; entities: object };

beforeAll(async () => {
  const { code, stderr } = await run(folder, ...simulated);
  expect([code, stderr]).toEqual([0, '']);
  base = JSON.parse(read(folder, 'model.json'));
  // the same as a tree of parents: creatives under campaigns under platforms
  const [header, ...rows] = parseCsv(read(folder, 'creatives.csv'));
  const at = (row: readonly string[], name: string) => row[header.indexOf(name)];
  const parents = new Map<string, string>();
  for (const row of rows) {
    const platform = `${at(row, 'medium')}: ${at(row, 'platform')}`;
    parents.set(at(row, 'creative'), at(row, 'campaign'));
    parents.set(at(row, 'campaign'), platform);
    parents.set(platform, '');
  }
  const lines = [...parents].map(([id, parent]) => `"${id}","${parent}"`);
  writeFileSync(join(folder, 'tree.csv'), `id,parent\n${lines.join('\n')}\n`);
});

interface Json {
  readonly converged: boolean;
  readonly groups: readonly { readonly level: string; readonly group: string; readonly entities: number }[];
  readonly spreads: readonly { readonly level: string | null; readonly spread: number | null }[];
  readonly run: { readonly kernels: string };
}

/** Fits with this pooling in place. */
async function fitWith(name: string, pooling: object, changes: object = {}, ...args: string[]) {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...base, model: { pooling }, ...changes }));
  const outcome = await run(folder, 'fit', `${name}.json`, '--out', name, ...args);
  return { ...outcome, json: (): Json => JSON.parse(read(folder, name, 'fit.json')) };
}

const tree = { kind: 'tree', levels: ['medium', 'platform', 'campaign'], spreads: { campaign: 'estimate' } };
const byParents = () => ({
  exposure: { ...base.exposure, entity: ['creative'] },
  entities: { file: 'tree.csv', entity: ['id'] },
});
const columns = ['productivity', 'exposure', 'allocation', 'share', 'proportional', 'relative', 'trust'];
const levelsOf = ({ groups }: Json) => [...new Set(groups.map(({ level }) => level))];

describe('apportion fit', () => {
  it('fits a tree, its spreads and standard errors from files', async () => {
    const { code, stderr, stdout, json } = await fitWith('tree', tree, { output: { standardErrors: true } });
    expect([code, stderr]).toEqual([0, '']);
    const found = json();
    expect(found.converged).toBe(true);
    expect(levelsOf(found)).toEqual(['medium', 'platform', 'campaign']);
    expect(found.groups.filter(({ level }) => level === 'campaign').every(({ entities }) => entities === 3)).toBe(true);
    expect(found.spreads.map(({ level }) => level)).toEqual([
      ...[null, 'medium', 'platform', 'campaign'],
      ...[null, 'medium', 'platform', 'campaign'],
    ]);
    const [header, ...rows] = parseCsv(read(folder, 'tree', 'entities.csv'));
    const errors = ['posteriorDeviation', 'standardError', 'sandwichError', 'blockError'];
    expect(header).toEqual(['medium', 'campaign', 'creative', ...columns, ...errors, 'flags']);
    expect(rows).toHaveLength(18);
    // the time column makes the blocks
    for (const row of rows) for (const name of errors) expect(Number(row[header.indexOf(name)])).toBeGreaterThan(0);
    expect(stdout).toContain('Pooling groups (productivity over that of what they hang on):\n  medium ');
    expect(stdout).toMatch(/\n {2}medium tv {2}\d\.\d{3}, 9 entities\n/);
    expect(stdout).toMatch(/\n {2}spread of campaign in component 1: \d\.\d+ \(estimated\)\n/);
    expect(stdout).toMatch(
      /: no certificate, the optimum of lognormal pooling is a local one\. Family quasiPoisson, dispersion \S+ to \S+, tree pooling over medium > platform > campaign \(spread 0\.3, evidence 25, spreads estimated\)\.\n/,
    );
  });

  it('fits crossed groups from files', async () => {
    const pooling = { kind: 'crossed', groups: ['platform', 'format'], spreads: { format: 0.1 }, together: true };
    const { code, stderr, stdout, json } = await fitWith('crossed', pooling);
    expect([code, stderr]).toEqual([0, '']);
    expect(levelsOf(json())).toEqual(['platform', 'format']);
    expect(json().spreads.map(({ level, spread }) => [level, spread])).toEqual([
      [null, 0.3],
      ['platform', 0.3],
      ['format', 0.1],
    ]);
    const [header] = parseCsv(read(folder, 'crossed', 'entities.csv'));
    expect(header).toEqual(['medium', 'campaign', 'creative', ...columns, 'flags']);
    expect(stdout).toContain('crossed pooling over platform, format (spread 0.3, evidence 25).');
  });

  it('fits a tree of parents from files, with a row for each inner one', async () => {
    const { code, stderr, stdout, json } = await fitWith('parents', { kind: 'tree', parent: 'parent' }, byParents());
    expect([code, stderr]).toEqual([0, '']);
    const [header, ...rows] = parseCsv(read(folder, 'parents', 'entities.csv'));
    const inner = rows.filter((row) => row[header.indexOf('flags')].includes('no-exposure'));
    expect(inner.length).toBeGreaterThan(6);
    for (const row of inner) expect(row[header.indexOf('allocation')]).toBe('0');
    expect(json().groups).toHaveLength(inner.length);
    expect(stdout).toContain('tree pooling over parents in parent (spread 0.3, evidence 25).');
  });

  it('fits cohorts from files', async () => {
    const pooling = { kind: 'gamma', groups: ['cohort'], cohort: { time: 'week', every: 'quarter' } };
    const { code, stderr, json } = await fitWith('cohorts', pooling);
    expect([code, stderr]).toEqual([0, '']);
    expect(json().groups.length).toBeGreaterThan(2);
    for (const { group } of json().groups) expect(group).toMatch(/^2023 Q[1-4]$/);
  });

  it('writes the same bytes with either kernels', async () => {
    const changes = { output: { standardErrors: true } };
    const each = [tree, { kind: 'crossed', groups: ['platform', 'format'], spread: 'estimate' }];
    for (const [i, pooling] of each.entries()) {
      for (const kernels of ['wasm', 'js']) {
        const { code, json } = await fitWith(`${kernels}${i}`, pooling, changes, '--kernels', kernels);
        expect([code, json().run.kernels]).toEqual([0, kernels]);
      }
      for (const table of ['allocation.csv', 'entities.csv', 'unallocated.csv']) {
        expect(read(folder, `js${i}`, table)).toBe(read(folder, `wasm${i}`, table));
      }
      const facts = (name: string) => ({ ...JSON.parse(read(folder, name, 'fit.json')), run: null });
      expect(facts(`js${i}`)).toEqual(facts(`wasm${i}`));
    }
  });

  it('reads groups and parents from Parquet as from CSV', async () => {
    const copy = async (name: string, columns = '*') =>
      parquet(
        folder,
        `${name}.parquet`,
        `SELECT ${columns} FROM read_csv('${join(folder, `${name}.csv`)}', all_varchar = true, header = true)`,
      );
    await copy('creatives');
    // what is missing in CSV is empty, in Parquet it is NULL
    await copy('tree', "id, nullif(parent, '') AS parent");
    for (const [name, pooling, changes, file] of [
      ['levels', tree, { entities: base.entities }, 'creatives.parquet'],
      ['above', { kind: 'tree', parent: 'parent' }, byParents(), 'tree.parquet'],
    ] as const) {
      expect((await fitWith(name, pooling, changes)).code).toBe(0);
      const entities = { ...changes.entities, file };
      const { code, stderr } = await fitWith(`${name}-parquet`, pooling, { ...changes, entities });
      expect([code, stderr]).toEqual([0, '']);
      for (const table of ['allocation.csv', 'entities.csv']) {
        expect(read(folder, `${name}-parquet`, table)).toBe(read(folder, name, table));
      }
    }
  });

  it('says with exit code 3 that it has not converged, and writes', async () => {
    const { code, json } = await fitWith('short', tree, { fit: { maxPasses: 1 } });
    expect([code, json().converged]).toEqual([3, false]);
  });
});

describe('apportion fit refuses, with exit code 2 and nothing written,', () => {
  const refusal = async (name: string, pooling: object, changes?: object) => {
    const { code, stdout, stderr } = await fitWith(name, pooling, changes);
    expect([code, stdout, existsSync(join(folder, name))]).toEqual([2, '', false]);
    return stderr;
  };

  it('a level that is no column', async () => {
    expect(await refusal('no-level', { kind: 'tree', levels: ['medium', 'platfrom'] })).toBe(
      'model.pooling.levels[1]: expected a column of creatives.csv, got "platfrom". Did you mean "platform"?\n',
    );
    expect(await refusal('no-group', { kind: 'crossed', groups: ['frmat'] })).toBe(
      'model.pooling.groups[0]: expected a column of creatives.csv, got "frmat". Did you mean "format"?\n',
    );
  });

  it('a column of parents that is not there, and circles with their records', async () => {
    expect(await refusal('no-parent', { kind: 'tree', parent: 'parnt' }, byParents())).toBe(
      'model.pooling.parent: expected a column of tree.csv, got "parnt". Did you mean "parent"?\n',
    );
    const circle = read(folder, 'tree.csv').replace(/(,"tv: \w+")/, ',"tv-1-1"');
    writeFileSync(join(folder, 'circle.csv'), circle);
    const entities = { file: 'circle.csv', entity: ['id'] };
    expect(await refusal('circle', { kind: 'tree', parent: 'parent' }, { ...byParents(), entities })).toBe(
      'circle.csv record 1, column parent: expected a parent that is not below it, got "tv-1-1" under "tv-1" under "tv-1-1"\n',
    );
  });

  it('spreads of unknown levels, and cohorts by no brick column, all at once', async () => {
    const pooling = { ...tree, spreads: { platforms: 1 }, cohort: { time: 'wek', every: 'month' } };
    expect(await refusal('several', pooling)).toBe(
      'model.pooling.cohort.time: expected one of exposure.brick, got "wek". Did you mean "week"?\n' +
        'model.pooling.cohort: expected "cohort" among the groups or levels, got ["medium","platform","campaign"]\n' +
        'model.pooling.spreads.platforms: unknown level. Did you mean "platform"?\n',
    );
    expect(list(folder)).not.toContain('several');
  });
});
