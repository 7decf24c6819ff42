import { type Curve, defaults } from '../../config/config.js';
import type { DictionaryColumn } from '../../tables/tables.js';
import type { CurveInUse, EffectiveExposure } from '../exposure.js';
import { type CarryOver, carryOverOf, type Response, responseOf } from './facts.js';
import { periodName } from './words.js';

/** What the page's script draws: figures to six digits. */
export interface PageFigures {
  /** What a period is called. */
  readonly periods: readonly [one: string, many: string];
  /** Of the points of the totals over time. */
  readonly times: readonly string[];
  readonly curves: readonly PageCurve[];
}

export interface PageCurve {
  readonly response: {
    readonly x: readonly number[];
    readonly y: readonly number[];
    /** 1 where the point is a datum. */
    readonly data: readonly number[];
    readonly half: number | null;
    readonly xLabel: string;
    readonly yLabel: string;
  };
  readonly carryOver: { readonly first: number; readonly shares: readonly number[] };
  /** Null in periods without a total. */
  readonly totals: { readonly delivered: readonly (number | null)[]; readonly effective: readonly (number | null)[] };
}

/** A curve with all that the page says of it. */
export interface CurveFacts extends CurveInUse {
  readonly name: string;
  readonly carryOver: CarryOver;
  readonly response: Response;
  readonly totals: CurveTotals;
}

/** Sums over entities and places, of periods or of so many together. */
interface CurveTotals {
  readonly delivered: Float64Array;
  readonly effective: Float64Array;
  /** 1 where there is a total. */
  readonly hasTotal: Uint8Array;
}

const mostTimes = 1500; // points that can be told apart in a chart

/** Periods to a point of the totals over time. */
export const periodsTogether = ({ periods }: EffectiveExposure): number => Math.ceil(periods.length / mostTimes) || 1;

/** The facts of every curve in use, in their order. */
export function factsOf(result: EffectiveExposure): CurveFacts[] {
  const totals = totalsOf(result);
  return result.curves.map((used, c) => ({
    ...used,
    name: used.by.length > 0 ? used.by.join(' / ') : 'all exposure',
    carryOver: carryOverOf(used.curve.adstock ?? { kind: 'none' }, Math.max(1, result.periods.length)),
    response: responseOf(used.curve, used.scaled),
    totals: totals[c],
  }));
}

/** Sums of the table by curve and period. */
function totalsOf(result: EffectiveExposure): CurveTotals[] {
  const { table, model, periods, curves } = result;
  const together = periodsTogether(result);
  const points = Math.ceil(periods.length / together);
  const sums = curves.map(() => ({
    delivered: new Float64Array(points),
    effective: new Float64Array(points),
    hasTotal: new Uint8Array(points),
  }));
  const { time, by = [] } = model.effectiveExposure ?? {};
  if (time === undefined) return sums;
  // the table calls brick columns what the totals call them
  const column = (name: string) => {
    const part = model.exposure.brick.indexOf(name);
    return table.columns[part >= 0 ? model.totals.brick[part] : name] as DictionaryColumn;
  };
  const times = column(time);
  const order = new Map(periods.map((text, p) => [text, p]));
  const pointOf = Int32Array.from({ length: times.values.length }, (_, code) =>
    Math.floor((order.get(times.values[code]) ?? -1) / together),
  );
  const keys = by.map(column);
  const curveOf = new Map(curves.map((used, c) => [JSON.stringify(used.by), c]));
  let last = ''; // rows of one curve come in runs
  let curve = curveOf.get('[]') ?? -1;
  const { delivered, exposure } = table.columns;
  for (let r = 0; r < table.rows; r++) {
    if (keys.length > 0) {
      let codes = '';
      for (const key of keys) codes += `${key.codes[r]} `;
      if (codes !== last) curve = curveOf.get(JSON.stringify(keys.map((key) => key.values[key.codes[r]]))) ?? -1;
      last = codes;
    }
    const point = pointOf[times.codes[r]];
    if (curve < 0 || point < 0) continue;
    sums[curve].delivered[point] += delivered[r];
    sums[curve].effective[point] += exposure[r];
    sums[curve].hasTotal[point] = 1;
  }
  return sums;
}

const brief = (x: number): number => Number(x.toPrecision(6));
const briefly = (values: ArrayLike<number>): number[] => Array.from(values, brief);

/** What is drawn of some curves. */
export function figuresOf(result: EffectiveExposure, drawn: readonly CurveFacts[]): PageFigures {
  const together = periodsTogether(result);
  return {
    periods: periodName(result.step),
    times: result.periods.filter((_, p) => p % together === 0),
    curves: drawn.map(({ curve, carryOver, response, totals }) => {
      const seen = (values: Float64Array) =>
        Array.from(values, (x, point) => (totals.hasTotal[point] ? brief(x) : null));
      return {
        response: {
          x: briefly(response.x),
          y: briefly(response.y),
          data: Array.from(response.isData),
          half: response.half && brief(response.half.x),
          ...labelsOf(curve),
        },
        carryOver: { first: carryOver.first, shares: briefly(carryOver.shares) },
        totals: { delivered: seen(totals.delivered), effective: seen(totals.effective) },
      };
    }),
  };
}

function labelsOf({ saturation = { kind: 'none' }, order = defaults.order }: Curve) {
  const of: string = 'of' in saturation ? (saturation.of ?? defaults.of) : defaults.of;
  if (of === 'frequency') return { xLabel: 'frequency', yLabel: 'response per reach' };
  const what = order === 'saturationFirst' ? 'scaled exposure' : 'scaled exposure, carried over';
  return { xLabel: what, yLabel: 'response' };
}
