import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEngine, type Fit, type Model, type Tables } from '../../../bindings/index.js';
import { figures, words } from '../../support/simulations.js';

// Computed by statsmodels and in 40 digits: reference.py beside this file says how.

interface Data {
  readonly totals: number[];
  readonly week: number[];
  readonly cells: [brick: number, entity: number, exposure: number][];
  readonly x: number[];
  readonly z: number[];
  readonly kind: string[];
  readonly group: string[];
}

interface Expected {
  readonly estimate: number[];
  readonly standardError: number[];
  readonly sandwichError: number[];
  readonly blockError: number[];
  readonly logLikelihood: number;
  readonly dispersion: number;
  readonly parameters: number;
}

const { problems, terms, glm, marginal, ridge, lasso, by } = JSON.parse(
  readFileSync(new URL('reference.json', import.meta.url), 'utf8'),
) as {
  terms: string[];
  problems: Record<'alone' | 'oneEach' | 'mixed', Data>;
  glm: Record<'alone' | 'oneEach', Expected & { poissonError: number[]; deviance: number }>;
  marginal: Expected;
  ridge: (Expected & { strength: number })[];
  lasso: (Omit<Expected, 'standardError' | 'sandwichError' | 'blockError'> & { strength: number; weights: number[] })[];
  by: (Expected & { spread: number; groups: string[] })[];
};

const name = (h: number) => `H${String(h).padStart(3, '0')}`;
const tablesOf = ({ totals, week, cells, x, z, kind, group }: Data): Tables => ({
  totals: { brick: [...totals.keys()], week, sales: totals },
  exposure: {
    brick: cells.map(([b]) => b),
    week: cells.map(([b]) => week[b]),
    hcp: cells.map(([, h]) => name(h)),
    visits: cells.map(([, , w]) => w),
  },
  entities: { hcp: [...x.keys()].map(name), x, z, kind, group },
});

const engines = await Promise.all((['wasm', 'js'] as const).map((kernels) => createEngine({ kernels })));

/** The regression alone, on either kernel set. */
async function regress(data: Data, productivity: object = {}, model: object = {}, solver = 'auto'): Promise<Fit[]> {
  const config = {
    totals: { brick: ['brick', 'week'], value: 'sales' },
    exposure: { brick: ['brick', 'week'], entity: ['hcp'], value: 'visits' },
    entities: { entity: ['hcp'] },
    model: {
      productivity: {
        covariates: ['kind', 'x', 'z/10'],
        penalty: { kind: 'none' },
        deviation: 0,
        blocks: ['week'],
        ...productivity,
      },
      ...model,
    },
    fit: { solver, tolerance: 1e-12 },
  } as Model;
  return Promise.all(engines.map((engine) => engine.fit(tablesOf(data), config)));
}

/** Within a relative distance: of each figure, or of its `scale` where that is larger. */
function expectNear(
  found: ArrayLike<number>,
  expected: readonly number[],
  what: string,
  within = 1e-8,
  scale?: readonly number[],
): void {
  expect(found.length, what).toBe(expected.length);
  expected.forEach((x, i) => {
    const off = Math.abs(found[i] - x) / Math.max(Math.abs(x), scale?.[i] ?? 0);
    if (!(off <= within)) expect.fail(`${what}[${i}]: ${found[i]} is ${off.toExponential(1)} from ${x}`);
  });
}

function expectAgreement(fit: Fit, expected: Expected, standardError = expected.standardError): void {
  const { coefficients, regression } = fit;
  expect(fit.converged).toBe(true);
  // what groups have of their own may be next to nothing: there the standard error is the measure
  const scale = 'groups' in expected ? expected.standardError : undefined;
  expectNear(figures(coefficients!, 'estimate'), expected.estimate, 'estimate', 1e-8, scale);
  expectNear(figures(coefficients!, 'standardError'), standardError, 'standardError');
  expectNear(figures(coefficients!, 'sandwichError'), expected.sandwichError, 'sandwichError');
  expectNear(figures(coefficients!, 'blockError'), expected.blockError, 'blockError');
  expect(regression!.information).toBe('observed');
  expectNear([regression!.parameters], [expected.parameters], 'parameters');
  expectNear([fit.logLikelihood!], [expected.logLikelihood], 'logLikelihood');
}

/** 2 sum (y ln(y / u) - (y - u)) over bricks, from what was allocated and fitted. */
function devianceOf(data: Data, fit: Fit): number {
  const fitted = data.totals.map(() => 0);
  const bricks = words(fit.allocation, 'brick').map(Number);
  const productivity = new Map(
    words(fit.entities, 'hcp').map((hcp, r) => [hcp, figures(fit.entities, 'productivity')[r]]),
  );
  const exposure = figures(fit.allocation, 'exposure');
  words(fit.allocation, 'hcp').forEach((hcp, r) => {
    fitted[bricks[r]] += exposure[r] * productivity.get(hcp)!;
  });
  return data.totals.reduce((sum, y, b) => sum + 2 * (y * Math.log(y / fitted[b]) - (y - fitted[b])), 0);
}

