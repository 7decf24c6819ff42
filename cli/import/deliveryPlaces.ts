import { show } from '../../bindings/base/errors.js';
import type { Faults } from '../../bindings/base/faults.js';
import { nearestName } from '../../bindings/base/nearest.js';
import { findRewritten } from '../../bindings/tables/rewritten.js';
import type { Contributions } from './contributions.js';
import type { DeliveryColumns } from './deliveryColumns.js';
import { type SourceTable, textsOf } from './table.js';
import { numberTuples } from './tuples.js';

const nameOf = (place: readonly string[]) => show(place.join(' '));

/**
 * The model's place of every row of a delivery table; -1 for a place that the model does not know, which is noted, as is
 * a place without delivery among the cautions. A fault when no row is of a place that it knows.
 */
export function placesOfRows(
  faults: Faults,
  table: SourceTable,
  columns: DeliveryColumns,
  { dimensions, places, source }: Contributions,
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
  const strange = found.filter((_, tuple) => placeOf[tuple] < 0);
  const silent = places.filter((_, p) => !placeOf.includes(p));
  const rewritten = findRewritten({ table: source, keys: silent }, { table: table.name, keys: strange });
  const what = dimensions.join(' and ');
  if (strange.length === found.length) {
    const [twin] = rewritten;
    const [wanted, got] = twin ? [twin.own, twin.other] : [silent[0], strange[0]];
    const problem = `expected ${what} like ${nameOf(wanted)}, got ${nameOf(got)} and none that the model has`;
    const cure = twin?.cure ?? `Name the right column with --dimension ${dimensions[0]}=column.`;
    faults.add('places', table.name, `${problem}. ${cure}`);
  } else {
    const twinOf = new Map(
      rewritten.flatMap(({ own, other }) => [
        [own, other],
        [other, own],
      ]),
    );
    const withNearest = (names: typeof places, others: typeof places) => {
      const texts = others.map((place) => place.join(' '));
      const listed = names.slice(0, 5).map((place) => {
        const near = twinOf.get(place)?.join(' ') ?? nearestName(place.join(' '), texts);
        return nameOf(place) + (near === null ? '' : ` (nearest: ${show(near)})`);
      });
      return `${listed.join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
    };
    if (strange.length > 0)
      notes.push(`delivery of ${what} that the model does not have: ${withNearest(strange, silent)}`);
    if (silent.length > 0) {
      const cure = rewritten.length > 0 ? `. ${rewritten[0].cure.replace(/\.$/, '')}` : '';
      cautions.push(`no delivery for ${what} ${withNearest(silent, strange)}: these totals stay unallocated${cure}`);
    }
  }
  return Int32Array.from(tuples.ids, (tuple) => placeOf[tuple]);
}
