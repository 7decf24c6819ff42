import type { Tables } from '../../../bindings/index.js';
import { randomOf } from '../../support/kernels.js';

const sizes = { creatives: 5000, campaigns: 250, formats: 40, platforms: 12, media: 4, bricks: 600 };

/** Five levels: medium, platform, format, campaign, creative. Entities are creatives, numbered from 0. */
export interface LargeProblem {
  readonly totals: Float64Array;
  /** Exposures, brick after brick. */
  readonly brick: Uint32Array;
  readonly creative: Uint32Array;
  readonly exposure: Float64Array;
  /** The campaign of each creative; `levelsOf` says what is above it. */
  readonly campaign: Uint32Array;
}

/** The levels above a creative of this campaign, as texts. */
export function levelsOf(campaign: number): { medium: string; platform: string; format: string; campaign: string } {
  const format = campaign % sizes.formats;
  const platform = format % sizes.platforms;
  return {
    medium: `m${platform % sizes.media}`,
    platform: `p${platform}`,
    format: `f${format}`,
    campaign: `c${campaign}`,
  };
}

/**
 * One component of 5,000 creatives and 600 bricks of 20 to 40 exposures: many creatives are in one brick only and tiny
 * there, a few are in hundreds. The same as make_large in reference.py, draw for draw; only sums, products and floors,
 * so bit for bit.
 */
export function largeProblem(seed: number): LargeProblem {
  const random = randomOf(seed);
  const draw = (count: number, least: number, width: number) =>
    Array.from({ length: count }, () => least + width * random());
  const media = draw(sizes.media, 0.5, 1.5);
  const platforms = draw(sizes.platforms, 0.6, 0.9);
  const formats = draw(sizes.formats, 0.7, 0.7);
  const campaigns = draw(sizes.campaigns, 0.5, 1.2);
  const campaign = new Uint32Array(sizes.creatives);
  const productivity = new Float64Array(sizes.creatives);
  for (let h = 0; h < sizes.creatives; h++) {
    const c = Math.floor(random() * sizes.campaigns);
    const f = c % sizes.formats;
    const p = f % sizes.platforms;
    const m = p % sizes.media;
    campaign[h] = c;
    productivity[h] = media[m] * platforms[p] * formats[f] * campaigns[c] * (0.25 + 1.5 * random());
  }

  const totals = new Float64Array(sizes.bricks);
  const brick: number[] = [];
  const creative: number[] = [];
  const exposure: number[] = [];
  const large = () => (1 + Math.floor(random() * 2000)) / 8;
  const tiny = () => (1 + Math.floor(random() * 100)) / 64;
  for (let b = 0; b < sizes.bricks; b++) {
    const members = new Map<number, number>();
    const add = (h: number, w: number) => members.has(h) || members.set(h, w);
    // everyone is at home in one brick; most are tiny there
    for (let h = b; h < sizes.creatives; h += sizes.bricks) members.set(h, h < sizes.bricks ? large() : tiny());
    add((b + 1) % sizes.bricks, large()); // bricks hang together
    const extra = 11 + Math.floor(random() * 21);
    for (let k = 0; k < extra; k++) {
      const x = random();
      const w = large();
      add(Math.floor(x * x * x * sizes.creatives), w);
    }
    let fitted = 0;
    for (const [h, w] of members) {
      fitted += w * productivity[h];
      brick.push(b);
      creative.push(h);
      exposure.push(w);
    }
    totals[b] = Math.floor(fitted * (0.5 + random()) + 0.5);
  }
  return {
    totals,
    brick: Uint32Array.from(brick),
    creative: Uint32Array.from(creative),
    exposure: Float64Array.from(exposure),
    campaign,
  };
}

/** How creatives are named in tables: canonical order is that of their numbers. */
export const creativeName = (h: number) => `H${String(h).padStart(4, '0')}`;

/** The problem as tables: bricks by number, creatives with their levels in the entities table. */
export function largeTables({ totals, brick, creative, exposure, campaign }: LargeProblem): Tables {
  const levels = Array.from(campaign, levelsOf);
  return {
    totals: { brick: [...totals.keys()], sales: totals },
    exposure: { brick, creative: Array.from(creative, creativeName), visits: exposure },
    entities: {
      creative: Array.from(campaign, (_, h) => creativeName(h)),
      medium: levels.map(({ medium }) => medium),
      platform: levels.map(({ platform }) => platform),
      format: levels.map(({ format }) => format),
      campaign: levels.map(({ campaign }) => campaign),
    },
  };
}
