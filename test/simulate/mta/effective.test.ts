import { describe, expect, it } from 'vitest';
import { effectiveExposure } from '../../../bindings/simulate/mta/effective.js';
import { presets } from '../../../bindings/simulate/mta/media.js';

const medium = { ...presets[0], decay: 0.5, halfSaturation: 0.5, slope: 2 };

describe('effectiveExposure', () => {
  it('agrees with a case solved by hand', () => {
    // adstock: (4, 2, 1) and (0, 2, 3); medium: (4, 4, 4), all at the maximum, hill 1 / (1 + 1/4) = 0.8
    const steady = effectiveExposure([Float64Array.of(4, 0, 0), Float64Array.of(0, 2, 2)], medium, 0, 3);
    expect(steady.map((w) => [...w])).toEqual([
      [0.8, 0.4, 0.2],
      [0, 0.4, 0.6000000000000001],
    ]);
    // adstock: (8, 4, 2, 5); scaled: (1, 1/2, 1/4, 5/8); hill: 4/5, 1/2, 1/5, 25/41
    const [alone] = effectiveExposure([Float64Array.of(8, 0, 0, 4)], medium, 0, 4);
    [4 / 5, 1 / 2, 1 / 5, 25 / 41].forEach((w, p) => {
      expect(alone[p]).toBeCloseTo(w, 14);
    });
  });

  it('is zero where the medium never ran', () => {
    expect(effectiveExposure([Float64Array.of(0, 0)], medium, 0, 2)).toEqual([Float64Array.of(0, 0)]);
    expect(effectiveExposure([Float64Array.of(0, 3)], medium, 0, 2)).toEqual([Float64Array.of(0, 0.8)]);
  });

  it('reads the periods between its bounds alone', () => {
    const whole = effectiveExposure([Float64Array.of(9, 8, 0, 0, 4, 7)], medium, 1, 5);
    expect(whole).toEqual(effectiveExposure([Float64Array.of(8, 0, 0, 4)], medium, 0, 4));
  });

  it('does not depend on how campaigns are cut', () => {
    const delivery = [Float64Array.of(800, 0, 160, 320, 8), Float64Array.of(0, 640, 320, 0, 160)];
    const whole = effectiveExposure(delivery, presets[0], 0, 5);
    const halves = [delivery[0].map((x) => x / 4), delivery[0].map((x) => (3 * x) / 4), delivery[1]];
    const cut = effectiveExposure(halves, presets[0], 0, 5);
    for (let p = 0; p < 5; p++) {
      expect(cut[0][p] + cut[1][p]).toBeCloseTo(whole[0][p], 14);
      expect(cut[2][p]).toBeCloseTo(whole[1][p], 14);
    }
  });
});
