import { describe, expect, it } from 'vitest';
import { check, InputError, type Model, type Table } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';

// two bricks, two campaigns, right in every way; each case spoils something
const totals = { week: ['1', '2'], geo: ['N', 'S'], sales: [100, 60] };
const exposure = {
  week: ['1', '1', '2'],
  geo: ['N', 'N', 'S'],
  campaign: ['a', 'b', 'a'],
  clicks: [3, 4, 5],
};
const entities = { campaign: ['a', 'b'], kind: ['x', 'y'] };
const model: Model = {
  totals: { brick: ['week', 'geo'], value: 'sales' },
  exposure: { brick: ['week', 'geo'], entity: ['campaign'], value: 'clicks' },
};
const withEntities: Model = { ...model, entities: { entity: ['campaign'] } };
const names = { totals: 'totals.csv', exposure: 'delivery.csv', entities: 'campaigns.csv' };

interface Spoilt {
  readonly totals?: Table | undefined;
  readonly exposure?: Table | undefined;
  readonly entities?: Table | undefined;
  readonly model?: Model;
}

const refusal = (spoilt: Spoilt) => {
  const tables = { totals, exposure, ...(spoilt.model?.entities && { entities }), ...spoilt } as never;
  return refusalOf(() => check(tables, spoilt.model ?? model, { kernels: 'js', names }));
};

const inTotals = (part: Partial<Model['totals']>): Model => ({ ...model, totals: { ...model.totals, ...part } });
const inExposure = (part: Partial<Model['exposure']>): Model => ({
  ...model,
  exposure: { ...model.exposure, ...part },
});

it('accepts the tables that the cases below spoil', async () => {
  expect(await refusal({})).toEqual([]);
  expect(await refusal({ model: withEntities })).toEqual([]);
});

describe('columns', () => {
  const { sales: _, ...noSales } = totals;
  const { campaign: __, ...noCampaign } = exposure;
  const cases: [string, Spoilt, string[]][] = [
    [
      'a missing column, with the nearest name',
      { totals: { ...noSales, Sale: [1, 2] } },
      ['totals.value: expected a column of totals.csv, got "sales". Did you mean "Sale"?'],
    ],
    [
      'a missing column, with the names there are when none is near',
      { exposure: noCampaign },
      ['exposure.entity: expected a column of delivery.csv, got "campaign". Known: "week", "geo", "clicks".'],
    ],
    [
      'a column of the prototype, which is none of the table',
      { model: inTotals({ value: 'toString' }) },
      ['totals.value: expected a column of totals.csv, got "toString". Known: "week", "geo", "sales".'],
    ],
    [
      'a table without columns, each column that is wanted',
      { totals: {} },
      [
        'totals.brick: expected a column of totals.csv, got "week"',
        'totals.brick: expected a column of totals.csv, got "geo"',
        'totals.value: expected a column of totals.csv, got "sales"',
      ],
    ],
    [
      'columns of different lengths',
      { totals: { ...totals, sales: [100] } },
      ['totals.csv, column sales: expected 2 rows like the others, got 1'],
    ],
    [
      'something that is no column',
      { totals: { ...totals, sales: 5 as never }, exposure: { ...exposure, geo: 'NNS' as never } },
      [
        'delivery.csv, column geo: expected an array or a dictionary, got "NNS"',
        'totals.csv, column sales: expected an array or a dictionary, got 5',
      ],
    ],
    [
      'a table that is not there',
      { totals: undefined, exposure: 3 as never },
      ['totals: expected a table of columns, got nothing', 'exposure: expected a table of columns, got 3'],
    ],
    [
      'an entities table that the configuration names and nobody gives',
      { model: withEntities, entities: undefined },
      [
        'entities: expected a table of columns, got nothing. Hand it over, or leave "entities" out of the configuration.',
      ],
    ],
    [
      'a pooling group that neither the key nor the entities table has',
      { model: { ...withEntities, model: { pooling: { kind: 'gamma', groups: ['campaign', 'kin'] } } } },
      ['model.pooling.groups[1]: expected a column of campaigns.csv, got "kin". Did you mean "kind"?'],
    ],
    [
      'a pooling group that needs an entities table',
      { model: { ...model, model: { pooling: { kind: 'gamma', groups: ['kind'] } } } },
      ['model.pooling.groups[0]: expected one of exposure.entity, got "kind". Add an entities table that has it.'],
    ],
  ];
  for (const [name, spoilt, messages] of cases) {
    it(`refuses ${name}`, async () => {
      expect(await refusal(spoilt)).toEqual(messages);
    });
  }
});

