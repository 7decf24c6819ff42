import { SingleBar } from 'cli-progress';
import type { Progress } from '../bindings/index.js';

/** Shows how far a run has come, on stderr and only where that is a terminal. */
export interface ProgressLine {
  /** A stage with no measure of its own. */
  stage(words: string): void;
  /** What the library tells. */
  fit(progress: Progress): void;
  stop(): void;
}

const stages = {
  compile: 'checking',
  exposure: 'shaping exposure',
  fit: 'fitting',
  learn: 'learning curves',
  split: 'splitting',
} as const;

/**
 * Iterations have no known end, so the bar of a fit shows what is known: how far the certified gap has come, on a
 * logarithmic scale, from where it stood first to the tolerance.
 */
export function showProgress(tolerance: number): ProgressLine {
  const { stderr } = process;
  if (!stderr.isTTY) return { stage() {}, fit() {}, stop() {} };
  const bar = new SingleBar({
    stream: stderr,
    format: '{words} {bar} {detail}',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    gracefulExit: false,
    fps: 8,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    linewrap: false,
  });
  bar.start(1, 0, { words: 'starting', detail: '' });
  let component = -1;
  let first = 0;
  let reached = 0;
  return {
    stage: (words) => bar.update(0, { words, detail: '' }),
    fit({ stage, passes, gap, component: current, components }) {
      if (stage !== 'fit') return bar.update(0, { words: stages[stage], detail: '' });
      if (current !== component) {
        component = current;
        first = 0;
        reached = 0;
      }
      if (gap !== null && first === 0) first = gap;
      if (gap !== null && first > tolerance) {
        const come = Math.log(first / Math.max(gap, tolerance)) / Math.log(first / tolerance);
        reached = Math.max(reached, Math.min(come, 1));
      }
      const words = components > 1 ? `fitting ${current + 1} of ${components}` : 'fitting';
      const detail = `pass ${passes}${gap === null ? '' : `, gap ${gap.toExponential(1)} (to ${tolerance})`}`;
      bar.update(reached, { words, detail });
    },
    stop: () => bar.stop(),
  };
}
