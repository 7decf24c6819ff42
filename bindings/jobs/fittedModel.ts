import type { Model } from '../config/config.js';
import type { Shaping } from '../exposure/effective.js';
import type { ComponentFit } from '../infer/fitPanel.js';
import { commonRate, type Productivities } from '../infer/productivity.js';
import type { Problem } from '../problem/compile.js';
import type { KeySet } from '../tables/keys.js';
import type { Rows } from '../tables/read.js';
import type { GroupRates } from './groupRates.js';

/** What a fit remembers to split other bricks by. */
export interface FittedModel {
  readonly entities: KeySet;
  readonly productivities: Productivities;
  /** Component of each entity; -1 for one without exposure. */
  readonly componentOf: Int32Array;
  /** Common rate of each component: NaN where nothing could be learned, 0 where all totals were zero. */
  readonly rates: Float64Array;
  /** Summed exposure of each component's fitted bricks. */
  readonly exposures: Float64Array;
  readonly shaping: Shaping | undefined;
  readonly config: Model;
  /** With covariates: what they say of the entities of other tables, over the common rate. */
  readonly predict: Predict | null;
  /** With pooling groups: what those of an entity say of it. */
  readonly groupRates: ((rows: Pick<Rows, 'groups' | 'tree'>) => GroupRates) | null;
}

type Predict = (rows: Pick<Rows, 'covariates' | 'own' | 'entities'>, used: Uint8Array) => Float64Array;

/** Keeps of a fit what other bricks need, and lets go of its data. */
export function fittedModel(
  problem: Problem,
  fits: readonly ComponentFit[],
  productivities: Productivities,
  shaping: Shaping | undefined,
  config: Model,
  predict: Predict | null,
  groupRates: FittedModel['groupRates'],
): FittedModel {
  const { rows, panel, componentOf } = problem;
  const rates = new Float64Array(fits.length);
  const exposures = new Float64Array(fits.length);
  fits.forEach((fit, c) => {
    rates[c] = commonRate(problem, c, fit);
    let sum = 0;
    for (let j = panel.segments[panel.bricks[c]]; j < panel.segments[panel.bricks[c + 1]]; j++)
      sum += panel.exposure[j];
    exposures[c] = sum * panel.exposureScale[c];
  });
  return {
    // tables of the result have the same texts, and those are the caller's
    entities: { ...rows.entities, values: rows.entities.values.map((texts) => texts.slice()) },
    productivities,
    componentOf,
    rates,
    exposures,
    shaping,
    config,
    predict,
    groupRates,
  };
}