describe('keys', () => {
  const record = (table: 'totals' | 'delivery' | 'campaigns', row: number, column: string) =>
    `${table}.csv record ${row}, column ${column}: expected text or a whole number, got`;
  const cases: [string, Spoilt, string[]][] = [
    [
      'missing keys in each table',
      {
        totals: { ...totals, geo: ['N', null] },
        exposure: { ...exposure, campaign: ['a', undefined, undefined] },
        model: withEntities,
        entities: { ...entities, campaign: [null, 'b'] },
      },
      [
        `${record('totals', 2, 'geo')} nothing`,
        `${record('delivery', 2, 'campaign')} nothing`,
        `${record('delivery', 3, 'campaign')} nothing`,
        `${record('campaigns', 1, 'campaign')} nothing`,
      ],
    ],
    [
      'codes that lead nowhere in a dictionary',
      { exposure: { ...exposure, campaign: { codes: Uint32Array.of(0, 1, 0xffffffff), values: ['a', 'b'] } } },
      ['delivery.csv record 3, column campaign: expected a code of the 2 values, counted from 0, got 4294967295'],
    ],
    ['a number with a fraction', { totals: { ...totals, week: [1, 2.5] } }, [`${record('totals', 2, 'week')} 2.5`]],
    ['NaN', { totals: { ...totals, week: [Number.NaN, 2] } }, [`${record('totals', 1, 'week')} NaN`]],
    [
      'a whole number past 2^53',
      { totals: { ...totals, week: [1, 2 ** 53] } },
      [`${record('totals', 2, 'week')} 9007199254740992`],
    ],
    [
      'an object',
      { totals: { ...totals, week: ['1', { id: 2n }] as never } },
      [`${record('totals', 2, 'week')} {"id":2}`],
    ],
    [
      'floating-point columns, whatever they hold',
      { totals: { ...totals, week: Float64Array.of(1, 2) }, exposure: { ...exposure, week: Float32Array.of(1, 1, 2) } },
      [
        'totals.csv, column week: expected text or whole numbers as keys, got floating-point numbers',
        'delivery.csv, column week: expected text or whole numbers as keys, got floating-point numbers',
      ],
    ],
  ];
  for (const [name, spoilt, messages] of cases) {
    it(`refuses ${name}`, async () => {
      expect(await refusal(spoilt)).toEqual(messages);
    });
  }
});

