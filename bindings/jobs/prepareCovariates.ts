import { show } from '../base/errors.js';
import type { Faults } from '../base/faults.js';
import type { Model } from '../config/config.js';
import { fillDefaults } from '../config/fill.js';
import { parseFormula } from '../config/formula.js';
import { blocksOf } from '../problem/blocks.js';
import type { Problem } from '../problem/compile.js';
import { compileDesign, type Design, type Missing } from '../regression/design.js';
import type { Predictors } from '../regression/fitCoefficients.js';
import { findAliased, standardise } from '../regression/standardise.js';
import { refuseMissing } from '../tables/covariates.js';

/** Covariates of a problem, ready to be fitted. */
export interface PreparedCovariates {
  readonly design: Design;
  readonly missing: Missing;
  readonly predictors: Predictors;
  /** Names of the groups that have coefficients of their own. */
  readonly groups: readonly string[];
  /** What tells them apart. */
  readonly groupKeys: readonly string[];
  /** Columns that a single entity has: its coefficient is that entity's alone. */
  readonly rare: readonly string[];
}

const path = 'model.productivity';

/** The design matrix of a problem whose components are one; null without covariates. What cannot be told apart is a fault. */
export function prepareCovariates(faults: Faults, problem: Problem, config: Model): PreparedCovariates | null {
  const { productivity } = fillDefaults(config).model;
  if (productivity === 'free') return null;
  const { rows, panel, componentOf } = problem;
  const used = Uint8Array.from(componentOf, (c) => (c >= 0 ? 1 : 0));
  const terms = productivity.covariates.flatMap(parseFormula);
  const design = compileDesign(faults, terms, rows.covariates, used, productivity.missing, path);
  if (productivity.missing === 'refuse') {
    for (const part of rows.own?.parts ?? []) {
      if (rows.covariates.has(part.name)) continue; // said already
      refuseMissing(faults, part, used, `Fill it in, leave the entity out, or set ${path}.missing to "indicate".`);
    }
  }
  faults.throwIfAny();
  const width = design.columns.length;
  const picked = new Float64Array(panel.entity.length * width);
  panel.entity.forEach((e, k) => {
    picked.set(design.values.subarray(e * width, (e + 1) * width), k * width);
  });

  const exposure = new Float64Array(panel.entity.length);
  panel.column.forEach((k, j) => {
    exposure[k] += panel.exposure[j];
  });
  for (const { column, of } of findAliased(standardise(picked, width, exposure), exposure)) {
    const name = design.columns[column].name;
    const why =
      of.length === 0
        ? 'the same for every entity with exposure'
        : `a combination of ${of.map((c) => show(design.columns[c].name)).join(', ')}`;
    faults.add(
      'aliased',
      `${path}.covariates`,
      `expected columns that the data can tell apart, got ${show(name)}, which is ${why}. Leave one out.`,
    );
  }
  const rare = design.columns.flatMap(({ name, pieces }, c) => {
    if (!pieces.some(({ kind }) => kind === 'category')) return [];
    let count = 0;
    for (let k = 0; k < panel.entity.length; k++) if (picked[k * width + c] !== 0) count++;
    return count === 1 ? [name] : [];
  });
  const own = rows.own && groupsInUse(problem, rows.own.of);
  return {
    design,
    missing: productivity.missing,
    predictors: {
      rows: picked,
      width,
      groupOf: own && panel.entity.map((e) => own.place[rows.own!.of[e]]),
      groups: own?.used.length ?? 0,
      blockOf: blocksOf(problem, productivity.blocks),
    },
    groups: own?.used.map((g) => rows.own!.names[g]) ?? [],
    groupKeys: own?.used.map((g) => rows.own!.keys[g]) ?? [],
    rare,
  };
}

/** Groups of entities with exposure, and the place of each group among them. */
function groupsInUse({ panel }: Problem, of: Uint32Array): { used: number[]; place: Int32Array } {
  const used = [...new Set(Array.from(panel.entity, (e) => of[e]))].sort((a, b) => a - b);
  const place = new Int32Array(of.reduce((most, g) => Math.max(most, g), 0) + 1).fill(-1);
  used.forEach((g, i) => {
    place[g] = i;
  });
  return { used, place };
}
