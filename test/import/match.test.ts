import { describe, expect, it } from 'vitest';
import { collectFaults } from '../../bindings/base/faults.js';
import { matchChannels, plainName } from '../../cli/import/match.js';
import { refusalOf } from '../support/refusal.js';

const match = (channels: string[], platforms: string[], options: { match?: string[]; skip?: string[] } = {}) => {
  const faults = collectFaults();
  const found = matchChannels(faults, 'ads.csv, column platform', channels, platforms, {
    match: [],
    skip: [],
    ...options,
  });
  faults.throwIfAny();
  return [...found.channelOf].map((c) => channels[c] ?? null);
};

describe('matchChannels', () => {
  it('sees a channel behind case, punctuation and measure', () => {
    const names = [
      'Facebook',
      'facebook_I',
      'FACEBOOK-impressions',
      'facebook_S',
      'facebook spend',
      'facebook_clicks_P',
    ];
    expect(new Set(names.map(plainName))).toEqual(new Set(['facebook']));
    expect(['_S', 'Fernsehen_S', 'tv_s_s', 'größe_I'].map(plainName)).toEqual(['s', 'fernsehen', 'tv', 'größe']);
  });

  it('takes the same name before the same plain name', () => {
    expect(match(['tv', 'tv_S'], ['tv_S', 'tv'])).toEqual(['tv_S', 'tv']);
    expect(match(['tv_S', 'ooh_S'], ['OOH', 'TV'])).toEqual(['ooh_S', 'tv_S']);
  });

  it('takes what belongs together by word of the user, several platforms to a channel', () => {
    const together = ['social_S=facebook', 'social_S=tiktok'];
    expect(match(['social_S', 'tv_S'], ['facebook', 'tv', 'tiktok'], { match: together })).toEqual([
      'social_S',
      'tv_S',
      'social_S',
    ]);
    expect(match(['a=b', 'c'], ['b', 'c'], { match: [], skip: ['a=b', 'b'] })).toEqual([null, 'c']);
  });

  it('leaves out what is skipped, on either side', () => {
    expect(match(['tv_S', 'print_S'], ['tv', 'bing'], { skip: ['print_S', 'bing'] })).toEqual(['tv_S', null]);
  });

  it('joins spellings of one platform', () => {
    expect(match(['facebook_I'], ['Facebook', 'facebook'])).toEqual(['facebook_I', 'facebook_I']);
  });

  it.each([
    [['a=x', 'b=x'], [], '--match: expected one channel for "x", got "a" and "b"'],
    [['a=x', 'b=y'], ['y'], '--match: expected names that are not skipped, got "b=y"'],
    [[], ['a', 'b'], '--skip: expected a channel that stays, got all of them'],
  ])('refuses %j with %j skipped', async (pairs, skip, message) => {
    expect(await refusalOf(() => match(['a', 'b'], ['x', 'y'], { match: pairs, skip }))).toEqual([message]);
  });
});
