import { describe, expect, it } from 'vitest';
import { fit, type Model, type Tables } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';
import { words } from '../support/simulations.js';
import {
  byAd,
  byGroup,
  columnsOf,
  distance,
  engines,
  fitOf,
  flagsOf,
  modelOf,
  numbersOf,
  type Pooling,
  type Sample,
  sampleOf,
  shuffled,
  tablesOf,
} from './support.js';

const parents: Pooling = { kind: 'tree', parent: 'parent', spread: 0.4 };

/** Rows for the groups below the ads, and a column of parents. */
function withParents(sample: Sample, parentOf: readonly string[], inner: Readonly<Record<string, string>>): Sample {
  const names = Object.keys(inner);
  return {
    ...sample,
    ads: [...sample.ads, ...names],
    columns: { parent: [...parentOf, ...Object.values(inner)] },
  };
}

const sample = sampleOf({ seed: 31, weeks: 30, campaigns: 4, ads: 3 });
const campaigns = ['tv-0', 'tv-1', 'tv-2', 'tv-3'];
const flat = withParents(sample, sample.columns.campaign, Object.fromEntries(campaigns.map((name) => [name, ''])));
const deep = withParents(sample, sample.columns.campaign, {
  'tv-0': 'brand',
  'tv-1': 'brand',
  'tv-2': 'sales',
  'tv-3': 'sales',
  brand: '',
  sales: '',
});
const fine = { tolerance: 1e-13 };

describe('a tree told by parents', () => {
  for (const engine of engines) {
    it(`has the numbers of the same tree told by levels (${engine.kernels})`, async () => {
      const levels: Pooling = { kind: 'tree', levels: ['campaign'], spread: 0.4 };
      const one = await fitOf(flat, parents, {}, {}, engine);
      const other = await fitOf(sample, levels, {}, {}, engine);
      for (const name of ['productivity', 'allocation', 'trust', 'relative']) {
        expect(byAd(one, sample.ads, name)).toEqual(byAd(other, sample.ads, name));
      }
      expect([...byGroup(one, 'productivity').values()]).toEqual([...byGroup(other, 'productivity').values()]);
      expect(one.objective).toBe(other.objective);
    });

    it(`may be deeper (${engine.kernels})`, async () => {
      const area = sample.columns.campaign.map((name) => (name < 'tv-2' ? 'brand' : 'sales'));
      const levels: Pooling = { kind: 'tree', levels: ['area', 'campaign'], spread: 0.4 };
      const one = await fitOf(deep, parents, fine, {}, engine);
      const other = await fitOf({ ...sample, columns: { ...sample.columns, area } }, levels, fine, {}, engine);
      for (const name of ['productivity', 'allocation', 'trust']) {
        expect(distance(byAd(one, sample.ads, name), byAd(other, sample.ads, name))).toBeLessThan(1e-8);
      }
      expect(words(one.groups, 'level')).toEqual(new Array(6).fill('parent'));
      const found = byGroup(one, 'productivity');
      const expected = byGroup(other, 'productivity');
      for (const group of ['brand', 'sales']) {
        expect(Math.abs(found.get(`parent\t${group}`)! / expected.get(`area\t${group}`)! - 1)).toBeLessThan(1e-8);
      }
      expect(byGroup(one, 'entities').get('parent\tbrand')).toBe(6);
      expect(one.spreads).toEqual([
        { component: 0, level: null, spread: 0.4, estimated: false, groups: 12 },
        { component: 0, level: 'parent', spread: 0.4, estimated: false, groups: 6 },
      ]);
    });
  }

  it('gives its inner rows nothing, and says that they have no exposure', async () => {
    const found = await fitOf(deep, parents);
    const inner = deep.ads.slice(sample.ads.length);
    expect(inner).toHaveLength(6);
    for (const name of ['allocation', 'productivity', 'exposure', 'trust']) {
      expect(byAd(found, inner, name)).toEqual([0, 0, 0, 0, 0, 0]);
    }
    expect(flagsOf(found, inner)).toEqual(inner.map(() => 'no-exposure'));
    expect(found.sums.allocated).toBe(found.sums.totals);
  });

  it('does not depend on the order of rows, solvers or who hangs deeper', async () => {
    // an ad at the root, one under a campaign, one three levels down
    const names = sample.columns.campaign.map((name, i) => (i === 0 ? '' : i === 5 ? 'deepest' : name));
    const ragged = withParents(sample, names, {
      'tv-0': 'brand',
      'tv-1': 'brand',
      'tv-2': '',
      'tv-3': 'sales',
      brand: 'all',
      sales: 'all',
      all: '',
      deeper: 'tv-1',
      deepest: 'deeper',
      'nobody-below': 'all',
    });
    const [one, other] = await Promise.all([
      fitOf(ragged, parents, {}, {}, engines[0]),
      fitOf(shuffled(ragged, 8), parents, {}, {}, engines[1]),
    ]);
    expect(numbersOf(other, ragged.ads)).toEqual(numbersOf(one, ragged.ads));
    const { entities: _ } = one;
    expect([...byGroup(one, 'entities')].sort()).toEqual([
      ['parent\tall', 8],
      ['parent\tbrand', 5],
      ['parent\tdeeper', 1],
      ['parent\tdeepest', 1],
      ['parent\tsales', 3],
      ['parent\ttv-0', 2],
      ['parent\ttv-1', 3],
      ['parent\ttv-2', 3],
      ['parent\ttv-3', 3],
    ]);
    const productivity = byGroup(one, 'productivity');
    const relative = byGroup(one, 'relative');
    for (const [group, above] of [
      ['brand', 'all'],
      ['tv-1', 'brand'],
      ['deepest', 'deeper'],
    ]) {
      const product = relative.get(`parent\t${group}`)! * productivity.get(`parent\t${above}`)!;
      expect(Math.abs(product / productivity.get(`parent\t${group}`)! - 1)).toBeLessThan(1e-12);
    }
    const [newton, lbfgs] = await Promise.all(
      (['newton', 'lbfgs'] as const).map((solver) => fitOf(ragged, parents, { ...fine, solver })),
    );
    expect(distance(byAd(newton, sample.ads, 'productivity'), byAd(lbfgs, sample.ads, 'productivity'))).toBeLessThan(
      2e-5,
    );
  });

  it('takes an ad that others hang on as one of its own group', async () => {
    const { campaign } = sample.columns;
    // tv-0-0 leads the first campaign: the others hang on it, and it hangs on nothing
    const led = { ...sample, columns: { parent: campaign.map((name, i) => (i === 0 ? '' : i < 3 ? 'tv-0-0' : name)) } };
    const found = await fitOf(led, parents);
    expect(byGroup(found, 'entities').get('parent\ttv-0-0')).toBe(3);
    const plain = await fitOf(flat, parents);
    expect(byAd(found, sample.ads, 'productivity')).toEqual(byAd(plain, sample.ads, 'productivity'));
  });

  it('takes a parent without a row as a group that hangs on nothing', async () => {
    const short = { ...sample, columns: { parent: sample.columns.campaign } };
    const [one, other] = await Promise.all([fitOf(short, parents), fitOf(flat, parents)]);
    expect(byAd(one, sample.ads, 'productivity')).toEqual(byAd(other, sample.ads, 'productivity'));
  });
});

