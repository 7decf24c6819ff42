import { expect, it } from 'vitest';
import { fit, type Model, type Tables } from '../../bindings/index.js';
import { refusalOf } from '../support/refusal.js';

// what a cell may be where it is compared, names a group or tells something of an entity

const model = {
  totals: { brick: ['week'], value: 'sales' },
  exposure: { brick: ['week'], entity: ['campaign'], value: 'visits' },
  entities: { entity: ['campaign'] },
} satisfies Model;
const tables = {
  totals: { week: [1, 2, 3, 4], sales: [100, 60, 90, 70] },
  exposure: {
    week: [1, 1, 2, 2, 3, 3, 4, 4],
    campaign: ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'],
    visits: [4, 2, 3, 5, 1, 6, 2, 2],
  },
  entities: { campaign: ['a', 'b'] },
};

/** The first fault of a call that is refused. */
const firstFault = async (call: () => unknown) => (await refusalOf(call))[0];

const day = (n: number) => new Date(Date.UTC(2024, 0, n));
const boom = () => {
  throw new Error('boom');
};

/** Cells without a text of their own, and what messages call them. */
const strange: [cell: () => unknown, said: string][] = [
  [() => day(1), 'a Date (2024-01-01 in UTC)'],
  [() => ({}), '{}'],
  [() => Object.create(null), '{}'],
  [() => ({ toString: boom, [Symbol.toPrimitive]: boom }), '{"toString":a function}'],
  [() => Symbol('mine'), 'Symbol(mine)'],
  [() => boom, 'a function'],
  [() => [1], '[1]'],
];

for (const section of ['totals', 'exposure', 'entities'] as const) {
  for (const option of ['where', 'without']) {
    it(`${section}.${option} compares no cell that has no text`, async () => {
      for (const [cell, said] of strange) {
        const rows = Object.values(tables[section])[0].length;
        const mark = Array.from({ length: rows }, (_, r) => (r === 1 ? cell() : 'x'));
        const given = { ...tables, [section]: { ...tables[section], mark } } as Tables;
        const asked = {
          ...model,
          [section]: { ...model[section], [option]: { mark: ['y', String(day(1))] } },
        } as Model;
        const message = await firstFault(() => fit(given, asked));
        expect(message).toBe(
          `${section} record 2, column mark: expected text or a number to compare with "${option}", got ${said}. Turn the column into text first.`,
        );
      }
    });
  }
}

it('where and without compare dates as the keys that their type makes of them', async () => {
  const weeks = [1, 8, 15, 22].map(day);
  const dated = {
    ...tables,
    totals: { ...tables.totals, week: weeks },
    exposure: { ...tables.exposure, week: weeks.flatMap((week) => [week, week]) },
  };
  const kept = async (rule: object) => {
    const types = { week: 'date' } as const;
    const { totals, exposure } = model;
    const asked: Model = { totals: { ...totals, types, ...rule }, exposure: { ...exposure, types, ...rule } };
    const { columns } = (await fit(dated, asked)).allocation;
    const { codes, values } = columns.week as { codes: ArrayLike<number>; values: ArrayLike<string> };
    return [...new Set(Array.from(codes, (code) => values[code]))];
  };
  expect(await kept({ where: { week: ['2024-01-08', '2024-01-22'] } })).toEqual(['2024-01-08', '2024-01-22']);
  expect(await kept({ without: { week: '2024-01-08' } })).toEqual(['2024-01-01', '2024-01-15', '2024-01-22']);
});

it('groups, parents and covariates are no dates, objects or symbols', async () => {
  for (const [cell, said] of strange) {
    const given = { ...tables, entities: { campaign: ['a', 'b'], mark: [cell(), 'x'] } } as Tables;
    const path = 'entities record 1, column mark: expected text';
    const cure = said.startsWith('a Date') ? '. Turn the column into text first.' : '';
    for (const pooling of [
      { kind: 'gamma', groups: ['mark'] },
      { kind: 'tree', parent: 'mark' },
    ]) {
      expect(await firstFault(() => fit(given, { ...model, model: { pooling } } as Model))).toBe(
        `${path} or a whole number, got ${said}${cure}`,
      );
    }
    for (const productivity of [
      { covariates: ['mark'] },
      { covariates: ['C(mark)'] },
      { covariates: ['C(campaign)'], by: ['mark'] },
    ]) {
      const message = await firstFault(() => fit(given, { ...model, model: { productivity } } as Model));
      expect(message).toBe(`${path} or a finite number, got ${said}. Turn it into text or a number first.`);
    }
  }
});