describe('figures', () => {
  const impressions = (cell: unknown) => ({ exposure: { ...exposure, clicks: [3, cell, 5] as never } });
  const at = 'delivery.csv record 2, column clicks:';
  const total = 'totals.csv record 1, column sales:';
  const cure = 'Set "negativeTotals": "share" to split it by the fitted shares.';
  const cases: [string, Spoilt, string[]][] = [
    ['text', impressions('many'), [`${at} expected a number, got "many"`]],
    [
      'an empty text',
      impressions(''),
      [`${at} expected a number, got nothing. Set "empty": [""] to leave out rows without a figure.`],
    ],
    ['nothing', impressions(null), [`${at} expected a number, got nothing`]],
    ['true', impressions(true), [`${at} expected a number, got true`]],
    [
      'a thousands separator, with the cure',
      impressions('1,200'),
      [
        `${at} expected a number, got "1,200". Remove the thousands separator or set "thousands": ",". If it is the decimal mark, set "decimal": ",".`,
      ],
    ],
    [
      'thousands and a fraction',
      impressions('-1,234,567.8'),
      [`${at} expected a number, got "-1,234,567.8". Remove the thousands separator or set "thousands": ",".`],
    ],
    [
      'a decimal comma, with the cure',
      impressions('1,5'),
      [`${at} expected a number, got "1,5". Set "decimal": "," if that is the decimal mark.`],
    ],
    ['spaces, with the cure', impressions(' 12'), [`${at} expected a number, got " 12". Remove the spaces.`]],
    ['a hexadecimal number', impressions('0x10'), [`${at} expected a number, got "0x10"`]],
    ['NaN', impressions(Number.NaN), [`${at} expected a finite number, got NaN`]],
    ['NaN spelt out', impressions('nan'), [`${at} expected a finite number, got NaN`]],
    ['an infinity', impressions(Number.POSITIVE_INFINITY), [`${at} expected a finite number, got Infinity`]],
    ['an infinity spelt out', impressions('-inf'), [`${at} expected a finite number, got -Infinity`]],
    ['a number beyond all floats', impressions('1e999'), [`${at} expected a finite number, got Infinity`]],
    ['a negative exposure', impressions(-0.5), [`${at} expected a number >= 0, got -0.5`]],
    [
      'a negative exposure in typed figures',
      { exposure: { ...exposure, clicks: Float64Array.of(3, -1e-300, 5) } },
      [`${at} expected a number >= 0, got -1e-300`],
    ],
    [
      'a negative total, with the cure',
      { totals: { ...totals, sales: [-7, 60] } },
      [`${total} expected a number >= 0, got -7. ${cure}`],
    ],
    [
      'a negative total given as text',
      { totals: { ...totals, sales: ['-7', '60'] } },
      [`${total} expected a number >= 0, got -7. ${cure}`],
    ],
    [
      'a total that is infinite also where negative totals are shared',
      { totals: { ...totals, sales: [Number.NEGATIVE_INFINITY, 60] }, model: inTotals({ negativeTotals: 'share' }) },
      [`${total} expected a finite number, got -Infinity`],
    ],
    [
      'a thousands point where the decimal mark is a comma',
      { ...impressions('1.200.000'), model: inExposure({ decimal: ',' }) },
      [`${at} expected a number, got "1.200.000". Remove the thousands separator or set "thousands": ".".`],
    ],
    [
      'a decimal point where the mark is a comma, with the cure',
      { ...impressions('1.5'), model: inExposure({ decimal: ',' }) },
      [`${at} expected a number, got "1.5". Set "decimal": "." if that is the decimal mark.`],
    ],
    [
      'more units than numbers can tell apart',
      { totals: { ...totals, sales: [1e14, 60] }, model: { ...model, output: { decimals: 2 } } },
      [
        `${total} expected fewer units of 10^-2 than numbers can tell apart (at most 2^53), got 100000000000000. Lower output.decimals.`,
      ],
    ],
  ];
  for (const [name, spoilt, messages] of cases) {
    it(`refuses ${name}`, async () => {
      expect(await refusal(spoilt)).toEqual(messages);
    });
  }

  it('reads figures given as text by a strict grammar, and whole numbers of any size', async () => {
    expect(await refusal(impressions('+1.5e-3'))).toEqual([]);
    expect(await refusal(impressions('.5'))).toEqual([]);
    expect(await refusal(impressions('5.'))).toEqual([]);
    expect(await refusal(impressions(10n ** 30n))).toEqual([]);
    expect(await refusal(impressions('-0'))).toEqual([]);
    expect(await refusal({ ...impressions('1,5'), model: inExposure({ decimal: ',' }) })).toEqual([]);
  });
});

describe('rows', () => {
  const duplicate = { week: ['1', '1', '1'], geo: ['N', 'N', 'N'], campaign: ['a', 'b', 'a'], clicks: [3, 4, 5] };
  const cases: [string, Spoilt, string[]][] = [
    [
      'two rows of one brick and entity, with the cure',
      { exposure: duplicate },
      [
        'delivery.csv record 3: expected each brick and entity once, got week "1", geo "N" and campaign "a" again (first in record 1). Set "duplicates": "sum" to add them up.',
      ],
    ],
    [
      'a sum of duplicates that is not finite',
      { exposure: { ...duplicate, clicks: [1e308, 4, 1e308] }, model: inExposure({ duplicates: 'sum' }) },
      ['delivery.csv record 1: expected rows of one brick and entity with a finite sum, got Infinity'],
    ],
    [
      'a brick that is there twice',
      { totals: { week: ['1', '2', '1'], geo: ['N', 'S', 'N'], sales: [1, 2, 3] } },
      ['totals.csv record 3: expected each brick once, got week "1", geo "N" again (first in record 1)'],
    ],
    [
      'an entity that is there twice in the entities table',
      { model: withEntities, entities: { campaign: ['b', 'a', 'b'] } },
      ['campaigns.csv record 3: expected each entity once, got campaign "b" again (first in record 1)'],
    ],
    [
      'an entity that the entities table does not have, once',
      { model: withEntities, entities: { campaign: ['b'] } },
      ['delivery.csv record 1: expected an entity of campaigns.csv, got campaign "a"'],
    ],
    [
      'no rows',
      { totals: { week: [], geo: [], sales: [] }, exposure: { week: [], geo: [], campaign: [], clicks: [] } },
      [
        'totals.csv: expected at least one row of totals, got none',
        'delivery.csv: expected at least one row of exposure, got none',
      ],
    ],
    [
      'a "where" that no row matches',
      { model: inTotals({ where: { geo: ['X', 'Y'] } }) },
      ['totals.csv: expected rows with {"geo":["X","Y"]}, got none among 2. Check "where".'],
    ],
    [
      'a "where" over a column that is not there',
      { model: inExposure({ where: { capaign: 'a' } }) },
      ['exposure.where: expected a column of delivery.csv, got "capaign". Did you mean "campaign"?'],
    ],
    [
      'a "where" that asks for the text of what is missing',
      { totals: { ...totals, geo: [null, undefined] }, model: inTotals({ where: { geo: ['null', 'undefined'] } }) },
      ['totals.csv: expected rows with {"geo":["null","undefined"]}, got none among 2. Check "where".'],
    ],
  ];
  for (const [name, spoilt, messages] of cases) {
    it(`refuses ${name}`, async () => {
      expect(await refusal(spoilt)).toEqual(messages);
    });
  }

  it('counts records before "where", as the reader of a file does', async () => {
    const spoilt = { ...exposure, clicks: [3, 4, -5] };
    expect(await refusal({ exposure: spoilt, model: inExposure({ where: { campaign: 'a' } }) })).toEqual([
      'delivery.csv record 3, column clicks: expected a number >= 0, got -5',
    ]);
  });

  it('does not look at rows that "where" leaves out', async () => {
    const spoilt = { ...exposure, clicks: [3, Number.NaN, 5], geo: ['N', null, 'S'] };
    expect(await refusal({ exposure: spoilt, model: inExposure({ where: { campaign: 'a' } }) })).toEqual([]);
  });
});

