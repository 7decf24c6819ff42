import fc from 'fast-check';
import type { Engine, Fit, Model, Tables } from '../../bindings/index.js';
import { randomOf } from '../support/kernels.js';
import { modelOf, type Sketch, tablesOf } from './problems.js';
import { drawsOf, randomSketch } from './random.js';

/** Random problems of up to 40 bricks and 25 entities, often several components, with pooling groups. */
export const sketches = fc
  .record({ seed: fc.nat(), bricks: fc.integer({ min: 1, max: 40 }), entities: fc.integer({ min: 1, max: 25 }) })
  .map(({ seed, bricks, entities }): Sketch => {
    const draws = drawsOf(randomOf(seed));
    const sketch = randomSketch(draws, { bricks, entities, density: 0.02 + 0.4 * draws.uniform() });
    return { ...sketch, groups: Array.from({ length: entities }, () => `g${draws.whole(0, 2)}`) };
  });

export type ModelConfig = NonNullable<Model['model']>;
/** Every kind of pooling. */
export const models: fc.Arbitrary<ModelConfig> = fc.constantFrom<ModelConfig>(
  {},
  { pooling: { kind: 'gamma', groups: ['group'], spread: 0.5 } },
  { pooling: { kind: 'gamma', spread: 2, evidence: 'none' } },
  { pooling: { kind: 'gamma', spread: 0 } },
  { pooling: { kind: 'none' } },
);
export type SolverChoice = NonNullable<NonNullable<Model['fit']>['solver']>;
/** Every solver by name, and the choice left to the library. */
export const solverChoices: fc.Arbitrary<SolverChoice> = fc.constantFrom('auto', 'newton', 'lbfgs', 'em');
export const isGrouped = ({ pooling }: ModelConfig) => pooling?.kind === 'gamma' && pooling.groups !== undefined;

export const runs = { numRuns: 60, seed: 20240607 };
export const brief = { tolerance: 1e-8, maxPasses: 200 };

/** Fits a sketch. */
export function run(engine: Engine, sketch: Sketch, model: ModelConfig, options: Model['fit'] = brief): Promise<Fit> {
  const tables = tablesOf(sketch);
  const grouped = isGrouped(model);
  const given: Tables = grouped ? tables : { totals: tables.totals, exposure: tables.exposure };
  return engine.fit(given, modelOf(model, options, grouped));
}
