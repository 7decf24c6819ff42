/** What messages call the tables. */
export interface TableNames {
  readonly totals?: string | undefined;
  readonly exposure?: string | undefined;
  readonly entities?: string | undefined;
}

/** How far a fit has come. */
export interface Progress {
  readonly stage: 'compile' | 'exposure' | 'fit' | 'learn' | 'split';
  /** Sweeps over the data of this component. */
  readonly passes: number;
  /** Certified gap per unit of total of this component, where there is one yet. */
  readonly gap: number | null;
  /** Objective of this component in its own scale, where it is a number: never falls while dispersion and prior stand. */
  readonly objective: number | null;
  /** Component in work, from 0, and how many there are. */
  readonly component: number;
  readonly components: number;
}

export interface RunOptions {
  /** Stops the work at the next shard, or at once while it waits for other jobs; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called after every sweep and at every stage. An error that it throws stops the job, and the promise rejects with that very
   * error; what it returns is not waited for.
   */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** What messages call the tables: file names, say. */
  readonly names?: TableNames | undefined;
}
