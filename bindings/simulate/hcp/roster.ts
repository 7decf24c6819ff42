import { expOf } from '../../math/exp.js';
import { logOf } from '../../math/log.js';
import { lognormalOf } from '../noise.js';
import { openStream } from '../random.js';
import type { HcpValues } from './options.js';
import type { Regions } from './regions.js';
import { streams } from './streams.js';

/** Specialties: share of all HCPs, and coefficient beside the first. */
const specialties = [
  { name: 'general practice', share: 0.45, coefficient: 0 },
  { name: 'internal medicine', share: 0.25, coefficient: 0.25 },
  { name: 'cardiology', share: 0.12, coefficient: 0.6 },
  { name: 'dermatology', share: 0.1, coefficient: -0.5 },
  { name: 'oncology', share: 0.08, coefficient: 0.9 },
] as const;

const intercept = -2;
const perDecade = 0.1;
const perLogPotential = 0.5;

/** Mean and standard deviation of the logarithm of the potential: median 20 patients, a tenth above 63. */
const potentialLog = { mean: 3, deviation: 0.9 };

export const specialtyNames = specialties.map(({ name }) => name);

/** What is known of HCPs, and their true productivity: sales per visit. One entry each. */
export interface Roster {
  readonly specialty: readonly number[];
  /** Years, 1 to 40. */
  readonly seniority: readonly number[];
  /** Patients a quarter who could be treated. */
  readonly potential: readonly number[];
  readonly productivity: readonly number[];
}

/** The terms of log productivity = X beta, with their true coefficients, in the order they are added. */
export const coefficients: readonly (readonly [term: string, value: number])[] = [
  ['intercept', intercept],
  ...specialties.slice(1).map(({ name, coefficient }) => [`specialty: ${name}`, coefficient] as const),
  ['seniority / 10', perDecade],
  ['log(1 + potential)', perLogPotential],
];

/** HCPs drawn one by one; productivity follows from what the table of HCPs says, its region's factor, and `spread`. */
export function drawRoster({ seed, hcps, spread }: HcpValues, { region, factor }: Regions): Roster {
  const roster = { specialty: [], seniority: [], potential: [], productivity: [] } as Record<keyof Roster, number[]>;
  for (let h = 0; h < hcps; h++) {
    const traits = openStream(seed, streams.traits, h);
    const specialty = pickSpecialty(traits.uniform());
    const seniority = 1 + traits.integer(40);
    const potential = Math.floor(expOf(potentialLog.mean + potentialLog.deviation * traits.normal()));
    const score =
      intercept +
      specialties[specialty].coefficient +
      perDecade * (seniority / 10) +
      perLogPotential * logOf(1 + potential);
    roster.specialty.push(specialty);
    roster.seniority.push(seniority);
    roster.potential.push(potential);
    const own = lognormalOf(openStream(seed, streams.spread, h).normal(), spread);
    roster.productivity.push(expOf(score) * own * (region.length > 0 ? factor[region[h]] : 1));
  }
  return roster;
}

function pickSpecialty(drawn: number): number {
  let left = drawn;
  for (let s = 0; s < specialties.length - 1; s++) {
    left -= specialties[s].share;
    if (left < 0) return s;
  }
  return specialties.length - 1;
}
