import type { Faults } from '../../bindings/base/faults.js';
import type { Contributions, Curve } from './contributions.js';
import type { DateFormats } from './dateFormat.js';
import type { Delivery } from './delivery.js';
import type { Periods } from './periods.js';
import type { RobynAdstock } from './robynCurves.js';

/** What a model was given, one row per period; null where nothing says it. */
export interface ModelData {
  /** Rows in all. */
  readonly rows: number | null;
  /** Rows before the first total. */
  readonly before: number | null;
}

/** Where curves belong. */
export interface CurveContext {
  readonly delivery: Delivery;
  readonly periods: Periods;
  readonly data: ModelData;
}

/** What an import reads of a model, and from which files. */
export interface Source {
  readonly contributions: Contributions;
  /** Given the channels that stay: their curves, or null where there are none. */
  readonly curves: (
    faults: Faults,
    channels: readonly string[],
    skipped: readonly string[],
    context: CurveContext,
  ) => ReadonlyMap<string, Curve> | null;
  /** What the model was given, where its files say it and curves depend on it: adstock begins with its first row. */
  readonly data?: ((faults: Faults, periods: Periods) => ModelData) | undefined;
  /** Where the user finds a parameter of a channel's curve, or with an empty name the curve: file and name there. */
  readonly parameterPath?: ((channel: string, parameter: string) => string) | undefined;
  readonly population?: readonly number[] | undefined;
  /** Contributions, and curves, may be means of a posterior: their ratio is not quite one number then. */
  readonly posterior: boolean;
  /** Other curves that the files may have meant, by how the user would say so. */
  readonly others?:
    | ((curves: ReadonlyMap<string, Curve>) => ReadonlyMap<string, ReadonlyMap<string, Curve>>)
    | undefined;
  /** What each file was read for. */
  readonly read: readonly string[];
  /** What to mind of the model's files and of the delivery. */
  readonly cautions: (context: CurveContext) => readonly string[];
}

/** What the user says about the model's files. */
export interface SourceOptions {
  readonly model?: string | undefined;
  readonly adstock?: RobynAdstock | undefined;
  readonly robynVersion?: string | undefined;
  /** Rows of the data that the model was given. */
  readonly dataRows?: number | undefined;
  /** A file of parameters; false for no curves at all. */
  readonly curves?: string | boolean | undefined;
  readonly valueColumn?: string | undefined;
  readonly population?: string | undefined;
  readonly link?: string | undefined;
  /** Attributes of the inference data, as JSON. */
  readonly attrs?: string | undefined;
  readonly firstDate?: string | undefined;
  readonly every?: number | undefined;
  readonly dateFormat?: DateFormats | undefined;
}

export type ReadSource = (
  faults: Faults,
  path: string,
  options: SourceOptions,
  signal: AbortSignal,
) => Promise<Source | null>;
