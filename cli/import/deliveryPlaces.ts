import { show } from '../../bindings/errors.js';
import type { Faults } from '../../bindings/faults.js';
import { nearestName } from '../../bindings/nearest.js';
import type { Contributions } from './contributions.js';
import type { DeliveryColumns } from './deliveryColumns.js';
import { type SourceTable, textsOf } from './table.js';
import { numberTuples } from './tuples.js';

/**
 * The model's place of every row of a delivery table; -1 for a place that the model does not know, which is noted, as is
 * a place without delivery among the cautions. A fault when no row is of a place that it knows.
 */
export function placesOfRows(
  faults: Faults,
  table: SourceTable,
  columns: DeliveryColumns,
  { dimensions, places }: Contributions,
  notes: string[],
  cautions: string[],
): Int32Array {
  const texts = columns.places.map((column) => textsOf(table, column));
  const tuples = numberTuples(
    table.rows,
    texts.map(({ codes }) => codes),
    texts.map(({ values }) => values.length),
  );
  const known = new Map(places.map((place, p) => [JSON.stringify(place), p]));
  const found = tuples.first.map((row) => texts.map(({ codes, values }) => values[codes[row]]));
  const placeOf = found.map((place) => known.get(JSON.stringify(place)) ?? -1);
  const strange = found.filter((_, tuple) => placeOf[tuple] < 0).map((place) => place.join(' '));
  const silent = places.filter((_, p) => !placeOf.includes(p)).map((place) => place.join(' '));
  const what = dimensions.join(' and ');
  if (strange.length === found.length) {
    const problem = `expected ${what} like ${show(silent[0])}, got ${show(strange[0])} and none that the model has`;
    faults.add('places', table.name, `${problem}. Name the right column with --dimension ${dimensions[0]}=column.`);
  } else {
    const withNearest = (names: string[], others: string[]) => {
      const listed = names.slice(0, 5).map((name) => {
        const near = nearestName(name, others);
        return show(name) + (near === null ? '' : ` (nearest: ${show(near)})`);
      });
      return `${listed.join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
    };
    if (strange.length > 0)
      notes.push(`delivery of ${what} that the model does not have: ${withNearest(strange, silent)}`);
    if (silent.length > 0)
      cautions.push(`no delivery for ${what} ${withNearest(silent, strange)}: these totals stay unallocated`);
  }
  return Int32Array.from(tuples.ids, (tuple) => placeOf[tuple]);
}
