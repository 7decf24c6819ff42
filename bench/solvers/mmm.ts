import { openStream, type Random } from '../../bindings/simulate/random.js';
import { type Panel, withTotals } from './panel.js';

/** Size of a media panel: a brick is a week in a geo, an entity a campaign; campaigns belong to platform plans. */
export interface MediaSize {
  readonly plans: number;
  readonly campaignsPerPlan: number;
  readonly weeks: number;
  readonly geos: number;
}

const wiggle = 0.3; // how far a campaign strays from its plan, in logarithms: gives six plans condition number 53

/**
 * Weekly contributions of a medium, to be shared among its campaigns: Hill curves of adstocked flights. Each platform
 * plans bursts of weeks; its campaigns share the plan's budget, straying from it by little, so within a plan they are
 * nearly collinear. Carry-over makes nearly every campaign present in every brick after its first flight.
 */
export function mmm({ plans, campaignsPerPlan, weeks, geos }: MediaSize, seed: number): Panel {
  const campaigns = plans * campaignsPerPlan;
  const bricks = weeks * geos;
  const dense = new Float64Array(bricks * campaigns);
  for (let p = 0; p < plans; p++) {
    const random = openStream(seed, 1, p);
    const budget = flights(random, weeks);
    const geoSize = Float64Array.from({ length: geos }, () => Math.exp(0.6 * random.normal()));
    const decay = 0.3 + 0.5 * random.uniform();
    const half = 0.3 + 0.4 * random.uniform();
    const slope = 1 + 0.6 * random.uniform();
    for (let k = 0; k < campaignsPerPlan; k++) {
      const own = openStream(seed, 2, p * campaignsPerPlan + k);
      const part = Math.exp(0.5 * own.normal());
      const spend = (week: number, geo: number) => part * budget[week] * geoSize[geo] * Math.exp(wiggle * own.normal());
      addCampaign(dense, p * campaignsPerPlan + k, { campaigns, weeks, geos }, spend, { decay, half, slope, part });
    }
  }
  return withTotals(withoutZeros(dense, bricks, campaigns), 0.6, 8, seed);
}

/** Budget of a plan by week: bursts of about six weeks, breaks of about four, the first within the first weeks. */
function flights(random: Random, weeks: number): Float64Array {
  const budget = new Float64Array(weeks);
  let on = random.uniform() < 0.5;
  let level = 1;
  for (let t = 0; t < weeks; t++) {
    if (random.uniform() < (on ? 1 / 6 : 1 / 4)) {
      on = !on;
      level = Math.exp(0.4 * random.normal());
    }
    if (on) budget[t] = level * Math.exp(0.2 * random.normal());
  }
  return budget;
}

interface Shape {
  readonly decay: number;
  readonly half: number;
  readonly slope: number;
  readonly part: number;
}

/** Adstock by geo over the weeks, then Hill of what it is of its largest value, in the size of the campaign. */
function addCampaign(
  dense: Float64Array,
  campaign: number,
  { campaigns, weeks, geos }: { campaigns: number; weeks: number; geos: number },
  spend: (week: number, geo: number) => number,
  { decay, half, slope, part }: Shape,
): void {
  const carried = new Float64Array(geos * weeks);
  let largest = 0;
  for (let g = 0; g < geos; g++) {
    for (let t = 0, adstock = 0; t < weeks; t++) {
      adstock = spend(t, g) + decay * adstock;
      carried[t * geos + g] = adstock;
      if (adstock > largest) largest = adstock;
    }
  }
  for (let b = 0; b < carried.length; b++) {
    if (carried[b] === 0) continue;
    const power = (carried[b] / largest / half) ** slope;
    dense[b * campaigns + campaign] = (part * power) / (1 + power);
  }
}

/** Full rows as segments; zeros (weeks before a first flight) are left out, and bricks that have nothing else. */
function withoutZeros(dense: Float64Array, rows: number, entities: number) {
  const exposures = dense.reduce((count, w) => (w > 0 ? count + 1 : count), 0);
  const column = new Uint32Array(exposures);
  const exposure = new Float64Array(exposures);
  const ends = [0];
  let at = 0;
  for (let b = 0; b < rows; b++) {
    for (let h = 0; h < entities; h++) {
      const w = dense[b * entities + h];
      if (!(w > 0)) continue;
      column[at] = h;
      exposure[at++] = w;
    }
    if (at > ends[ends.length - 1]) ends.push(at);
  }
  return { segments: Uint32Array.from(ends), column, exposure, entities };
}
