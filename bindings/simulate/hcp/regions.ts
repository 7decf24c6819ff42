import type { ResultTable } from '../../tables/tables.js';
import { lognormalOf } from '../noise.js';
import { openStream } from '../random.js';
import { numbered, tableOf } from '../tables.js';
import type { HcpValues } from './options.js';
import { streams } from './streams.js';

/** Regions of HCPs: they cross specialties and bricks, as each is drawn by itself. */
export interface Regions {
  readonly names: readonly string[];
  /** By region: what the productivities within it are multiplied by, of mean 1. */
  readonly factor: readonly number[];
  /** By HCP: number of the region, from 0; no entries where there are no regions. */
  readonly region: readonly number[];
}

export function drawRegions({ seed, hcps, regions, regionSpread }: HcpValues): Regions {
  const names = numbered('R', regions);
  return {
    names,
    factor: names.map((_, r) => lognormalOf(openStream(seed, streams.regionFactors, r).normal(), regionSpread)),
    region:
      regions === 0
        ? []
        : Array.from({ length: hcps }, (_, h) => openStream(seed, streams.regions, h).integer(regions)),
  };
}

/** Factors of the regions that have HCPs. */
export function regionsTable({ names, factor, region }: Regions): ResultTable {
  const drawn = [...new Set(region)].sort((a, b) => a - b);
  return tableOf({
    level: drawn.map(() => 'region'),
    region: drawn.map((r) => names[r]),
    factor: drawn.map((r) => factor[r]),
  });
}
