import { describe, expect, it } from 'vitest';
import { createPace } from '../bindings/base/pace.js';
import { atOnce, inRuns, pausesIn, runLength, type Steps, walk } from '../bindings/base/steps.js';
import { createEngine, type Fit, fitJson, type Model, type Tables, toCsv } from '../bindings/index.js';
import { simulateHcp, simulateMta } from '../bindings/simulate/index.js';
import { compareText, rankTexts } from '../bindings/tables/keys.js';
import { randomOf } from './support/kernels.js';

/** A signal that is aborted at the n-th chance to leave, and tells how many there were. */
function abortedAt(n: number, see: () => void = () => {}) {
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new Error(`left at chance ${n}`);
  let chances = 0;
  Object.defineProperty(signal, 'throwIfAborted', {
    value() {
      see();
      if (++chances === n) controller.abort(reason);
      AbortSignal.prototype.throwIfAborted.call(signal);
    },
  });
  return { signal, reason, chances: () => chances };
}

const bytesOf = (fit: Fit) =>
  [toCsv(fit.allocation), toCsv(fit.entities), toCsv(fit.components), JSON.stringify(fitJson(fit))].join('\n');

function mta(section: Partial<Model> = {}): { tables: Tables; model: Model } {
  const { files, model } = simulateMta({ seed: 3, weeks: 8, geos: 2, campaigns: 6 });
  const tables = {
    totals: files['totals.csv'].columns,
    exposure: files['delivery.csv'].columns,
    entities: files['campaigns.csv'].columns,
  };
  return { tables, model: { ...model, ...section } };
}

function hcp(section: Model['model']): { tables: Tables; model: Model } {
  const { files, model } = simulateHcp({ seed: 3, hcps: 40, bricks: 12 });
  const tables = {
    totals: files['totals.csv'].columns,
    exposure: files['exposure.csv'].columns,
    entities: files['hcps.csv'].columns,
  };
  return { tables, model: { ...model, model: section } };
}

const jobs = {
  'curves and standard errors': mta({ output: { standardErrors: true } }),
  'a tree': mta({ model: { pooling: { kind: 'tree', levels: ['platform', 'format'] } } }),
  covariates: hcp({ productivity: { covariates: ['seniority'], penalty: { kind: 'none' } } }),
};

describe('a fit that is aborted', () => {
  for (const kernels of ['wasm', 'js'] as const) {
    it.each(Object.entries(jobs))(`at any chance leaves the engine as good as new: %s (${kernels})`, async (_, job) => {
      const engine = await createEngine({ kernels });
      const whole = abortedAt(Number.POSITIVE_INFINITY);
      const expected = bytesOf(await engine.fit(job.tables, job.model, { signal: whole.signal }));
      const { memory } = engine;
      expect(whole.chances()).toBeGreaterThan(30);
      // all of the first and the last chances, some of those between
      const every = Math.max(1, Math.floor(whole.chances() / 60));
      for (let n = 1; n <= whole.chances(); n += n < 40 || n > whole.chances() - 40 ? 1 : every) {
        const { signal, reason, chances } = abortedAt(n);
        const outcome = await engine.fit(job.tables, job.model, { signal }).catch((error) => error);
        // a turn of the event loop is a chance too, and how many there are depends on the clock
        if (chances() >= n) expect(outcome).toBe(reason);
        else expect(n).toBeGreaterThan(whole.chances() / 2);
      }
      expect(bytesOf(await engine.fit(job.tables, job.model))).toBe(expected);
      expect(engine.memory).toBe(memory);
    });
  }
});

