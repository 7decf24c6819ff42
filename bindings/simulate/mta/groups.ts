import { lognormalOf } from '../noise.js';
import { openStream } from '../random.js';
import type { MtaValues } from './options.js';
import { streams } from './streams.js';

/** More than any medium has of platforms or formats: numbers of groups that stay when a medium gets another. */
const room = 100;

/** What all campaigns of a platform share: a factor of mean 1. Medium and platform are numbers in the presets. */
export function platformFactor({ seed, platformSpread }: MtaValues, medium: number, platform: number): number {
  return lognormalOf(openStream(seed, streams.platforms, medium * room + platform).normal(), platformSpread);
}

/** What all campaigns of a format within a platform share beside it: a factor of mean 1, another in each platform. */
export function formatFactor(
  { seed, formatSpread }: MtaValues,
  medium: number,
  platform: number,
  format: number,
): number {
  const part = (medium * room + platform) * room + format;
  return lognormalOf(openStream(seed, streams.formats, part).normal(), formatSpread);
}
