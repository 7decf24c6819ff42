import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { nearestName, suggestion } from '../../bindings/base/nearest.js';

/** Which channel of the model each platform of the delivery belongs to. */
export interface Matches {
  /** Per platform: number of its channel, -1 for one that is left out. */
  readonly channelOf: Int32Array;
  /** Per channel: its platforms; none for a channel that is left out. */
  readonly platformsOf: readonly (readonly string[])[];
}

export interface MatchOptions {
  /** `channel=platform`, as often as needed. */
  readonly match: readonly string[];
  /** Channels and platforms to leave out. */
  readonly skip: readonly string[];
}

/** What names say beyond the channel: what was measured of it. */
const measures = /_(s|i|p|o|b|g|spend|spends|cost|costs|impressions?|imps?|clicks?|grps?|trps?|views?|reach)$/;

/** A name without case, punctuation and measure: `facebook_I`, "Facebook" and `facebook_impressions` are one. */
export function plainName(name: string): string {
  let plain = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
  while (measures.test(plain)) plain = plain.replace(measures, '');
  return plain;
}

/** Whether a channel has a platform of its name, or the user says something of it. */
export const isNamed = (channel: string, platforms: readonly string[], { match, skip }: MatchOptions): boolean =>
  skip.includes(channel) ||
  match.some((pair) => pair.startsWith(`${channel}=`)) ||
  platforms.some((platform) => platform === channel || plainName(platform) === plainName(channel));

/**
 * Finds the channel of every platform: as `match` says, else of the same name, else of the same plain name. `where` is
 * the column that names platforms. Notes what stays without a partner on either side.
 */
export function matchChannels(
  faults: Faults,
  where: string,
  channels: readonly string[],
  platforms: readonly string[],
  { match, skip }: MatchOptions,
): Matches {
  const channelOf = new Int32Array(platforms.length).fill(-1);
  for (const name of skip) {
    if (channels.includes(name) || platforms.includes(name)) continue;
    const near = suggestion(name, [...new Set([...channels, ...platforms])]);
    faults.add('skip', '--skip', `expected a channel or a platform, got ${show(name)}${near}`);
  }
  for (const pair of match) {
    const cut = pair.indexOf('=');
    const [channel, platform] = [pair.slice(0, cut), pair.slice(cut + 1)];
    const [c, p] = [channels.indexOf(channel), platforms.indexOf(platform)];
    const refuse = (problem: string) => faults.add('match', '--match', problem);
    if (cut < 1) refuse(`expected channel=platform, got ${show(pair)}`);
    else if (c < 0) refuse(`expected a channel before "=", got ${show(channel)}${suggestion(channel, channels)}`);
    else if (p < 0) refuse(`expected a platform after "=", got ${show(platform)}${suggestion(platform, platforms)}`);
    else if (channelOf[p] >= 0 && channelOf[p] !== c)
      refuse(`expected one channel for ${show(platform)}, got ${show(channels[channelOf[p]])} and ${show(channel)}`);
    else if (skip.includes(channel) || skip.includes(platform))
      refuse(`expected names that are not skipped, got ${show(pair)}`);
    else channelOf[p] = c;
  }
  const matched = (c: number) => channelOf.includes(c);
  const open = (name: string) => !skip.includes(name);
  const free = (p: number) => channelOf[p] < 0 && open(platforms[p]);
  for (const same of [(a: string, b: string) => a === b, (a: string, b: string) => plainName(a) === plainName(b)]) {
    const before = [...channelOf];
    platforms.forEach((platform, p) => {
      if (before[p] >= 0 || !open(platform)) return;
      const found = channels.flatMap((name, c) =>
        open(name) && !before.includes(c) && same(name, platform) ? [c] : [],
      );
      if (found.length === 1) channelOf[p] = found[0];
      if (found.length < 2) return;
      const names = found.map((c) => show(channels[c])).join(' and ');
      const problem = `expected one channel for ${show(platform)}, got ${names}. Say which with --match channel=platform.`;
      faults.add('ambiguous-match', where, problem);
    });
  }
  if (!faults.any && channels.every((name) => skip.includes(name))) {
    faults.add('skip', '--skip', 'expected a channel that stays, got all of them');
  }
  const lonely = channels.filter((name, c) => open(name) && !matched(c));
  const strange = platforms.filter((_, p) => free(p));
  if (lonely.length + strange.length > 0 && !faults.any) {
    faults.add('unmatched', where, unmatched(lonely, strange, channels, platforms));
  }
  return { channelOf, platformsOf: channels.map((_, c) => platforms.filter((_, p) => channelOf[p] === c)) };
}

function unmatched(
  lonely: readonly string[],
  strange: readonly string[],
  channels: readonly string[],
  platforms: readonly string[],
): string {
  const sides: string[] = [];
  const withNearest = (names: readonly string[], known: readonly string[]) =>
    names.map((name) => {
      const near = nearestName(name, known);
      return show(name) + (near === null ? '' : ` (nearest: ${show(near)})`);
    });
  if (lonely.length > 0) sides.push(`no platform for the channels ${withNearest(lonely, platforms).join(', ')}`);
  if (strange.length > 0) sides.push(`no channel for the platforms ${withNearest(strange, channels).join(', ')}`);
  const platform = lonely.length > 0 ? nearestName(lonely[0], strange) : null;
  const pair = `${lonely[0] ?? 'channel'}=${platform ?? strange[0] ?? 'platform'}`;
  return `expected a channel for every platform and a platform for every channel, got ${sides.join('; ')}. Say which belong together (--match ${pair}) or leave a name out (--skip ${lonely[0] ?? strange[0]}).`;
}
