/** Lets the caller breathe between shards: yields to the event loop now and then, and stops when aborted. */
export interface Pace {
  /** @throws the signal's reason once it is aborted */
  pause(): Promise<void> | undefined;
}

const breath = 24; // milliseconds of work between two breaths; decides no number

interface Host {
  readonly setImmediate?: (call: () => void) => unknown;
  readonly scheduler?: { yield?: () => Promise<void> };
  readonly setTimeout: (call: () => void, delay: number) => unknown;
}

/** Gives the event loop a turn, by what takes least: a timer waits a millisecond in Node, and four in browsers. */
function turn(): Promise<void> {
  const { setImmediate, scheduler, setTimeout } = globalThis as unknown as Host;
  if (setImmediate) return new Promise((resolve) => setImmediate(resolve));
  if (scheduler?.yield) return scheduler.yield();
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** A pace that follows an AbortSignal. */
export function createPace(signal?: AbortSignal): Pace {
  let last = performance.now();
  return {
    pause() {
      signal?.throwIfAborted();
      if (performance.now() - last < breath) return undefined;
      return turn().then(() => {
        last = performance.now();
        signal?.throwIfAborted();
      });
    },
  };
}
