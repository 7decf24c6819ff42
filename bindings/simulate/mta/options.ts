import { checkOptions, type OptionsOf, real, seedRule, type ValuesOf, whole } from '../options.js';
import { presets } from './media.js';

/** Creatives a campaign may have. */
export const mostCreatives = 1000;

/** The switches of `simulateMta`: every range, default and help text. */
export const mtaOptions = {
  seed: seedRule,
  media: whole(3, 1, presets.length, `media, in this order: ${presets.map(({ name }) => name).join(', ')}`),
  weeks: whole(104, 1, 1040, 'weeks with totals, from Monday 2023-01-02 on'),
  geos: whole(10, 1, 1000, 'geos; a brick is a medium, a week and a geo'),
  campaigns: whole(40, 1, 10_000, 'campaigns (entities), spread evenly over the media'),
  seasonality: real(
    0.3,
    0,
    1,
    'swing of delivery over the year, as a share of its mean; highest at the turn of the year',
  ),
  geoSpread: real(0.8, 0, 20, 'coefficient of variation of geo sizes, which scale delivery'),
  spread: real(0.4, 0, 5, "coefficient of variation of productivities around their medium's rate (lognormal)"),
  cellDispersion: real(10, 0, 10_000, 'variance of a cell over its mean, in currency (gamma); 0: no noise'),
  brickDispersion: real(0, 0, 10, 'variance of a factor of mean 1 that all cells of a brick share; 0: none'),
  collinear: whole(
    0,
    0,
    3333,
    'groups of three campaigns of a medium that always run together, within 1% of a constant ratio',
  ),
  drift: real(0, 0, 1, 'standard deviation of the weekly steps of log productivity (random walk); 0: constant'),
  coldStart: real(
    0,
    0,
    1,
    'share of campaigns (always-on firsts and collinear groups aside) that start in the last 4 weeks',
  ),
  history: whole(0, 0, 520, 'weeks of delivery before the first total'),
  platformSpread: real(
    0,
    0,
    5,
    'coefficient of variation of a factor that campaigns of a platform share (lognormal); 0: none',
  ),
  formatSpread: real(
    0,
    0,
    5,
    'coefficient of variation of a factor that campaigns of a format within a platform share (lognormal); 0: none',
  ),
  creatives: whole(
    1,
    1,
    mostCreatives,
    'creatives of each campaign, which share its delivery; above 1 they are the entities',
  ),
  creativeSpread: real(
    0,
    0,
    5,
    "coefficient of variation of creatives' productivities around their campaign's (lognormal); 0: none",
  ),
  coldCreatives: real(
    0,
    0,
    1,
    'share of creatives (firsts, and those of campaigns that pause or start then, aside) that start in the last 4 weeks',
  ),
} as const;

export type MtaOptions = OptionsOf<typeof mtaOptions>;
export type MtaValues = ValuesOf<typeof mtaOptions>;

/** Campaigns in a collinear group. */
export const groupSize = 3;

/** Weeks times geos times campaigns times creatives: what is simulated must fit in memory. */
const mostCells = 20_000_000;

/** Campaigns of each medium: as even as can be, more in the first media. */
export function campaignCounts({ campaigns, media }: Pick<MtaValues, 'campaigns' | 'media'>): number[] {
  return Array.from({ length: media }, (_, m) => Math.floor((campaigns + media - 1 - m) / media));
}

/** Collinear groups that fit in a medium beside its first campaign, which is always on. */
export const groupsWithin = (campaigns: number) => Math.floor((campaigns - 1) / groupSize);

/** @throws InputError */
export function checkMtaOptions(options: MtaOptions): MtaValues {
  return checkOptions(mtaOptions, options, (values, refuse) => {
    const { media, campaigns, weeks, history, geos, collinear, creatives } = values;
    if (campaigns < media) return refuse('campaigns', `at least the number of media (${media})`);
    const most = Math.floor(mostCells / (geos * (weeks + history)));
    const mostEach = Math.floor(mostCells / (geos * (weeks + history) * campaigns));
    if (campaigns > most) refuse('campaigns', `at most ${most} with so many weeks and geos`);
    else if (creatives > mostEach) refuse('creatives', `at most ${mostEach} with so many weeks, geos and campaigns`);
    for (const name of ['creativeSpread', 'coldCreatives'] as const) {
      if (creatives === 1 && values[name] > 0) refuse(name, '0 where campaigns have one creative');
    }
    const groups = campaignCounts(values).reduce((sum, count) => sum + groupsWithin(count), 0);
    if (collinear > groups) {
      refuse('collinear', `at most ${groups}: ${groupSize} campaigns a group, beside the first of each medium`);
    }
  });
}
