/** What a medium is like. Figures are of the usual order for a mid-sized advertiser; none is measured. */
export interface Medium {
  readonly name: string;
  readonly platforms: readonly string[];
  readonly formats: readonly string[];
  /** Share of the adstock kept from week to week. */
  readonly decay: number;
  /** As a share of the largest adstocked delivery of medium and geo. */
  readonly halfSaturation: number;
  readonly slope: number;
  /** Impressions a week of a middling campaign in a geo of size 1. */
  readonly impressions: number;
  /** Contribution of a brick, in currency, per unit of effective exposure (1 is full saturation). */
  readonly rate: number;
  /** Share of campaigns that never pause. */
  readonly alwaysOn: number;
  /** Weeks of a burst, shortest and longest. */
  readonly burst: readonly [number, number];
}

const medium = (
  name: string,
  platforms: readonly string[],
  formats: readonly string[],
  figures: Omit<Medium, 'name' | 'platforms' | 'formats'>,
): Medium => ({ name, platforms, formats, ...figures });

/** The media a simulation can have, in the order it takes them. */
export const presets: readonly Medium[] = [
  medium('tv', ['national', 'regional', 'connected'], ['spot 15s', 'spot 30s', 'sponsorship'], {
    decay: 0.7,
    halfSaturation: 0.4,
    slope: 1.3,
    impressions: 400_000,
    rate: 6000,
    alwaysOn: 0.1,
    burst: [3, 8],
  }),
  medium('social', ['feed', 'stories', 'short video'], ['image', 'video', 'carousel'], {
    decay: 0.4,
    halfSaturation: 0.5,
    slope: 1.1,
    impressions: 150_000,
    rate: 3500,
    alwaysOn: 0.3,
    burst: [2, 10],
  }),
  medium('search', ['brand terms', 'generic terms', 'shopping'], ['text', 'product'], {
    decay: 0.1,
    halfSaturation: 0.6,
    slope: 1,
    impressions: 40_000,
    rate: 2500,
    alwaysOn: 0.6,
    burst: [4, 16],
  }),
  medium('display', ['direct', 'programmatic'], ['banner', 'rich media', 'native'], {
    decay: 0.3,
    halfSaturation: 0.7,
    slope: 1,
    impressions: 300_000,
    rate: 1200,
    alwaysOn: 0.3,
    burst: [2, 12],
  }),
  medium('video', ['pre-roll', 'in-stream'], ['6s', '15s', '30s'], {
    decay: 0.5,
    halfSaturation: 0.45,
    slope: 1.2,
    impressions: 120_000,
    rate: 2200,
    alwaysOn: 0.2,
    burst: [2, 8],
  }),
  medium('radio', ['national', 'local', 'streaming'], ['spot 20s', 'live read'], {
    decay: 0.5,
    halfSaturation: 0.5,
    slope: 1.2,
    impressions: 200_000,
    rate: 1800,
    alwaysOn: 0.1,
    burst: [2, 6],
  }),
  medium('outdoor', ['street', 'transit', 'digital'], ['poster', 'screen'], {
    decay: 0.6,
    halfSaturation: 0.5,
    slope: 1.4,
    impressions: 250_000,
    rate: 1500,
    alwaysOn: 0.1,
    burst: [2, 4],
  }),
  medium('print', ['daily', 'weekly', 'magazine'], ['full page', 'half page', 'insert'], {
    decay: 0.6,
    halfSaturation: 0.6,
    slope: 1,
    impressions: 60_000,
    rate: 1000,
    alwaysOn: 0.1,
    burst: [1, 4],
  }),
];