it('covariates are finite, and so are their squares', async () => {
  const said = (age: unknown[], covariate = 'age') =>
    firstFault(() =>
      fit({ ...tables, entities: { campaign: ['a', 'b'], age } } as Tables, {
        ...model,
        model: { productivity: { covariates: [covariate] } },
      }),
    );
  for (const endless of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(await said([3, endless])).toBe(
      `entities record 2, column age: expected text or a finite number, got ${endless}`,
    );
  }
  const path = 'model.productivity.covariates: expected numbers of at most 1e+100 in';
  const cure = 'Divide the column, or take log().';
  expect(await said([3, 1.7e308])).toBe(`${path} "age", got 1.7e+308 (entities record 2, column age). ${cure}`);
  expect(await said([-1e101, 1e101])).toBe(`${path} "age", got -1e+101 (entities record 1, column age). ${cure}`);
  expect(await said([3, 2 ** 200], 'age:age')).toBe(
    `${path} "age : age", got ${2 ** 400} (entities record 2, column age). ${cure}`,
  );
  expect(await said([3, 1e60], 'age/1e-250')).toMatch(/^model.productivity.covariates: .*"age\/1e-250", got 3e\+250 /);
  expect(await said([3, 1e200], 'scale(age)')).toBe(
    'model.productivity.covariates[0]: expected numbers of at most 1e+100 in scale(), got 1e+200 (entities record 2, column age)',
  );
  // what log() makes of the largest is small
  const fine = { campaign: ['a', 'b'], age: [3, 1.7e308] };
  const asked: Model = { ...model, model: { productivity: { covariates: ['log(age)'] } } };
  expect((await fit({ ...tables, entities: fine }, asked)).converged).toBe(true);
});

it('an earlier fit splits nothing by productivities past the largest number', async () => {
  const aged = { ...tables, entities: { campaign: ['a', 'b'], age: [3, 5] } };
  const learned = await fit(aged, { ...model, model: { productivity: { covariates: ['age'] } } });
  const coefficient = learned.coefficients!.columns.estimate[1];
  const other = {
    totals: tables.totals,
    exposure: { ...tables.exposure, campaign: tables.exposure.campaign.map((name) => (name === 'b' ? 'new' : name)) },
    entities: { campaign: ['a', 'new'], age: [3, 1e90 * Math.sign(coefficient)] },
  };
  expect(await firstFault(() => learned.allocate(other))).toBe(
    'model.productivity: expected covariates nearer to those of the fit, got what gives campaign "new" a productivity of Infinity times the common one',
  );
});

it('a list that claims more rows than any list holds is refused at once', async () => {
  const endless = { length: 4e9 };
  const most = 2 ** 27;
  for (const [column, problem] of [
    [endless, `expected a length from 0 to ${most}, got 4000000000`],
    [new Array(4e9), `expected a length from 0 to ${most}, got 4000000000`],
    [{ length: 4e9, get: () => 'a' }, 'expected a length from 0 to 2147483647, got 4000000000'],
    [{ codes: endless, values: ['a'] }, `expected a list of codes of at most ${most}, got one of 4000000000`],
    [{ codes: [0], values: endless }, `expected a list of values of at most ${most}, got one of 4000000000`],
  ] as const) {
    const given = { ...tables, exposure: { ...tables.exposure, campaign: column } } as Tables;
    expect(await firstFault(() => fit(given, model))).toBe(`exposure, column campaign: ${problem}`);
  }
  expect(await firstFault(() => fit({ ...tables, exposure: new Array(4e9) }, model))).toBe(
    `exposure: expected a list of at most ${most} row objects, got one of 4000000000`,
  );
});

it('codes of a dictionary are numbers: a name is not looked up', async () => {
  const campaign = { codes: ['length', 1, 0, 1, 0, 1, 0, 1], values: ['a', 'b'] };
  const given = { ...tables, exposure: { ...tables.exposure, campaign } } as unknown as Tables;
  expect(await firstFault(() => fit(given, model))).toBe(
    'exposure, column campaign: expected codes that are numbers, got "length"',
  );
});
