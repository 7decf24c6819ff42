import { describe, expect, it } from 'vitest';
import { solverText } from '../bench/solvers/tables.js';
import { ratioText, timeText } from '../bench/solvers/words.js';
import type { ProblemReport, RivalReport } from '../bench/solvers.js';

const mark = (passes: number, seconds: number) => ({ passes, seconds, misplaced: 1e-3 });
const fit: ProblemReport['fits']['none'] = {
  solver: 'newton',
  marks: [mark(3, 0.001), mark(4, 0.0015), mark(5, 0.002)],
  coldSeconds: 0.02,
  passes: 6,
  seconds: 0.003,
  traceSeconds: 0.0005,
  converged: true,
  gap: 1e-9,
  edf: 2,
  edfMethod: 'exact',
  runs: 9,
  megabytes: 60,
};
const reached = (iterations: number, seconds: number, how: 'measured' | 'counted' | 'continued') => ({
  iterations,
  seconds,
  how,
});
const rival: RivalReport = {
  marks: [reached(50, 0.5, 'measured'), reached(70, 0.7, 'counted'), reached(100, 1, 'continued')],
  iterations: 60,
  seconds: 0.6,
  gap: 1e-5,
  megabytes: 40,
};
const problem: ProblemReport = {
  ...{ name: 'small', stands: 'a test', unique: true, entities: 4, bricks: 5, exposures: 20 },
  fits: { none: fit, default: fit },
  ...{ twin: null, rivals: { numpy: rival }, agreement: null },
};
const text = solverText({
  rivals: { numpy: '2.0', scipy: null },
  cap: 120,
  problems: [problem],
  passes: [
    { name: 'a', exposures: 1e6, ours: 0.002, plain: 0.008, numpy: null, scipy: null },
    { name: 'b', exposures: 4e6, ours: 0.01, plain: null, numpy: null, scipy: null },
  ],
});
const rowsOf = (first: string) => text.split('\n').filter((line) => line.startsWith(`| ${first} |`));

describe('tables of the solver benchmark', () => {
  it('shows passes, times and what was misplaced at each gap', () => {
    expect(rowsOf('small')[1]).toBe(
      '| small | none | newton | 3 / 4 / 5 | 1.0 ms / 1.5 ms / 2.0 ms | 20 ms | 1.0e-3 / 1.0e-3 / 1.0e-3 | 6 | 3.0 ms (500 µs) | 20000.00 | 60 |',
    );
  });

  it('marks what was counted or continued, and says what was not measured', () => {
    expect(rowsOf('small')[3]).toBe(
      '| small | 50 / ~70 / ≥100 | 1.0 ms / 1.5 ms / 2.0 ms | not measured | not measured | 500 ms / ~700 ms / ≥1.0 s | not measured | not measured | ≥500x | not measured |',
    );
    expect(text).toContain('numpy 2.0, scipy not found');
  });

  it('compares a pass with those that were timed, and says how time per exposure grows', () => {
    expect(rowsOf('1,000,000')).toEqual([
      '| 1,000,000 | 2.00 | 8.00 | not measured | not measured | 4.0x | not measured | not measured |',
    ]);
    expect(text).toContain('From 1,000,000 to 4,000,000 exposures, time per exposure varies by 25%.');
  });

  it('leaves out what has no row', () => {
    expect(text).not.toContain('### Agreement');
  });

  it('writes times and ratios with two figures in a unit that suits', () => {
    expect([3e-6, 0.0123, 1.234, 599, 1200, 4e4].map(timeText)).toEqual([
      '3.0 µs',
      '12 ms',
      '1.2 s',
      '599 s',
      '20 min',
      '11 h',
    ]);
    expect([0.031, 2.345, 1234.5].map(ratioText)).toEqual(['0.031x', '2.3x', '1,235x']);
  });
});
