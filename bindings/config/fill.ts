import {
  type CovariatesConfig,
  type Curve,
  type Curves,
  defaults,
  type Model,
  type Preset,
  type Scale,
} from './config.js';
import { fillPooling } from './fillPooling.js';
import { plainCurve } from './presets/plain.js';

/** A configuration with every default that bears on the numbers written out, presets as the plain curves they stand for. */
export function fillDefaults(model: Model) {
  const { effectiveExposure } = model;
  return {
    ...model,
    ...(effectiveExposure && {
      effectiveExposure: {
        ...effectiveExposure,
        curves: fillCurves(effectiveExposure.curves, effectiveExposure.by?.length ?? 0),
      },
    }),
    model: {
      family: model.model?.family ?? defaults.family,
      productivity: fillProductivity(model),
      pooling: fillPooling(model),
      blocks: model.output?.standardErrors ? fillBlocks(model, model.model?.blocks) : (model.model?.blocks ?? []),
    },
    fit: {
      solver: model.fit?.solver ?? defaults.solver,
      tolerance: model.fit?.tolerance ?? defaults.tolerance,
      maxPasses: model.fit?.maxPasses ?? defaults.maxPasses,
    },
    output: {
      ...model.output,
      format: model.output?.format ?? defaults.format,
      decimals: model.output?.decimals ?? defaults.decimals,
      standardErrors: model.output?.standardErrors ?? defaults.standardErrors,
    },
    seed: model.seed ?? defaults.seed,
  };
}

type FilledCovariates = { [K in keyof CovariatesConfig]-?: NonNullable<CovariatesConfig[K]> };

function fillProductivity(config: Model): 'free' | FilledCovariates {
  const { model } = config;
  const productivity = model?.productivity ?? defaults.productivity;
  if (productivity === 'free') return productivity;
  const spread = model?.pooling?.kind === 'gamma' ? model.pooling.spread : undefined;
  return {
    covariates: productivity.covariates,
    by: productivity.by ?? [],
    penalty: productivity.penalty ?? defaults.penalty,
    deviation: productivity.deviation ?? spread ?? defaults.spread,
    missing: productivity.missing ?? defaults.missing,
    blocks: fillBlocks(config, productivity.blocks ?? model?.blocks),
  };
}

/** The blocks given, else the time column of the totals. */
function fillBlocks({ effectiveExposure, exposure, totals }: Model, blocks: string[] | undefined): string[] {
  const time = effectiveExposure?.time;
  return blocks ?? (time === undefined ? [] : [totals.brick[exposure.brick.indexOf(time)]]);
}

function fillCurves(curves: Curves, depth: number): Curves {
  if (depth === 0) return fillCurve(plainCurve(curves as Curve | Preset));
  return Object.fromEntries(
    Object.entries(curves).map(([value, inner]) => [value, fillCurves(inner as Curves, depth - 1)]),
  );
}

function fillCurve(curve: Curve): Curve {
  const { normalize, shrink, lead, amplitude, of, order } = defaults;
  const adstock = curve.adstock ?? { kind: 'none' };
  const saturation = curve.saturation ?? { kind: 'none' };
  const scale = scaleOf(curve);
  return {
    adstock:
      adstock.kind === 'none'
        ? adstock
        : {
            ...adstock,
            ...(adstock.kind === 'kernel' && { lead: adstock.lead ?? lead }),
            ...((adstock.kind === 'geometricWindow' || adstock.kind === 'binomial') && {
              shrink: adstock.shrink ?? shrink,
            }),
            normalize: adstock.normalize ?? normalize,
          },
    saturation:
      saturation.kind === 'none'
        ? saturation
        : {
            ...saturation,
            ...(saturation.kind !== 'tanh' &&
              saturation.kind !== 'tanhBaseline' && { amplitude: saturation.amplitude ?? amplitude }),
            of: saturation.of ?? of,
          },
    scale: writtenOut(scale),
    order: curve.order ?? order,
  };
}

function writtenOut(scale: FullScale | number | null): Scale {
  if (scale === null) return 'none';
  if (typeof scale === 'number') return { kind: 'value', value: scale };
  const { kind, share, ...how } = scale;
  return kind === 'between' ? { kind, share, ...how } : { kind, ...how };
}

/** A scale in full: what is measured, of what, over which places and which periods. */
export interface FullScale {
  kind: 'max' | 'mean' | 'median' | 'between';
  /** Of the way from the smallest to the largest value; 1 for other kinds than `between`. */
  share: number;
  from: 'adstocked' | 'delivered';
  per: 'place' | 'curve';
  over: 'calendar' | 'totals';
}

/** The scale of a curve in full, a number that is given, or null where nothing is scaled. */
export function scaleOf({ scale, saturation }: Curve): FullScale | number | null {
  const { from, per, over } = defaults;
  const saturates = saturation !== undefined && saturation.kind !== 'none';
  // half saturation then is a share of the largest exposure; where frequency saturates exposure stays as it is
  const chosen = scale ?? (saturates && saturation.of !== 'frequency' ? 'max' : 'none');
  if (chosen === 'none') return null;
  if (chosen === 'max') return { kind: 'max', share: 1, from, per, over };
  if (chosen.kind === 'value') return chosen.value;
  const share = chosen.kind === 'between' ? chosen.share : 1;
  return {
    kind: chosen.kind,
    share,
    from: chosen.from ?? from,
    per: chosen.per ?? per,
    over: chosen.over ?? over,
  };
}
