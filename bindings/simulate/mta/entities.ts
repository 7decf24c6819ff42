import { lognormalOf } from '../noise.js';
import { pickShare } from '../pick.js';
import { openStream, type Random } from '../random.js';
import { numbered } from '../tables.js';
import { type Campaign, coldWeeks } from './campaigns.js';
import { type MtaValues, mostCreatives } from './options.js';
import { streams } from './streams.js';

/** Who receives credit: a campaign, or a creative of one. */
export interface Entity {
  /** Among all: by medium, campaign, creative. */
  readonly number: number;
  readonly medium: number;
  /** Number of its campaign, and its own within that, from 0. */
  readonly campaign: number;
  readonly creative: number;
  /** Of the creative, or of the campaign where that has no other. */
  readonly name: string;
  /** By week, 1 where it runs: only where its campaign does. History weeks come first. */
  readonly running: Uint8Array;
  /** Its weight in the delivery of its campaign while it runs; they need not sum to 1. */
  readonly size: number;
  /** Contribution per unit of effective exposure, in currency, in the first week with totals. */
  readonly productivity: number;
  readonly coldStart: boolean;
}

/** Spread of creative sizes: coefficient of variation. */
const sizeSpread = 0.8;

/** Chance of a creative beside the first to be drawn a start of its own; else it starts with its campaign. */
const lateShare = 0.5;

/** Shortest run of a creative, as a share of the weeks in which its campaign runs. */
const shortestShare = 0.25;

/**
 * The entities, in the order of campaigns. The first creative of a campaign runs whenever the campaign does, so that no
 * delivery is left over; the others run for a part of that time.
 */
export function planEntities(values: MtaValues, campaigns: readonly Campaign[]): Entity[] {
  const { seed, creatives, creativeSpread, coldCreatives } = values;
  if (creatives === 1)
    return campaigns.map((campaign) => ({ ...campaign, campaign: campaign.number, creative: 0, size: 1 }));
  const entities = campaigns.flatMap((campaign) =>
    numbered(`${campaign.name}-`, creatives).map((name, creative): Entity => {
      const part = partOf(campaign.number, creative);
      const draw = openStream(seed, streams.creativePlans, part);
      return {
        number: campaign.number * creatives + creative,
        medium: campaign.medium,
        campaign: campaign.number,
        creative,
        name,
        size: lognormalOf(draw.normal(), sizeSpread),
        running: creative === 0 ? campaign.running : drawRun(values, campaign.running, draw),
        productivity:
          campaign.productivity * lognormalOf(openStream(seed, streams.creatives, part).normal(), creativeSpread),
        coldStart: campaign.coldStart,
      };
    }),
  );

  const open = entities.filter(
    ({ campaign, creative, coldStart }) =>
      creative > 0 && !coldStart && lastWeeks(values, campaigns[campaign]).length > 0,
  );
  const drawOf = ({ campaign, creative }: Entity) =>
    openStream(seed, streams.coldCreatives, partOf(campaign, creative));
  const cold = pickShare(
    open.map(({ number }) => number),
    coldCreatives,
    (number) => drawOf(entities[number]).uniform(),
  );
  for (const number of cold) {
    const draw = drawOf(entities[number]);
    draw.uniform(); // the one it was picked by
    const weeks = lastWeeks(values, campaigns[entities[number].campaign]);
    const running = new Uint8Array(entities[number].running.length);
    for (const week of weeks.slice(draw.integer(weeks.length))) running[week] = 1;
    entities[number] = { ...entities[number], running, coldStart: true };
  }
  return entities;
}

/** A creative's part of a stream: the same however many creatives there are. */
const partOf = (campaign: number, creative: number) => campaign * mostCreatives + creative;

/**
 * A run of weeks among those in which the campaign runs. It is drawn among weeks with totals alone, so that history
 * changes none of it: those that start with their campaign ran before as well.
 */
function drawRun({ history }: MtaValues, campaign: Uint8Array, draw: Random): Uint8Array {
  const running = new Uint8Array(campaign.length);
  const weeks = weeksFrom(history, campaign);
  const shortest = Math.ceil(shortestShare * weeks.length);
  const start = draw.uniform() < lateShare ? draw.integer(weeks.length - shortest + 1) : 0;
  const length = shortest + draw.integer(weeks.length - start - shortest + 1);
  if (start === 0) running.set(campaign.subarray(0, history));
  for (const week of weeks.slice(start, start + length)) running[week] = 1;
  return running;
}

/** Those of the last weeks in which a campaign runs. */
const lastWeeks = ({ history, weeks }: MtaValues, { running }: Campaign) =>
  weeksFrom(history + Math.max(0, weeks - coldWeeks), running);

const weeksFrom = (first: number, running: Uint8Array) =>
  Array.from(running.keys()).filter((week) => week >= first && running[week] === 1);
