import { join } from 'node:path';
import { expect } from 'vitest';
import { InputError } from '../../bindings/base/errors.js';
import type { Column } from '../../bindings/index.js';
import type { TableFile } from '../../cli/input/files.js';
import { readInput } from '../../cli/input/read.js';
import { folderWith } from './run.js';

/** Columns of a file as cells, read as keys except those named in `values`. */
export async function cells(
  text: string | Uint8Array,
  wanted: string[],
  values: string[] = [],
  file: Partial<TableFile> = {},
) {
  const folder = folderWith({ 'x.csv': text });
  const columns = new Map(wanted.map((name) => [name, values.includes(name) ? 'value' : 'key'] as const));
  const { tables } = await readInput([
    { section: 'totals', path: join(folder, 'x.csv'), name: 'x.csv', columns, delimiter: ',', decimal: '.', ...file },
  ]);
  const table = tables.totals as ReadonlyMap<string, Column>;
  return wanted.map((name) => cellsOf(table.get(name)));
}

function cellsOf(column: Column | undefined): unknown[] | undefined {
  if (column && 'codes' in column) return Array.from(column.codes, (code) => column.values[code]);
  return column && Array.from(column as ArrayLike<unknown>);
}

/**
 * RFC 4180 spelt out: the fields of every record, or null where a file breaks it. Empty lines are passed over; one that
 * ends in another way than the header may be refused or not.
 */
function reference(text: string, fields: number): string[][] | null | 'either' {
  const rows: string[][] = [];
  let lineEnd = '';
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const row: string[] = [];
    const from = at;
    for (;;) {
      const quoted = /^"((?:[^"]|"")*)"/.exec(text.slice(at));
      const field = quoted ?? /^[^",\r\n]*/.exec(text.slice(at))!;
      row.push(quoted ? quoted[1].replaceAll('""', '"') : field[0]);
      at += field[0].length;
      if (text[at] !== ',') break;
      at++;
    }
    const end = /^\r\n|^\n/.exec(text.slice(at))?.[0] ?? '';
    if (end === '' && at < text.length) return null;
    const empty = at === from && fields > 1;
    at += end.length;
    if (empty && end !== lineEnd) return 'either';
    if (empty) continue;
    if (end !== '' && lineEnd !== '' && end !== lineEnd) return null;
    lineEnd ||= end;
    if (row.length !== fields) return null;
    rows.push(row);
  }
  return rows;
}

/** Reads files drawn with a seed, right ones and others, and compares with the reference. How many were of which kind. */
export async function compareWithRfc4180(seed: number, files: number): Promise<{ read: number; refused: number }> {
  let state = seed;
  const pick = <T>(list: readonly T[]): T => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return list[Math.floor((state / 2 ** 32) * list.length)];
  };
  const outcomes = { read: 0, refused: 0 };
  for (let k = 0; k < files; k++) {
    const fields = pick([2, 3]);
    const header = ['p', 'q', 'r'].slice(0, fields);
    const text = drawFile(pick, header);
    const expected = reference(text, fields);
    let read: unknown[][] | null = null;
    try {
      const columns = (await cells(text, header)) as unknown[][];
      read = columns[0].map((_, r) => columns.map((column) => column[r]));
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(`file ${JSON.stringify(text)}`, { cause: error });
    }
    if (expected === 'either') continue;
    outcomes[read ? 'read' : 'refused']++;
    expect({ text, read }).toEqual({ text, read: expected === null ? null : expected.slice(1) });
  }
  return outcomes;
}

/** One to four records with now and then a fault: a field too many or too few, a quote or a line end where none may be. */
function drawFile(pick: <T>(list: readonly T[]) => T, header: readonly string[]): string {
  const fields = header.length;
  const lineEnd = pick(['\n', '\n', '\r\n']);
  let text = header.join(',') + lineEnd;
  for (let r = pick([1, 2, 4]); r > 0; r--) {
    const row = Array.from({ length: pick([fields, fields, fields, fields, fields, fields + 1]) }, () => {
      const field = Array.from({ length: pick([0, 1, 2, 3]) }, () =>
        pick(['a', ' ', '"', ',', '\n', 'é', '\r\n', '\t', '1']),
      ).join('');
      return pick([true, true, true, true, true, false]) ? `"${field.replaceAll('"', '""')}"` : field;
    });
    text += pick([row.join(','), row.join(','), row.join(','), row[0]]) + (r > 1 ? lineEnd : pick(['', lineEnd]));
  }
  return text;
}
