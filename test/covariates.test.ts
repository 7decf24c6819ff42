import { describe, expect, it } from 'vitest';
import {
  createEngine,
  type Fit,
  fit,
  fitJson,
  type Model,
  type ResultTable,
  type Table,
  toCsv,
} from '../bindings/index.js';
import { simulateHcp } from '../bindings/simulate/index.js';
import { folderWith, parquet, read, run } from './cli/run.js';
import { randomOf } from './support/kernels.js';
import { refusalOf } from './support/refusal.js';
import { figures, rowsBy, words } from './support/simulations.js';

const covariates = ['C(specialty, "general practice")', 'seniority/10', 'log1p(potential)'];
const terms = [
  '(intercept)',
  ...['cardiology', 'dermatology', 'internal medicine', 'oncology'].map((name) => `specialty: ${name}`),
  'seniority/10',
  'log1p(potential)',
];
const small = simulateHcp({ seed: 5, hcps: 150, bricks: 80 });
const tables = {
  totals: small.files['totals.csv'].columns,
  exposure: small.files['exposure.csv'].columns,
  entities: small.files['hcps.csv'].columns,
};
const modelOf = (section: object = {}, more: object = {}): Model => ({
  ...small.model,
  model: { productivity: { covariates, ...section }, ...more },
});

const figuresOf = (result: Fit) =>
  [result.allocation, result.entities, result.unallocated, result.components, result.coefficients!].map((table) =>
    toCsv(table),
  );

/** A figure of each entity by its name. */
const byHcp = (table: ResultTable, column: string) =>
  new Map(words(table, 'hcp').map((hcp, r) => [hcp, figures(table, column)[r]]));

/** exp(X beta) of the simulated HCPs, by hand. */
function predicted({ coefficients }: Pick<Fit, 'coefficients'>): Map<string, number> {
  const estimate = figures(coefficients!, 'estimate');
  const of = (term: string) => (terms.includes(term) ? estimate[terms.indexOf(term)] : 0);
  const table = small.files['hcps.csv'];
  const column = (name: string) => table.columns[name] as ArrayLike<number>;
  const specialty = words(table, 'specialty');
  return new Map(
    words(table, 'hcp').map((hcp, r) => [
      hcp,
      Math.exp(
        of('(intercept)') +
          of(`specialty: ${specialty[r]}`) +
          of('seniority/10') * (column('seniority')[r] / 10) +
          of('log1p(potential)') * Math.log1p(column('potential')[r]),
      ),
    ]),
  );
}

