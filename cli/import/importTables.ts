import type { ResultColumn, ResultTable } from '../../bindings/index.js';
import type { Contributions, Draws } from './contributions.js';
import type { Delivery } from './delivery.js';
import type { Periods } from './periods.js';

type Columns = [name: string, column: ResultColumn][];

/** Numbers of the channel, the period and the place of every row. */
interface Bricks {
  readonly channel: ArrayLike<number>;
  readonly period: ArrayLike<number>;
  readonly place: ArrayLike<number>;
}

/** The columns that name a brick: medium, period and the model's dimensions. */
function brickColumns({ channels, dimensions, places }: Contributions, periods: Periods, bricks: Bricks): Columns {
  const { channel, period, place } = bricks;
  return [
    ['medium', { codes: Uint32Array.from(channel), values: channels }],
    ['period', textColumn(period, (number) => periods.nameOf(number))],
    ...dimensions.map((name, d): Columns[number] => [name, textColumn(place, (number) => places[number][d])]),
  ];
}

/** One row per brick in the order of channel, period and place, which is that of `values`. */
export function totalsTable(
  contributions: Contributions,
  periods: Periods,
  used: readonly number[],
  values: Float64Array,
  population: readonly number[] | null,
): ResultTable {
  const { times, places } = contributions;
  const per = times.length * places.length;
  const rows = used.length * per;
  const each = (pick: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => pick(row));
  const place = each((row) => row % places.length);
  const channel = each((row) => used[Math.floor(row / per)]);
  const columns = brickColumns(contributions, periods, {
    channel,
    period: each((row) => Math.floor((row % per) / places.length)),
    place,
  });
  if (population) columns.push(['population', each((row) => population[place[row]])]);
  columns.push(['contribution', each((row) => values[channel[row] * per + (row % per)])]);
  return tableOf(rows, columns);
}

export function deliveryTable(
  contributions: Contributions,
  periods: Periods,
  { rows, entityColumns, entities }: Delivery,
): ResultTable {
  return tableOf(rows.exposure.length, [
    ...brickColumns(contributions, periods, rows),
    ...entityColumns.map((name, e): Columns[number] => [
      name,
      textColumn(rows.entity, (entity) => entities[entity][e]),
    ]),
    ['exposure', rows.exposure],
  ]);
}

/** One row per draw and brick, in the order of the file. */
export function drawsTable(
  contributions: Contributions,
  periods: Periods,
  used: readonly number[],
  { draw, channel, time, place, value }: Draws,
): ResultTable {
  const periodOf = contributions.times.map((text) => periods.of(text));
  const kept = Uint32Array.from(value.keys()).filter((i) => used.includes(channel[i]));
  const bricks = {
    channel: kept.map((i) => channel[i]),
    period: kept.map((i) => periodOf[time[i]]),
    place: kept.map((i) => place[i]),
  };
  const drawNumbers = kept.map((i) => draw[i]);
  return tableOf(kept.length, [
    ['draw', textColumn(drawNumbers, String)],
    ...brickColumns(contributions, periods, bricks),
    ['contribution', Float64Array.from(kept, (i) => value[i])],
  ]);
}

function tableOf(rows: number, columns: Columns): ResultTable {
  const named: Record<string, ResultColumn> = Object.create(null);
  for (const [name, column] of columns) named[name] = column;
  return { rows, names: columns.map(([name]) => name), columns: named };
}

/** A column of the texts that numbers stand for: each number is put into words once. */
function textColumn(numbers: ArrayLike<number>, textOf: (number: number) => string): ResultColumn {
  const known = new Map<number, number>();
  const values: string[] = [];
  const codes = Uint32Array.from(numbers, (number) => {
    const code = known.get(number) ?? values.push(textOf(number)) - 1;
    known.set(number, code);
    return code;
  });
  return { codes, values };
}
