/** Lets the caller breathe between shards: yields to the event loop now and then, and stops when aborted. */
export interface Pace {
  /** @throws the signal's reason once it is aborted */
  pause(): Promise<void> | undefined;
}

const breath = 24; // milliseconds of work between two breaths; decides no number

/** A pace that follows an AbortSignal. */
export function createPace(signal?: AbortSignal): Pace {
  let last = performance.now();
  return {
    pause() {
      signal?.throwIfAborted();
      if (performance.now() - last < breath) return undefined;
      return new Promise((resolve, reject) => {
        setTimeout(() => {
          last = performance.now();
          if (signal?.aborted) reject(signal.reason);
          else resolve();
        }, 0);
      });
    },
  };
}