describe('a tree told by parents is refused', () => {
  const refusal = (ads: readonly string[], parent: readonly (string | null)[], pooling: object = parents) => {
    const tables: Tables = {
      totals: { medium: ['tv', 'tv'], week: ['1', '2'], sales: [3, 4] },
      exposure: { medium: ['tv', 'tv'], week: ['1', '2'], ad: ['a', 'a'], clicks: [1, 2] },
      entities: { ad: ads, parent },
    };
    return refusalOf(() => fit(tables, modelOf(pooling as Pooling)));
  };
  const circle = (record: number, chain: string) =>
    `entities record ${record}, column parent: expected a parent that is not below it, got ${chain}`;

  it('where a row is its own parent', async () => {
    expect(await refusal(['a', 'b'], ['', 'b'])).toEqual([circle(2, '"b" under "b"')]);
  });

  it('where two are each above the other', async () => {
    expect(await refusal(['a', 'b', 'c'], ['b', 'c', 'b'])).toEqual([circle(2, '"b" under "c" under "b"')]);
  });

  it('where a long chain closes, and for every circle once', async () => {
    const ads = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(await refusal(ads, ['b', 'c', 'd', 'e', 'a', 'a', 'g'])).toEqual([
      circle(1, '"a" under "b" under "c" under "d" under "e" under "a"'),
      circle(7, '"g" under "g"'),
    ]);
    expect(await refusal(ads, ['b', 'c', 'd', 'e', null, 'a', ''])).toEqual([]);
  });

  it('where an entity has two rows, and so two parents', async () => {
    expect(await refusal(['a', 'b', 'a'], ['b', '', ''])).toEqual([
      'entities record 3: expected each entity once, got ad "a" again (first in record 1)',
    ]);
  });

  it('where its column is not there', async () => {
    expect(await refusal(['a'], [''], { kind: 'tree', parent: 'parnt' })).toEqual([
      'model.pooling.parent: expected a column of entities, got "parnt". Did you mean "parent"?',
    ]);
  });

  it('without an entities table, with keys of several columns, beside levels, or without either', async () => {
    const { entities: _, ...without } = columnsOf;
    const at = (model: Model) => refusalOf(() => fit(tablesOf(sample), model));
    expect(await at({ ...without, model: { pooling: parents } })).toEqual([
      'model.pooling.parent: expected an entities table that has it, got none. Add "entities".',
    ]);
    const several = {
      ...columnsOf,
      exposure: { ...columnsOf.exposure, entity: ['medium', 'ad'] },
      entities: { entity: ['medium', 'ad'] },
    };
    expect(await at({ ...several, model: { pooling: parents } })).toEqual([
      'model.pooling.parent: expected entities of one column, got ["medium","ad"]. Use "levels".',
    ]);
    const either = 'model.pooling.levels: expected either levels or parent, got';
    expect(await at(modelOf({ kind: 'tree', levels: ['campaign'], parent: 'parent' }))).toEqual([`${either} both`]);
    expect(await at(modelOf({ kind: 'tree' }))).toEqual([`${either} neither`]);
    expect(await at(modelOf({ kind: 'tree', parent: 'parent', spreads: { parents: 0.5 } }))).toEqual([
      'model.pooling.spreads.parents: unknown level. Did you mean "parent"?',
    ]);
  });
});
