import { describe, expect, it } from 'vitest';
import { fit, type Model, rowsOf, type Tables } from '../../../bindings/index.js';

const model = (covariates: string[], more: object = {}): Model => ({
  totals: { brick: ['brick'], value: 'sales' },
  exposure: { brick: ['brick'], entity: ['hcp'], value: 'visits' },
  entities: { entity: ['hcp'] },
  model: { productivity: { covariates, penalty: { kind: 'none' }, deviation: 0, ...more } },
});

const hcps = ['a', 'b', 'c', 'd', 'e', 'f'];
const x = [1, 2, 5, 3, 4, 9];
const z = [0, 1, 0, 1, 1, 0];

/** Bricks whose visits a function of brick and HCP gives; totals that follow exp(-1 + 0.2 x + 0.5 z), a little off. */
function tablesOf(visits: (brick: number, hcp: number) => number): Tables {
  const bricks = Array.from({ length: 60 }, (_, b) => `b${b}`);
  const rows = bricks.flatMap((brick, b) => hcps.map((hcp, h) => ({ brick, hcp, visits: visits(b, h), h })));
  const sales = bricks.map((brick, b) => {
    const mean = rows
      .filter((row) => row.brick === brick)
      .reduce((sum, row) => sum + row.visits * Math.exp(-1 + 0.2 * x[row.h] + 0.5 * z[row.h]), 0);
    return mean * (1 + 0.05 * Math.sin(7 * b));
  });
  return {
    totals: { brick: bricks, sales },
    exposure: {
      brick: rows.map((row) => row.brick),
      hcp: rows.map((row) => row.hcp),
      visits: rows.map((row) => row.visits),
    },
    entities: { hcp: hcps, x, z },
  };
}

const saysOf = (warnings: readonly { code: string; message: string }[]) =>
  warnings.filter(({ code }) => code === 'coefficient-not-identified').map(({ message }) => message);
const words = (name: string) =>
  `${name}: in every brick it goes together with what stands before it, so the totals cannot tell it; its coefficient is no finding. Leave it out, or let model.productivity.penalty be a ridge.`;

describe('coefficients that the totals cannot tell', () => {
  it('are named, and have no errors, where every brick has the same mix of entities', async () => {
    const result = await fit(
      tablesOf((b, h) => (1 + (b % 7)) * (1 + h)),
      model(['x']),
    );
    expect(saysOf(result.warnings)).toEqual([words('x')]);
    const rows = rowsOf(result.coefficients!);
    expect(rows.map(({ standardError, sandwichError }) => [standardError, sandwichError])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it('are those alone that go together: the first of two is told where the mix moves one way only', async () => {
    // x and z move with the share of the last three HCPs, and only with that
    const result = await fit(
      tablesOf((b, h) => (h < 3 ? 10 : 1 + (b % 7))),
      model(['x', 'z']),
    );
    expect(saysOf(result.warnings)).toEqual([words('z')]);
    const [, first, second] = rowsOf(result.coefficients!);
    expect(first.standardError).toBeGreaterThan(0);
    expect(second.standardError).toBeNull();
  });

  it('are not named where bricks differ, or where a penalty decides', async () => {
    const differ = await fit(
      tablesOf((b, h) => 1 + ((b * (h + 2) + h * h) % 11)),
      model(['x', 'z']),
    );
    expect(saysOf(differ.warnings)).toEqual([]);
    for (const { standardError } of rowsOf(differ.coefficients!)) expect(standardError).toBeGreaterThan(0);
    const ridge = { penalty: { kind: 'ridge', strength: 1 } };
    const held = await fit(
      tablesOf((b, h) => (1 + (b % 7)) * (1 + h)),
      model(['x'], ridge),
    );
    expect(saysOf(held.warnings)).toEqual([]);
  });
});