describe('with every entity alone in its brick', () => {
  for (const [title, problem] of [
    ['one brick each', 'oneEach'],
    ['up to four bricks each', 'alone'],
  ] as const) {
    it(`${title}, the regression is the Poisson regression of statsmodels, with its three errors`, async () => {
      for (const fit of await regress(problems[problem])) {
        expect(words(fit.coefficients!, 'term')).toEqual(terms);
        expectAgreement(fit, glm[problem]);
        expectNear([fit.regression!.dispersion], [glm[problem].dispersion], 'dispersion');
        expectNear([devianceOf(problems[problem], fit)], [glm[problem].deviance], 'deviance');
      }
    });
  }

  it('family "poisson" has the errors of a dispersion of 1', async () => {
    for (const fit of await regress(problems.alone, {}, { family: 'poisson' })) {
      expectAgreement(fit, glm.alone, glm.alone.poissonError);
      expect(fit.regression!.dispersion).toBe(1);
    }
  });

  it('EM with reweighted least squares is there at once', async () => {
    for (const fit of await regress(problems.alone, {}, {}, 'em')) expectAgreement(fit, glm.alone);
  });
});

describe('with several entities in a brick', () => {
  it('coefficients and errors are those of the marginal likelihood', async () => {
    for (const fit of await regress(problems.mixed)) {
      expectAgreement(fit, marginal);
      expectNear([fit.regression!.dispersion], [marginal.dispersion], 'dispersion');
      expect(fit.gap).toBeNull();
    }
  });

  it('EM climbs to the same optimum', async () => {
    for (const fit of await regress(problems.mixed, {}, {}, 'em')) {
      expect(fit.converged).toBe(true);
      expectNear(figures(fit.coefficients!, 'estimate'), marginal.estimate, 'estimate', 1e-7);
      expectNear(figures(fit.coefficients!, 'standardError'), marginal.standardError, 'standardError', 1e-7);
    }
  });

  for (const expected of ridge) {
    it(`a ridge of strength ${expected.strength} shrinks as much, and has its errors and parameters`, async () => {
      const penalty = { kind: 'ridge', strength: expected.strength };
      for (const fit of await regress(problems.mixed, { penalty })) {
        expectAgreement(fit, expected);
        expectNear([fit.regression!.dispersion], [expected.dispersion], 'dispersion');
        expect(fit.regression!.penalty).toEqual({ ...penalty, path: null });
      }
    });
  }

  for (const expected of lasso) {
    const zeros = expected.estimate.filter((x) => x === 0).length;
    it(`a lasso of strength ${expected.strength} leaves ${zeros} of four out, exactly`, async () => {
      const penalty = { kind: 'lasso', strength: expected.strength };
      for (const solver of ['auto', 'em']) {
        for (const fit of await regress(problems.mixed, { penalty }, {}, solver)) {
          const estimate = figures(fit.coefficients!, 'estimate');
          expect(fit.converged).toBe(true);
          expected.estimate.forEach((x, c) => {
            if (x === 0) expect(estimate[c]).toBe(0);
            else expectNear([estimate[c]], [x], terms[c], solver === 'em' ? 1e-7 : 1e-8);
          });
          expectNear([fit.logLikelihood!], [expected.logLikelihood], 'logLikelihood');
          expectNear([fit.regression!.dispersion], [expected.dispersion], 'dispersion');
          expect(fit.regression!.parameters).toBe(expected.parameters);
          expect(fit.regression!.information).toBeNull();
          for (const error of ['standardError', 'sandwichError', 'blockError']) {
            expect(figures(fit.coefficients!, error).every(Number.isNaN)).toBe(true);
          }
        }
      }
    });
  }

  for (const expected of by) {
    it(`coefficients by group are a ridge around common ones, at a spread of ${expected.spread}`, async () => {
      const pooling = { kind: 'gamma', spread: expected.spread };
      for (const fit of await regress(problems.mixed, { by: ['group'] }, { pooling })) {
        expect(words(fit.coefficients!, 'term')).toEqual([...terms, ...terms, ...terms, ...terms]);
        expect(words(fit.coefficients!, 'group')).toEqual(['', ...expected.groups].flatMap((g) => terms.map(() => g)));
        expectAgreement(fit, expected);
        expectNear([fit.regression!.dispersion], [expected.dispersion], 'dispersion');
      }
    });
  }
});
