import type { Contestant } from '../solvers.js';
import { bestGaps, type Curve, type Reached } from './curve.js';
import type { FitReport } from './tasks.js';

const units = [
  [1e-3, 1e6, 'µs'],
  [1, 1e3, 'ms'],
  [600, 1, 's'],
  [36000, 1 / 60, 'min'],
  [Number.POSITIVE_INFINITY, 1 / 3600, 'h'],
] as const;

const figure = (x: number) => (x >= 100 ? Math.round(x).toLocaleString('en') : x.toPrecision(2));

export function timeText(seconds: number): string {
  const [, factor, unit] = units.find(([most]) => seconds < most)!;
  return `${figure(seconds * factor)} ${unit}`;
}

export const countText = (count: number) => Math.round(count).toLocaleString('en');
export const gapText = (gap: number) => gap.toExponential(0);
export const shareText = (share: number) => (share === 0 ? '0' : share.toExponential(1));
export const ratioText = (ratio: number) => `${figure(ratio)}x`;

const signs = { measured: '', counted: '~', continued: '≥' } as const;

/** `~` before what was counted from another run, `≥` before what is a lower bound. */
export const reachedText = (reached: Reached | null | undefined, text: (reached: Reached) => string) =>
  reached ? `${signs[reached.how]}${text(reached)}` : '-';

/** The last sweep's figures for people who wait. */
export function describeFit(report: FitReport, kernels: string, pooling: string): string {
  const last = report.marks[2];
  const reached = last ? `gap 1e-8 in ${last.passes} passes, ${timeText(last.seconds)}` : 'gave up before gap 1e-8';
  const whole = `whole fit ${report.passes} passes, ${timeText(report.seconds)}`;
  return `${kernels}, pooling ${pooling}, ${report.solver}: ${reached}; ${whole}`;
}

export function describeRival(curve: Curve, contestant: Contestant): string {
  const last = curve.iterations.length - 1;
  const [iterations, seconds, gap] = [curve.iterations[last], curve.seconds[last], bestGaps(curve)[last]];
  return `EM in ${contestant}: gap ${gapText(gap)} after ${countText(iterations)} iterations, ${timeText(seconds)}`;
}
