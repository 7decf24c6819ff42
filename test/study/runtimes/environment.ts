/** What a runtime made of the job: the text of each problem's result. */
export interface Outcome {
  readonly kernels: 'wasm' | 'js';
  readonly reason: string | null;
  readonly results: Readonly<Record<string, string>>;
}

/** A place that JavaScript runs in. */
export interface Environment {
  readonly name: string;
  readonly version: string;
  /** Which kernels can run there. */
  readonly kernels: readonly ('wasm' | 'js')[];
  run(kernels: 'wasm' | 'js'): Promise<Outcome>;
}

/** What cannot be had on this machine, and why. */
export interface Missing {
  readonly name: string;
  readonly missing: string;
}