describe('several faults', () => {
  it('are told at once, those of every table', async () => {
    const messages = await refusal({
      model: withEntities,
      totals: { week: ['1', '2', '1'], geo: ['N', 'S', 'N'], sales: [100, -60, 'x'] },
      exposure: {
        ...exposure,
        week: ['1', '1', '1'],
        geo: ['N', 'N', 'N'],
        campaign: ['a', 'c', 'a'],
        clicks: [3, -1, Number.NaN],
      },
      entities: { campaign: ['a', 'b', 'b'] },
    });
    expect(messages).toEqual([
      'totals.csv record 2, column sales: expected a number >= 0, got -60. Set "negativeTotals": "share" to split it by the fitted shares.',
      'delivery.csv record 2, column clicks: expected a number >= 0, got -1',
      'totals.csv record 3, column sales: expected a number, got "x"',
      'delivery.csv record 3, column clicks: expected a finite number, got NaN',
      'totals.csv record 3: expected each brick once, got week "1", geo "N" again (first in record 1)',
      'campaigns.csv record 3: expected each entity once, got campaign "b" again (first in record 2)',
      'delivery.csv record 2: expected an entity of campaigns.csv, got campaign "c"',
      'delivery.csv record 3: expected each brick and entity once, got week "1", geo "N" and campaign "a" again (first in record 1). Set "duplicates": "sum" to add them up.',
    ]);
  });

  it('of a kind are told twenty times, then counted', async () => {
    const many = Array.from({ length: 50 }, (_, i) => String(i));
    const spoilt = {
      totals: { week: many, geo: many, sales: many.map(() => -1) },
      exposure: { week: many, geo: many, campaign: many, clicks: many.map((_, i) => (i < 21 ? Number.NaN : 1)) },
    };
    const messages = await refusal(spoilt);
    expect(messages).toHaveLength(42);
    expect(messages[19]).toMatch(/^totals.csv record 20, column sales: expected a number >= 0/);
    expect(messages[20]).toBe('totals.csv: 30 more faults of this kind (negative)');
    expect(messages[40]).toBe('delivery.csv record 20, column clicks: expected a finite number, got NaN');
    expect(messages[41]).toBe('delivery.csv: 1 more fault of this kind (not-finite)');
  });

  it('come as one error with a stable code and a kind for each', async () => {
    const error = await check({ totals: { ...totals, sales: [-1, 2] }, exposure }, model).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    const { code, faults, message, name } = error as InputError;
    expect([code, name]).toEqual(['input', 'InputError']);
    expect(message).toBe(faults.map((fault) => fault.message).join('\n'));
    expect(faults.map(({ kind, path }) => [kind, path])).toEqual([['negative', 'totals record 1, column sales']]);
  });
});
