import { checkOptions, type OptionsOf, real, seedRule, type ValuesOf, whole } from '../options.js';

/** The switches of `simulateHcp`: every range, default and help text. */
export const hcpOptions = {
  seed: seedRule,
  hcps: whole(400, 1, 1_000_000, 'HCPs (entities); at least one per brick'),
  bricks: whole(80, 1, 100_000, 'sales territories (bricks)'),
  tail: real(1.2, 0.3, 20, 'Pareto index of brick sizes: the smaller, the more of all HCPs work in a few bricks'),
  overlap: real(0.8, 0, 4, 'mean number of further bricks an HCP is drawn to beside the first; they lie next to it'),
  visits: real(12, 1, 10_000, 'mean visits to an HCP in the first brick; a quarter of that, at least 1, in the others'),
  spread: real(0, 0, 5, 'coefficient of variation of productivities around exp(X beta); 0: exactly exp(X beta)'),
  cellDispersion: real(1, 1, 1000, 'variance of a cell over its mean; 1: Poisson, above: gamma mixture'),
  brickDispersion: real(0, 0, 10, 'variance of a factor of mean 1 that all cells of a brick share; 0: none'),
  collinear: whole(0, 0, 100_000, 'groups of three HCPs in the same bricks with visits in near-constant proportion'),
  coldStart: real(0, 0, 1, 'share of HCPs (those in collinear groups aside) with a single visit'),
  regions: whole(0, 0, 1000, 'regions of HCPs, drawn whatever their bricks and specialties; 0: no such column'),
  regionSpread: real(0, 0, 5, 'coefficient of variation of a factor that HCPs of a region share (lognormal); 0: none'),
} as const;

export type HcpOptions = OptionsOf<typeof hcpOptions>;
export type HcpValues = ValuesOf<typeof hcpOptions>;

/** HCPs in a collinear group. */
export const groupSize = 3;

/** @throws InputError */
export function checkHcpOptions(options: HcpOptions): HcpValues {
  return checkOptions(hcpOptions, options, ({ hcps, bricks, collinear, regions, regionSpread }, refuse) => {
    const groups = Math.max(0, Math.floor((hcps - bricks) / groupSize));
    if (hcps < bricks) refuse('hcps', `at least the number of bricks (${bricks})`);
    else if (collinear > groups)
      refuse('collinear', `at most ${groups}: ${groupSize} HCPs a group, beside one HCP per brick`);
    if (regions === 0 && regionSpread > 0) refuse('regionSpread', '0 where there are no regions');
  });
}
