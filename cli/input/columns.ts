import { type NumberMarks, numberPattern, thousandsCharacters } from '../../bindings/base/numbers/grammar.js';
import type { Column, DictionaryColumn } from '../../bindings/index.js';
import { type Database, itemsOf, literal } from '../duckdb.js';
import { bytesOf, splitTexts, textsTogether } from './texts.js';

/** A column of a relation in DuckDB, and what it becomes. */
export interface WantedColumn {
  readonly name: string;
  /** SQL of its text; for `number` of its figure as DOUBLE. */
  readonly expression: string;
  /** `text` becomes a dictionary, `number` floats; `figure` is text that becomes floats when all of it reads as numbers. */
  readonly as: 'text' | 'number' | 'figure';
}

/** SQL of a figure written as text: null where the grammar of numbers does not hold. Both ends round correctly. */
function figureOf(text: string, marks: NumberMarks): string {
  // the first of these becomes the point, the others go
  const other = `${marks.decimal ?? '.'}${thousandsCharacters(marks)}`;
  const plain = other === '.' ? text : `translate(${text}, ${literal(other)}, '.')`;
  return `CASE WHEN regexp_full_match(${text}, ${literal(numberPattern(marks))}) THEN TRY_CAST(${plain} AS DOUBLE) END`;
}

const noText = 0xffffffff;

/**
 * Reads columns of a relation, rows in its order. DuckDB stores the rows once, numbers the distinct texts of each
 * column and hands over (row, number of its text): whatever order its threads, DISTINCT and joins produce, every
 * number goes to its own row and the caller sorts the texts.
 */
export async function readColumns(
  database: Database,
  relation: string,
  wanted: readonly WantedColumn[],
  marks: NumberMarks,
): Promise<{ rows: number; columns: Map<string, Column> }> {
  const { connection, chunks } = database;
  const selected = wanted.map(
    ({ expression, as }, i) => `${as === 'figure' ? figureOf(expression, marks) : expression} AS c${i}`,
  );
  await connection.run(`CREATE TEMP TABLE stored AS SELECT ${selected.join(', ') || '0 AS none'} FROM ${relation}`);
  try {
    const { rows, filled } = await countFilled(database, wanted);
    const columns = new Map<string, Column>();
    const joins: string[] = [];
    // what one more query brings, row by row: codes of texts, and figures
    const brought: { readonly sql: string; readonly into: Uint32Array | Float64Array }[] = [];
    for (const [i, { name, as, expression }] of wanted.entries()) {
      if (as === 'text') {
        const values = await readDictionary(database, i);
        const codes = new Uint32Array(rows);
        brought.push({ sql: `coalesce(d${i}.id, ${noText})::UINTEGER`, into: codes });
        joins.push(`LEFT JOIN texts${i} d${i} ON d${i}.text = s.c${i}`);
        columns.set(name, { codes, values });
      } else if (filled.get(i) === rows) {
        const floats = new Float64Array(rows);
        brought.push({ sql: `s.c${i}`, into: floats });
        columns.set(name, floats);
      } else {
        // something is missing or not a number: the caller gets what stands there and says what is wrong
        columns.set(
          name,
          as === 'figure'
            ? await readTexts(database, `SELECT encode(${expression}) FROM ${relation}`)
            : await readCells(database, `SELECT c${i} FROM stored`),
        );
      }
    }
    const selection = ['s.rowid::UINTEGER', ...brought.map(({ sql }) => sql)].join(', ');
    for await (const chunk of chunks(`SELECT ${selection} FROM stored s ${joins.join(' ')}`)) {
      const at = itemsOf<Uint32Array>(chunk, 0);
      for (const [k, { into }] of brought.entries()) scatter(itemsOf(chunk, k + 1), at, into);
    }
    for (const [name, column] of columns)
      if ('codes' in column && (column.codes as Uint32Array).includes(noText)) columns.set(name, withNulls(column));
    return { rows, columns };
  } finally {
    for (const table of ['stored', ...wanted.map((_, i) => `texts${i}`)])
      await connection.run(`DROP TABLE IF EXISTS ${table}`);
  }
}

/** Puts each item at its row. */
function scatter(items: ArrayLike<number>, rows: Uint32Array, into: Uint32Array | Float64Array): void {
  for (let r = 0; r < rows.length; r++) into[rows[r]] = items[r];
}

/** How many rows there are, and in how many each column of figures is filled. */
async function countFilled({ chunks }: Database, wanted: readonly WantedColumn[]) {
  const figures = [...wanted.keys()].filter((i) => wanted[i].as !== 'text');
  const selected = ['count(*)', ...figures.map((i) => `count(c${i})`)];
  for await (const chunk of chunks(`SELECT ${selected.join(', ')} FROM stored`)) {
    const [rows, ...counts] = chunk.getRowValues(0).map(Number);
    return { rows, filled: new Map(figures.map((i, k) => [i, counts[k]])) };
  }
  return { rows: 0, filled: new Map<number, number>() };
}

/** Numbers the distinct texts of a stored column, in any order, and reads them: many in one blob, which is much faster. */
async function readDictionary({ connection, chunks }: Database, column: number): Promise<string[]> {
  const distinct = `SELECT DISTINCT c${column} AS text FROM stored WHERE c${column} IS NOT NULL`;
  await connection.run(
    `CREATE TEMP TABLE texts${column} AS SELECT (row_number() OVER () - 1)::UINTEGER AS id, text FROM (${distinct})`,
  );
  let together = 1;
  for await (const chunk of chunks(`SELECT coalesce(max(strlen(text)), 0)::UINTEGER FROM texts${column}`))
    together = textsTogether(itemsOf(chunk, 0)[0]);
  const values: string[] = [];
  const joined = "list(strlen(text)::UINTEGER ORDER BY id), encode(string_agg(text, '' ORDER BY id))";
  const batch = `id // ${together}`;
  for await (const chunk of chunks(`SELECT ${joined} FROM texts${column} GROUP BY ${batch} ORDER BY ${batch}`)) {
    for (let r = 0; r < chunk.rowCount; r++) {
      const sizes = chunk.getColumnVector(0).getItem(r) as { readonly items: readonly number[] };
      splitTexts(bytesOf(chunk, 1, r)!, sizes.items, values);
    }
  }
  return values;
}

function withNulls({ codes, values }: DictionaryColumn): (string | null)[] {
  return Array.from(codes, (code) => (code === noText ? null : values[code]));
}

/** One column of numbers, cell by cell. */
async function readCells({ chunks }: Database, sql: string): Promise<(number | null)[]> {
  const cells: (number | null)[] = [];
  for await (const chunk of chunks(sql)) for (const cell of chunk.getColumnValues(0)) cells.push(cell as number | null);
  return cells;
}

/** One column of encoded texts, cell by cell. */
async function readTexts({ chunks }: Database, sql: string): Promise<(string | null)[]> {
  const cells: (string | null)[] = [];
  for await (const chunk of chunks(sql))
    for (let r = 0; r < chunk.rowCount; r++) cells.push(bytesOf(chunk, 0, r)?.toString() ?? null);
  return cells;
}
