import { openStream } from '../../bindings/simulate/random.js';

// Delivery in the common ad-report layout, drawn with a seed: one row per day and campaign.

export interface Ad {
  readonly day: number;
  readonly platform: string;
  readonly campaign: string;
  readonly geo: string;
  readonly impressions: number;
}

export interface AdsOptions {
  readonly seed: number;
  /** The first day, a Monday. */
  readonly from: string;
  readonly weeks: number;
  readonly platforms: readonly string[];
  readonly campaigns: number;
  readonly geos?: readonly string[];
}

export const dayOf = (date: string): number => Date.parse(date) / 86_400_000;
export const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** Campaigns of uneven size that come and go; every platform runs in every week. */
export function drawAds({ seed, from, weeks, platforms, campaigns, geos = [''] }: AdsOptions): Ad[] {
  const ads: Ad[] = [];
  platforms.forEach((platform, p) => {
    for (let c = 0; c < campaigns; c++) {
      geos.forEach((geo, g) => {
        const draw = openStream(seed, p, c * geos.length + g);
        const size = 500 * (1 + c) * (1 + g) * (0.5 + draw.uniform());
        for (let week = 0; week < weeks; week++) {
          const runs = c === 0 || draw.uniform() < 0.6;
          const swing = 0.3 + 1.7 * draw.uniform();
          for (let day = 0; day < 7; day++) {
            const impressions = Math.floor(size * swing * (0.5 + draw.uniform()));
            if (runs) {
              ads.push({
                day: dayOf(from) + week * 7 + day,
                platform,
                campaign: `${platform}-${c + 1}`,
                geo,
                impressions,
              });
            }
          }
        }
      });
    }
  });
  return ads;
}

/** The delivery as CSV: date_day, platform, campaign_id, campaign_name, [geo], clicks, impressions, spend. */
export function adReport(ads: readonly Ad[], { geo = false } = {}): string {
  const names = [...new Set(ads.map(({ campaign }) => campaign))];
  const rows = ads.map((ad) => [
    dateOf(ad.day),
    ad.platform,
    1000 + names.indexOf(ad.campaign),
    ad.campaign,
    ...(geo ? [ad.geo] : []),
    Math.floor(ad.impressions / 50),
    ad.impressions,
    ad.impressions / 130,
  ]);
  const header = ['date_day', 'platform', 'campaign_id', 'campaign_name', ...(geo ? ['geo'] : [])];
  return csv([[...header, 'clicks', 'impressions', 'spend'], ...rows]);
}

export const csv = (rows: readonly (readonly (string | number)[])[]): string =>
  `${rows.map((row) => row.join(',')).join('\n')}\n`;

/** Impressions of a platform (in a geo) in each week from `from` on. */
export function weekly(ads: readonly Ad[], from: string, weeks: number, platform: string, geo?: string): number[] {
  const sums = new Array<number>(weeks).fill(0);
  for (const ad of ads) {
    const week = Math.floor((ad.day - dayOf(from)) / 7);
    const here = ad.platform === platform && (geo === undefined || ad.geo === geo);
    if (here && week >= 0 && week < weeks) sums[week] += ad.impressions;
  }
  return sums;
}
