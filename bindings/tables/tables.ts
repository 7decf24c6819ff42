/** Text or whole numbers for keys, numbers (or their text) for values; one entry a row. Dates for keys with a type. */
export type Column =
  | ArrayLike<string | number | bigint | boolean | Date | TemporalLike | null | undefined>
  | DictionaryColumn
  | VectorLike;

/** `Temporal.PlainDate`, `PlainDateTime` and their like. */
export interface TemporalLike {
  readonly [Symbol.toStringTag]: string;
  toString(): string;
}

/** A column of few distinct texts: row r holds `values[codes[r]]`. */
export interface DictionaryColumn {
  readonly codes: ArrayLike<number>;
  readonly values: ArrayLike<string>;
}

/** What an Arrow vector offers, and all that is used of it. */
export interface VectorLike {
  readonly length: number;
  get(index: number): unknown;
  /** Prints the type's name: `Utf8`, `Float64`, `Dictionary<Int32, Utf8>`. */
  readonly type?: unknown;
  /** Its batches. */
  readonly data?: readonly unknown[];
  memoize?(): VectorLike;
}

/** What an Arrow table offers, and all that is used of it. */
export interface ArrowLike {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: string): VectorLike | null;
}

/**
 * Columns by name, all of one length: an object, a Map or an Arrow table; or a list of row objects, whose cells are what those
 * of columns may be.
 */
export type Table =
  | Readonly<Record<string, Column>>
  | ReadonlyMap<string, Column>
  | ArrowLike
  | readonly Readonly<Record<string, unknown>>[];

/** What is split and what earned it. */
export interface Tables {
  readonly totals: Table;
  readonly exposure: Table;
  readonly entities?: Table | undefined;
}

/** A table of a result: key columns as dictionaries, figures (named in the type) as floats, words as text. */
export interface ResultTable<Figures extends string = never> {
  readonly rows: number;
  /** Column names in the order they are written. (An object lists names like "2024" first, wherever they belong.) */
  readonly names: readonly string[];
  /** The object has no prototype: any name is safe. */
  readonly columns: Readonly<Record<string, ResultColumn> & Record<Figures, Float64Array>>;
}

export type ResultColumn = Float64Array | DictionaryColumn | readonly string[];