describe('productivities', () => {
  it('are exp(X beta) where the deviation is 0, on the scale of the columns as written', async () => {
    const result = await fit(tables, modelOf({ deviation: 0 }));
    expect(result.converged).toBe(true);
    expect(words(result.coefficients!, 'term')).toEqual(terms);
    const expected = predicted(result);
    for (const [hcp, productivity] of byHcp(result.entities, 'productivity')) {
      expect(productivity / expected.get(hcp)!).toBeCloseTo(1, 12);
    }
    expect(result.gap).toBeNull();
  });

  it('deviate by as much as the pooling spreads unless the deviation is given', async () => {
    const silent = await fit(tables, modelOf());
    expect(figuresOf(await fit(tables, modelOf({ deviation: 0.3 })))).toEqual(figuresOf(silent));
    const wide = await fit(tables, modelOf({}, { pooling: { kind: 'gamma', spread: 0.8 } }));
    expect(figuresOf(await fit(tables, modelOf({ deviation: 0.8 })))).toEqual(figuresOf(wide));
    expect(silent.gap).toBeLessThanOrEqual(1e-8);

    const spreadOf = (result: Fit) => {
      const expected = predicted(result);
      const away = [...byHcp(result.entities, 'productivity')].map(([hcp, p]) => Math.log(p / expected.get(hcp)!) ** 2);
      return Math.sqrt(away.reduce((sum, x) => sum + x, 0) / away.length);
    };
    const [least, some, most] = [
      spreadOf(await fit(tables, modelOf({ deviation: 1e-6 }))),
      spreadOf(silent),
      spreadOf(wide),
    ];
    expect(least).toBeLessThan(1e-9);
    expect(some).toBeGreaterThan(0.003);
    expect(most).toBeGreaterThan(2 * some);
    // the coefficients do not hear of it
    expect([...figures(wide.coefficients!, 'estimate')]).toEqual([...figures(silent.coefficients!, 'estimate')]);
  });

  it('of bricks that share no entity follow the same coefficients', async () => {
    const result = await fit(
      {
        totals: { b: ['p', 'q', 'r', 's'], y: [10, 20, 40, 10] },
        exposure: { b: ['p', 'q', 'r', 's'], e: ['a', 'b', 'c', 'd'], x: [1, 1, 1, 1] },
        entities: { e: ['a', 'b', 'c', 'd'], n: [0, 1, 2, 0] },
      },
      {
        totals: { brick: ['b'], value: 'y' },
        exposure: { brick: ['b'], entity: ['e'], value: 'x' },
        entities: { entity: ['e'] },
        model: { productivity: { covariates: ['n'], penalty: { kind: 'none' }, deviation: 0 } },
      },
    );
    // four components by exposure, one by what they share
    expect(result.counts.components).toBe(1);
    expect([...figures(result.allocation, 'allocation')]).toEqual([10, 20, 40, 10]);
    expect(figures(result.coefficients!, 'estimate')[1]).toBeCloseTo(Math.log(2), 6);
  });
});

describe('the same bytes', () => {
  const sections = [
    {},
    { deviation: 0, penalty: { kind: 'lasso', strength: 'path' } },
    { by: ['specialty'], covariates: ['seniority/10'] },
  ];
  const shuffled = (table: Table, seed: number): Table => {
    const random = randomOf(seed);
    const columns = Object.entries(table as Record<string, ArrayLike<number>>);
    const plain = columns.map(([name, column]) => [name, cellsOf(column)] as const);
    const order = plain[0][1].map((_, r) => r);
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return Object.fromEntries(plain.map(([name, column]) => [name, order.map((r) => column[r])])) as Table;
  };
  const cellsOf = (column: unknown): unknown[] => {
    const { codes, values } = column as { codes?: ArrayLike<number>; values: string[] };
    return codes ? Array.from(codes, (code) => values[code]) : Array.from(column as ArrayLike<number>);
  };
  const sorted = (table: ResultTable) => toCsv(table).split('\n').sort();

  for (const section of sections) {
    it(`come from both kernel sets and from rows in any order: ${JSON.stringify(section)}`, async () => {
      const [wasm, js] = await Promise.all(
        (['wasm', 'js'] as const).map((kernels) => fit(tables, modelOf(section), { kernels })),
      );
      expect(figuresOf(js)).toEqual(figuresOf(wasm));
      const withoutRun = ({ run: _, ...rest }: Record<string, unknown>) => rest;
      expect(withoutRun(fitJson(js))).toEqual(withoutRun(fitJson(wasm)));
      const mixed = await fit(
        {
          totals: shuffled(tables.totals, 1),
          exposure: shuffled(tables.exposure, 2),
          entities: shuffled(tables.entities, 3),
        },
        modelOf(section),
      );
      expect(toCsv(mixed.coefficients!)).toBe(toCsv(wasm.coefficients!));
      expect(sorted(mixed.allocation)).toEqual(sorted(wasm.allocation));
      expect(sorted(mixed.entities)).toEqual(sorted(wasm.entities));
      expect(mixed.regression).toEqual(wasm.regression);
    });
  }
});

