import { lognormalOf } from '../noise.js';
import { pickShare } from '../pick.js';
import { openStream, type Random } from '../random.js';
import { numbered } from '../tables.js';
import { formatFactor, platformFactor } from './groups.js';
import { type Medium, presets } from './media.js';
import { campaignCounts, groupSize, groupsWithin, type MtaValues } from './options.js';
import { streams } from './streams.js';

/** A campaign, its plan and its truth. */
export interface Campaign {
  /** Number of the medium, and of the campaign among all: by medium, then name. */
  readonly medium: number;
  readonly number: number;
  readonly name: string;
  /** The first of its medium: it runs in every week and geo. */
  readonly first: boolean;
  readonly platform: string;
  readonly format: string;
  readonly objective: string;
  /** By week, 1 where the campaign runs. History weeks come first. */
  readonly running: Uint8Array;
  /** Impressions a week in a geo of size 1. */
  readonly impressions: number;
  /** Contribution per unit of effective exposure, in currency, in the first week with totals. */
  readonly productivity: number;
  /** Of its productivity: what it has beside the medium's rate and the factors of platform and format. */
  readonly factor: number;
  /** Whose delivery it follows; its own number unless in a collinear group. */
  readonly leader: number;
  /** Number of its collinear group, from 1; 0: none. */
  readonly group: number;
  readonly coldStart: boolean;
}

const objectives = ['awareness', 'consideration', 'sales'];

/** Weeks before the end in which cold starts begin. */
export const coldWeeks = 4;

/** Spread of campaign sizes: coefficient of variation. */
const sizeSpread = 0.8;

/** All campaigns, by medium; the first of each medium is always on, so that no brick goes without exposure. */
export function planCampaigns(values: MtaValues): Campaign[] {
  const { seed, spread, coldStart } = values;
  const campaigns: Campaign[] = [];
  const groups = groupCounts(values);
  let groupsBefore = 0;
  campaignCounts(values).forEach((count, m) => {
    const medium = presets[m];
    const names = numbered(`${medium.name}-`, count);
    const grouped = count - groups[m] * groupSize;
    const start = campaigns.length;
    for (let c = 0; c < count; c++) {
      const number = start + c;
      const traits = openStream(seed, streams.traits, number);
      const place = Math.max(0, c - grouped);
      const inGroup = c >= grouped;
      const platform = traits.integer(medium.platforms.length);
      const format = traits.integer(medium.formats.length);
      const factor = lognormalOf(openStream(seed, streams.productivity, number).normal(), spread);
      const shared = platformFactor(values, m, platform) * formatFactor(values, m, platform, format);
      campaigns.push({
        medium: m,
        number,
        name: names[c],
        first: c === 0,
        platform: medium.platforms[platform],
        format: medium.formats[format],
        objective: objectives[traits.integer(objectives.length)],
        running: drawFlights(values, medium, number, c === 0),
        impressions: medium.impressions * lognormalOf(traits.normal(), sizeSpread),
        productivity: medium.rate * factor * shared,
        factor,
        leader: inGroup ? start + grouped + place - (place % groupSize) : number,
        group: inGroup ? groupsBefore + 1 + Math.floor(place / groupSize) : 0,
        coldStart: false,
      });
    }
    groupsBefore += groups[m];
  });

  const open = campaigns.filter(({ first, group }) => !first && group === 0);
  const cold = pickShare(
    open.map(({ number }) => number),
    coldStart,
    (number) => openStream(seed, streams.coldStart, number).uniform(),
  );
  for (const number of cold) {
    campaigns[number] = { ...campaigns[number], running: lateStart(values, number), coldStart: true };
  }
  return campaigns.map((campaign) => ({ ...campaign, running: campaigns[campaign.leader].running }));
}

/** Collinear groups of each medium, handed out in turn. */
function groupCounts(values: MtaValues): number[] {
  const room = campaignCounts(values).map(groupsWithin);
  const counts = room.map(() => 0);
  for (let m = 0, left = values.collinear; left > 0; m = (m + 1) % counts.length) {
    if (counts[m] === room[m]) continue;
    counts[m]++;
    left--;
  }
  return counts;
}

/** Up to four bursts with pauses between them, or all weeks. History has a plan of its own, so it changes no other. */
function drawFlights(
  { seed, weeks, history }: MtaValues,
  medium: Medium,
  campaign: number,
  first: boolean,
): Uint8Array {
  const running = new Uint8Array(history + weeks);
  const draw = openStream(seed, streams.flights, campaign);
  if (draw.uniform() < medium.alwaysOn || first) return running.fill(1);
  const shortest = Math.min(medium.burst[0], weeks);
  let at = history + draw.integer(weeks - shortest + 1);
  for (let left = 1 + draw.integer(4); left > 0 && at < running.length; left--) {
    at = runBurst(running, at, running.length, medium, draw);
    at += 2 + draw.integer(9);
  }
  const before = openStream(seed, streams.historyFlights, campaign);
  if (history > 0 && before.uniform() < 0.5) runBurst(running, before.integer(history), history, medium, before);
  return running;
}

function runBurst(running: Uint8Array, start: number, limit: number, { burst }: Medium, draw: Random): number {
  const end = start + burst[0] + draw.integer(burst[1] - burst[0] + 1);
  running.fill(1, start, Math.min(end, limit));
  return end;
}

function lateStart({ seed, weeks, history }: MtaValues, campaign: number): Uint8Array {
  const draw = openStream(seed, streams.coldStart, campaign);
  draw.uniform(); // the one it was picked by
  const late = 1 + draw.integer(Math.min(coldWeeks, weeks));
  return new Uint8Array(history + weeks).fill(1, history + weeks - late);
}
