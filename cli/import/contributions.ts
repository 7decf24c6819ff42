/** What a marketing-mix model says each channel contributed: one row per channel, period and place. */
export interface Contributions {
  /** `Robyn model 1_228_4`: what the summary calls it. */
  readonly title: string;
  /** File of the contributions, and its column of periods: where messages send the reader. */
  readonly source: string;
  readonly timeColumn: string;
  /** In the order of the file. */
  readonly channels: readonly string[];
  /** Distinct texts of the time column. */
  readonly times: readonly string[];
  /** Names of further keys of a brick, such as geo; none for a national model. */
  readonly dimensions: readonly string[];
  /** Distinct values of those keys. */
  readonly places: readonly (readonly string[])[];
  readonly rows: ContributionRows;
  /** Every draw of the posterior, where the file has them. */
  readonly draws?: Draws | undefined;
  /** Head count of each place, where the file has it. */
  readonly population?: readonly number[] | undefined;
  /** Nothing says what the channels are: these are all columns that may be some, and the delivery says which. */
  readonly guessed?: boolean | undefined;
  /** What was left out of the file, and why. */
  readonly notes: readonly string[];
  /** What to mind of what was not left out. */
  readonly cautions?: readonly string[] | undefined;
}

/** Row r: `value[r]` of channel, time and place, each by its number. */
export interface ContributionRows {
  readonly channel: Uint32Array;
  readonly time: Uint32Array;
  readonly place: Uint32Array;
  readonly value: Float64Array;
}

export interface Draws extends ContributionRows {
  /** Which draw, from 0. */
  readonly draw: Uint32Array;
  readonly count: number;
}

/** Parameters of a channel's curve, as `model.json` takes them. */
export type Curve = Readonly<Record<string, unknown>>;