describe('a fit of long tables', () => {
  it('has chances to leave in every stage, as many as its rows ask for', async () => {
    const rows = 6 * runLength;
    const bricks = 3 * runLength;
    const random = randomOf(41);
    const exposure = {
      brick: Array.from({ length: rows }, (_, r) => `brick ${(r * 7919) % bricks}`),
      entity: Int32Array.from({ length: rows }, (_, r) => (r >= bricks ? 5 : 0) + Math.floor(5 * random())),
      visits: Float64Array.from({ length: rows }, () => 1 + random()),
    };
    const totals = {
      brick: Array.from({ length: bricks }, (_, b) => `brick ${b}`),
      sales: Float64Array.from({ length: bricks }, () => 10 * random()),
    };
    const model: Model = {
      totals: { brick: ['brick'], value: 'sales' },
      exposure: { brick: ['brick'], entity: ['entity'], value: 'visits' },
    };
    const chances = new Map<string, number>();
    let stage = 'take';
    const { signal } = abortedAt(Number.POSITIVE_INFINITY, () => chances.set(stage, (chances.get(stage) ?? 0) + 1));
    const onProgress = (progress: { stage: string }) => {
      stage = progress.stage;
    };
    const engine = await createEngine();
    const { allocation } = await engine.fit({ totals, exposure }, model, { signal, onProgress });
    expect(allocation.rows).toBe(rows);
    // two key columns and a figure of exposure are read, sorted twice and laid out
    expect(chances.get('compile')).toBeGreaterThan(8 * (rows / runLength));
    // cells are split twice, put in order and written column by column
    expect(chances.get('split')).toBeGreaterThan(5 * (rows / runLength));
  });
});

describe('work in steps', () => {
  function* counting(to: number, log: string[]): Steps<number> {
    let sum = 0;
    try {
      yield* inRuns(
        to,
        (from, end) => {
          log.push(`${from}-${end}`);
          for (let i = from; i < end; i++) sum += i;
        },
        10,
      );
    } finally {
      log.push('closed');
    }
    return sum;
  }

  it('covers every item once, whoever takes the steps', async () => {
    for (const count of [0, 1, 9, 10, 11, 35]) {
      const [one, other]: string[][] = [[], []];
      expect(atOnce(counting(count, one))).toBe((count * (count - 1)) / 2 + 0);
      expect(await walk(createPace(), counting(count, other))).toBe(atOnce(counting(count, [])));
      expect(other).toEqual(one);
    }
    const log: string[] = [];
    atOnce(counting(25, log));
    expect(log).toEqual(['0-10', '10-20', '20-25', 'closed']);
  });

  it('closes what it opened where it is left', async () => {
    const log: string[] = [];
    const { signal, reason } = abortedAt(3);
    await expect(walk(createPace(signal), counting(100, log))).rejects.toBe(reason);
    expect(log).toEqual(['0-10', 'closed']);
  });

  it('pauses in lists by their items, the empty ones too', () => {
    const long = pausesIn(Uint32Array.of(0, 2 * runLength, 2 * runLength, 2 * runLength + 5));
    expect([0, 1, 2, 0].map(long)).toEqual([true, false, false, true]);
    const empty = pausesIn(new Uint32Array(3 * runLength + 1));
    let pauses = 0;
    for (let list = 0; list < 3 * runLength; list++) if (empty(list)) pauses++;
    expect(pauses).toBe(3);
  });
});

describe('texts in canonical order', () => {
  it('are the same sorted in runs as at once, long lists of any code points', () => {
    const random = randomOf(17);
    const drawn = (alphabet: readonly string[]) => {
      const texts = new Set<string>();
      while (texts.size < 40_000) {
        texts.add(
          Array.from(
            { length: 1 + Math.floor(12 * random()) },
            () => alphabet[Math.floor(random() * alphabet.length)],
          ).join(''),
        );
      }
      return [...texts];
    };
    for (const alphabet of [
      ['a', 'B', '0', ' ', 'é'],
      ['a', '\uffff', '\ue000', '😀', '\ud800', '𐀀'],
    ]) {
      const texts = drawn(alphabet);
      const { sorted, ranks } = atOnce(rankTexts(texts));
      expect(sorted).toEqual(texts.toSorted(compareText));
      expect(texts.every((text, i) => sorted[ranks[i]] === text)).toBe(true);
    }
  });
});