describe('fit.json', () => {
  it('has the coefficients as rows, the regression beside them, and every default written out', async () => {
    const result = await fit(tables, modelOf({ penalty: { kind: 'ridge', strength: 'path' }, deviation: 0 }));
    const json = fitJson(result) as Record<string, never>;
    const { coefficients, regression, model } = JSON.parse(JSON.stringify(json)) as {
      coefficients: Record<string, unknown>[];
      regression: { penalty: { strength: number; path: unknown[] }; [name: string]: unknown };
      model?: unknown;
    };
    expect(model).toBeUndefined();
    expect(coefficients.map(({ term }) => term)).toEqual(terms);
    expect(Object.keys(coefficients[0])).toEqual(['term', 'estimate', 'standardError', 'sandwichError', 'blockError']);
    // no blocks were named
    expect(
      coefficients.every(({ blockError, standardError }) => blockError === null && Number(standardError) > 0),
    ).toBe(true);
    expect(Object.keys(regression)).toEqual([
      'dispersion',
      'parameters',
      'information',
      'starts',
      'agreeing',
      'penalty',
      'passes',
    ]);
    expect(Object.keys(regression.penalty)).toEqual(['kind', 'strength', 'path']);
    expect(regression.penalty.path).toHaveLength(30);
    expect(Object.keys(regression.penalty.path[0] as object)).toEqual([
      'strength',
      'parameters',
      'logLikelihood',
      'criterion',
    ]);
    expect(result.passes).toBeGreaterThanOrEqual(regression.passes as number);
  });

  it('has neither without covariates', async () => {
    const result = await fit(tables, small.model as Model);
    expect([result.coefficients, result.regression]).toEqual([null, null]);
    expect(Object.keys(fitJson(result))).not.toContain('coefficients');
  });

  it('says that the coefficients were not found where passes ran out', async () => {
    const result = await fit(tables, { ...modelOf(), fit: { maxPasses: 3 } });
    expect(result.converged).toBe(false);
    expect(result.warnings.find(({ code }) => code === 'coefficients-not-converged')?.message).toBe(
      'the fit of the coefficients stopped before its steps promised less than the tolerance. Raise fit.maxPasses.',
    );
  });
});

