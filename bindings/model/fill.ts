import { type Curve, type Curves, defaults, type Model } from './config.js';

/** A configuration with every default that bears on the numbers written out. */
export function fillDefaults(model: Model) {
  const pooling = model.model?.pooling ?? { kind: defaults.pooling };
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
      productivity: model.model?.productivity ?? defaults.productivity,
      pooling:
        pooling.kind === 'none'
          ? pooling
          : {
              kind: pooling.kind,
              groups: pooling.groups ?? [],
              spread: pooling.spread ?? defaults.spread,
              evidence: pooling.evidence ?? defaults.evidence,
            },
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
    },
    seed: model.seed ?? defaults.seed,
  };
}

function fillCurves(curves: Curves, depth: number): Curves {
  if (depth === 0) return fillCurve(curves as Curve);
  return Object.fromEntries(
    Object.entries(curves).map(([value, inner]) => [value, fillCurves(inner as Curves, depth - 1)]),
  );
}

function fillCurve({ adstock, saturation, scale }: Curve): Curve {
  const saturates = saturation && saturation.kind !== 'none';
  return {
    adstock: adstock ?? { kind: 'none' },
    saturation: saturates ? { ...saturation, of: saturation.of ?? 'medium' } : { kind: 'none' },
    scale: scale ?? (saturates ? 'max' : 'none'),
  };
}
