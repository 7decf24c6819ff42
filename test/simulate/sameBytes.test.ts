import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Simulation, simulateHcp, simulateMta } from '../../bindings/simulate/index.js';
import { words } from '../support/simulations.js';

/** First 16 hex digits of a hash over all names, words and bits of figures. */
function digest({ files, model }: Simulation): string {
  const hash = createHash('sha256');
  for (const [name, table] of Object.entries(files)) {
    for (const [column, content] of Object.entries(table.columns)) {
      hash.update(`${name} ${column}\n`);
      hash.update(content instanceof Float64Array ? content : words(table, column).join('\n'));
    }
  }
  return hash.update(JSON.stringify(model)).digest('hex').slice(0, 16);
}

// made by this code on x64 with Node 20; a change is a change of results and belongs in the changelog
describe('simulations', () => {
  it('have the bytes they had, on every machine and engine', () => {
    expect(digest(simulateHcp())).toBe('81f3921dd9e0ff86');
    expect(
      digest(
        simulateHcp({
          seed: 2 ** 53 - 1,
          spread: 0.3,
          cellDispersion: 2,
          brickDispersion: 0.1,
          collinear: 5,
          coldStart: 0.1,
        }),
      ),
    ).toBe('0d6781b74f591ff7');
    expect(digest(simulateMta())).toBe('09da2c9f4e94453c');
    const all = {
      media: 8,
      campaigns: 64,
      weeks: 60,
      geos: 4,
      brickDispersion: 0.1,
      collinear: 5,
      drift: 0.05,
      coldStart: 0.1,
      history: 9,
    };
    expect(digest(simulateMta({ seed: 2 ** 53 - 1, ...all }))).toBe('48238345ba875564');
    const groups = {
      creatives: 3,
      platformSpread: 0.4,
      formatSpread: 0.3,
      creativeSpread: 0.2,
      coldCreatives: 0.1,
    };
    expect(digest(simulateMta({ ...all, ...groups }))).toBe('d25df1561034ab29');
    expect(digest(simulateHcp({ regions: 12, regionSpread: 0.3 }))).toBe('93dc08a61e1df9c5');
  });
});