describe('fit.allocate', () => {
  const others = {
    totals: { brick: ['X'], sales: [1000] },
    exposure: { brick: ['X', 'X', 'X', 'X'], hcp: ['H001', 'new', 'strange', 'H002'], visits: [3, 4, 5, 6] },
  };
  const table = small.files['hcps.csv'];
  const rows = rowsBy(table, ['hcp']);
  const known = (hcp: string, column: string) => (table.columns[column] as ArrayLike<number>)[rows.get(hcp)!];
  const entities = {
    hcp: ['new', 'H002', 'strange', 'H001'],
    specialty: ['oncology', 'oncology', 'palmistry', 'oncology'],
    seniority: [20, 1, 30, 1],
    potential: [50, 1, 10, 1],
  };
  const sharesOf = (allocation: ResultTable) => byHcp(allocation, 'share');
  const unseen = (how: string) => [
    { code: 'unseen-entities', message: `2 entities without exposure in the fit: split ${how}.` },
  ];

  it('splits by what the fit learned of those it has seen, and by covariates over those it has not', async () => {
    for (const deviation of [0, 0.3]) {
      const result = await fit(tables, modelOf({ deviation }));
      const { allocation, warnings } = await result.allocate({ ...others, entities });
      expect(warnings).toEqual(unseen('by what covariates say of them'));
      const estimate = (term: string) => figures(result.coefficients!, 'estimate')[terms.indexOf(term)];
      const scoreOf = (seniority: number, potential: number) =>
        estimate('(intercept)') +
        estimate('seniority/10') * (seniority / 10) +
        estimate('log1p(potential)') * Math.log1p(potential);
      const productivity = byHcp(result.entities, 'productivity');
      const mass = new Map([
        ['H001', 3 * productivity.get('H001')!],
        ['H002', 6 * productivity.get('H002')!],
        ['new', 4 * Math.exp(scoreOf(20, 50) + estimate('specialty: oncology'))],
        // a specialty that nobody had: as the reference
        ['strange', 5 * Math.exp(scoreOf(30, 10))],
      ]);
      const whole = [...mass.values()].reduce((sum, x) => sum + x, 0);
      for (const [hcp, share] of sharesOf(allocation)) expect(share).toBeCloseTo(mass.get(hcp)! / whole, 12);
      // what the table now says of those it has seen is not looked at
      expect(known('H001', 'potential')).not.toBe(1);
    }
  });

  it('gives the bricks of the fit the bits of the fit', async () => {
    const result = await fit(tables, modelOf({ by: ['specialty'], covariates: ['seniority/10'] }));
    for (const again of [tables, { totals: tables.totals, exposure: tables.exposure }]) {
      const { allocation, warnings } = await result.allocate(again);
      expect(toCsv(allocation)).toBe(toCsv(result.allocation));
      expect(warnings).toEqual([]);
    }
  });

  it('without an entities table splits at the common rate', async () => {
    const result = await fit(tables, modelOf());
    const { allocation, warnings } = await result.allocate(others);
    expect(warnings).toEqual(unseen('at the common rate of what they share bricks with'));
    const productivity = byHcp(result.entities, 'productivity');
    const sum = (column: ArrayLike<number>) => Array.from(column).reduce((total, x) => total + x, 0);
    const rate = sum(figures(small.files['totals.csv'], 'sales')) / sum(tables.exposure.visits as ArrayLike<number>);
    const mass = [3 * productivity.get('H001')!, 4 * rate, 5 * rate, 6 * productivity.get('H002')!];
    const shares = sharesOf(allocation);
    ['H001', 'new', 'strange', 'H002'].forEach((hcp, i) => {
      expect(shares.get(hcp)).toBeCloseTo(mass[i] / sum(mass), 12);
    });
  });

  it('refuses what covariates of those it has not seen cannot be made of', async () => {
    const result = await fit(tables, modelOf());
    const refusal = (change: object) =>
      refusalOf(() =>
        result.allocate({ ...others, entities: { ...entities, ...change } }, { names: { entities: 'new.csv' } }),
      );
    expect(await refusal({ potential: [null, 1, -1, 1], specialty: ['', 'x', 'y', 'z'] })).toEqual([
      'new.csv record 1, column specialty: expected a value, got nothing. Fill it in, or leave the entity out.',
      'new.csv record 1, column potential: expected a value, got nothing. Fill it in, or leave the entity out.',
      'model.productivity.covariates: expected a number above -1 in log1p(), got -1 (new.csv record 3, column potential)',
    ]);
    expect(await refusal({ seniority: ['long', 1, 30, 1] })).toEqual([
      'model.productivity.covariates: expected numbers in "seniority", got "long" (new.csv record 1, column seniority)',
    ]);
    // those it has seen are not looked at
    expect(await refusal({ potential: [50, null, 10, -7] })).toEqual([]);
    const lenient = await fit(tables, modelOf({ missing: 'indicate' }));
    const { allocation } = await lenient.allocate({
      ...others,
      entities: { ...entities, seniority: [null, 1, 30, 1] },
    });
    expect(figures(allocation, 'allocation').every((z) => z > 0)).toBe(true);
  });

  it('gives an entity of a known group its coefficients, one of another group the common ones', async () => {
    const result = await fit(tables, modelOf({ by: ['specialty'], covariates: ['seniority/10'], deviation: 0 }));
    const { coefficients } = result;
    const estimate = (group: string, term: string) =>
      figures(coefficients!, 'estimate')[
        words(coefficients!, 'term').findIndex((name, r) => name === term && words(coefficients!, 'group')[r] === group)
      ];
    const { allocation } = await result.allocate({ ...others, entities });
    const shares = sharesOf(allocation);
    const score = (seniority: number) => estimate('', '(intercept)') + estimate('', 'seniority/10') * (seniority / 10);
    const own = estimate('oncology', '(intercept)') + estimate('oncology', 'seniority/10') * 2;
    expect(Math.abs(own)).toBeGreaterThan(1e-3);
    expect(shares.get('new')! / shares.get('strange')!).toBeCloseTo(
      (4 * Math.exp(score(20) + own)) / (5 * Math.exp(score(30))),
      10,
    );
  });
});

