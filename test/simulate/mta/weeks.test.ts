import { describe, expect, it } from 'vitest';
import { isoDate, mondays } from '../../../bindings/simulate/mta/weeks.js';

describe('mondays', () => {
  it('begin on 2023-01-02 after the history, seven days apart', () => {
    expect(mondays(2, 3)).toEqual(['2022-12-19', '2022-12-26', '2023-01-02', '2023-01-09', '2023-01-16']);
    for (const monday of mondays(520, 1040)) expect(new Date(`${monday}T00:00:00Z`).getUTCDay(), monday).toBe(1);
  });
});

describe('isoDate', () => {
  it('agrees with the calendar on every day of four centuries', () => {
    for (let day = -25_000; day < 121_097; day += 1) {
      const expected = new Date(day * 86_400_000).toISOString().slice(0, 10);
      if (isoDate(day) !== expected) expect.fail(`day ${day}: expected ${expected}, got ${isoDate(day)}`);
    }
  });
});