describe('memory', () => {
  it('after a hundred regressions is that of the first', async () => {
    const engine = await createEngine();
    await engine.fit(tables, modelOf({ penalty: { kind: 'lasso', strength: 'path' }, blocks: ['brick'] }));
    const before = engine.memory;
    for (let i = 0; i < 30; i++) await engine.fit(tables, modelOf({ deviation: 0, blocks: ['brick'] }));
    expect(engine.memory).toBe(before);
  });
});

describe('the command line', () => {
  const model = {
    ...modelOf({ by: ['specialty'], covariates: ['seniority/10', 'log1p(potential)'], blocks: ['brick'] }),
  };
  const files = {
    'totals.csv': toCsv(small.files['totals.csv']),
    'exposure.csv': toCsv(small.files['exposure.csv']),
    'hcps.csv': toCsv(small.files['hcps.csv']),
  };
  const figuresIn = (folder: string) => {
    const { run: _, ...rest } = JSON.parse(read(folder, 'out', 'fit.json'));
    return rest;
  };

  it('reads covariates from CSV and Parquet alike, and writes what the library gives', async () => {
    const folder = folderWith({ ...files, 'model.json': JSON.stringify(model) });
    await parquet(folder, 'hcps.parquet', `SELECT * FROM read_csv('${folder}/hcps.csv')`);
    const other = { ...model, entities: { ...model.entities, file: 'hcps.parquet' } };
    const second = folderWith({ ...files, 'model.json': JSON.stringify(other) });
    await parquet(second, 'hcps.parquet', `SELECT * FROM read_csv('${folder}/hcps.csv')`);
    const outcomes = [
      await run(folder, 'fit', 'model.json', '--out', 'out'),
      await run(second, 'fit', 'model.json', '--out', 'out'),
    ];
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(figuresIn(second)).toEqual(figuresIn(folder));
    expect(read(second, 'out', 'allocation.csv')).toBe(read(folder, 'out', 'allocation.csv'));
    const { coefficients } = figuresIn(folder) as { coefficients: { term: string; estimate: number }[] };
    const result = await fit(tables, model);
    expect(coefficients.map(({ estimate }) => estimate)).toEqual([...figures(result.coefficients!, 'estimate')]);
  });

  it('refuses a term, a column and a missing value in the words of the user, and writes nothing', async () => {
    const config = (covariates: string[]) => JSON.stringify({ ...model, model: { productivity: { covariates } } });
    const folder = folderWith({
      ...files,
      'hcps.csv': files['hcps.csv'].replace(/^(H001,[^,]*),[^,]*,/m, '$1,,'),
      'formula.json': config(['seniority/', 'specialty']),
      'column.json': config(['senority']),
      'missing.json': config(['seniority']),
    });
    const outcome = async (name: string) => {
      const { code, stderr } = await run(folder, 'fit', name, '--out', 'out');
      return [code, stderr.trim().split('\n')];
    };
    expect(await outcome('formula.json')).toEqual([
      2,
      ['model.productivity.covariates[0]: expected a number above 0 at the end of "seniority/"'],
    ]);
    expect(await outcome('column.json')).toEqual([
      2,
      [
        'model.productivity.covariates, "senority": expected a column of hcps.csv, got "senority". Did you mean "seniority"?',
      ],
    ]);
    expect(await outcome('missing.json')).toEqual([
      2,
      [
        'hcps.csv record 1, column seniority: expected a value, got nothing. Fill it in, leave the entity out, or set model.productivity.missing to "indicate".',
      ],
    ]);
  });
});
