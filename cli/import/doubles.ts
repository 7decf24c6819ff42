import { show } from '../../bindings/base/errors.js';
import { atOnce } from '../../bindings/base/steps.js';
import {
  findAliases,
  findNamedBy,
  findRepeats,
  findTotals,
  findTwins,
  type NamedBy,
  soundsLikeTotal,
} from '../../bindings/diagnose/doubles/index.js';
import type { DeliveryRows } from './delivery.js';
import type { DeliveryColumns } from './deliveryColumns.js';
import { type SourceTable, textsOf } from './table.js';
import { numberTuples } from './tuples.js';

/** What a delivery table counts twice or splits in two: for the reader to decide. */
export function doubleCautions(
  table: SourceTable,
  columns: DeliveryColumns,
  /** Rows of the table that are added up, with the channel and exposure of each. */
  kept: { readonly rows: readonly number[]; readonly channel: Uint32Array; readonly exposure: Float64Array },
  /** Columns of the table that name an entity, its number in each row, and all rows added up. */
  entities: { readonly columns: readonly string[]; readonly ids: Uint32Array; readonly added: DeliveryRows },
): string[] {
  return [
    ...totals(table, kept, entities),
    ...repeats(table, columns, kept),
    ...columns.named.flatMap((pair) => aliases(table, columns, kept.rows, pair)),
    ...entities.columns.flatMap((column) => twins(table, column, kept.rows)),
  ];
}

const mostExamples = 3;
const recordOf = ({ name }: SourceTable, row: number) => `${name} record ${row + 1}`;
const listed = (texts: readonly string[], count: number) =>
  `${texts.slice(0, mostExamples).join(', ')}${count > mostExamples ? ` and ${count - mostExamples} more` : ''}`;

type Kept = Parameters<typeof doubleCautions>[2];
type Entities = Parameters<typeof doubleCautions>[3];

/** Codes of columns in the rows that count. */
function codesOf(table: SourceTable, names: readonly string[], rows: readonly number[]) {
  const texts = names.map((name) => textsOf(table, name));
  return {
    texts,
    codes: texts.map(({ codes }) => Uint32Array.from(rows, (r) => codes[r])),
    sizes: texts.map(({ values }) => values.length),
  };
}

/** Entities that have in every period what the others of their channel, or of their campaign, have together. */
function totals(table: SourceTable, { rows, channel }: Kept, { columns, ids, added }: Entities): string[] {
  const count = ids.reduce((most, id) => Math.max(most, id + 1), 0);
  const channels = channel.reduce((most, c) => Math.max(most, c + 1), 0);
  const members = numberTuples(rows.length, [channel, ids], [channels, count]);
  const memberOf = new Map(members.first.map((i, m) => [channel[i] * count + ids[i], m]));
  // rows that are added up stand in order of channel, period and place
  const starts: number[] = [];
  for (let i = 0; i < added.exposure.length; i++) {
    const same = i > 0 && [added.channel, added.period, added.place].every((of) => of[i] === of[i - 1]);
    if (!same) starts.push(i);
  }
  starts.push(added.exposure.length);
  const { texts, codes, sizes } = codesOf(table, columns, rows);
  const cuts = [...columns.keys()].reverse().map((depth) => {
    const parts = numberTuples(
      members.count,
      [channel, ...codes.slice(0, depth)].map((of) => Uint32Array.from(members.first, (i) => of[i])),
      [channels, ...sizes.slice(0, depth)],
    );
    return { of: parts.ids, count: parts.count, depth };
  });
  const nameOf = (m: number) => columns.map((_, c) => texts[c].values[codes[c][members.first[m]]]);
  const figures = {
    starts,
    member: Uint32Array.from(added.entity, (entity, i) => memberOf.get(added.channel[i] * count + entity)!),
    members: members.count,
    value: added.exposure,
  };
  const named = (m: number) => nameOf(m).some(soundsLikeTotal);
  const found = atOnce(findTotals(figures, cuts, named));
  const rowsOf = new Uint32Array(members.count);
  for (const m of members.ids) rowsOf[m]++;
  const lines = found.slice(0, mostExamples).map(({ member, groups, others }) => {
    const more = rowsOf[member] > 1 ? ` and ${rowsOf[member] - 1} more` : '';
    const where = `${recordOf(table, rows[members.first[member]])}${more}`;
    const what = `${columns.join(' / ')} ${show(nameOf(member).join(' / '))} (${where}) has in every period it is in, ${groups} in all, what the others have together (${others} of them at most)`;
    return named(member)
      ? `${what}, and is called a total: with it everything counts twice, so take its rows out`
      : `${what}: if it is a total row, take its rows out, or everything counts twice`;
  });
  return found.length > mostExamples ? [...lines, `and ${found.length - mostExamples} more such entities`] : lines;
}

/** Rows that say in all columns that are read what an earlier one says. */
function repeats(table: SourceTable, columns: DeliveryColumns, { rows, exposure }: Kept): string[] {
  const { medium, campaigns, date, hour, places, named } = columns;
  const ids = named.flatMap(({ id, name }) => [id, name]);
  const keys = [...new Set([date, hour, medium, ...places, ...campaigns, ...ids].filter((name) => name !== null))];
  const { codes, sizes } = codesOf(table, keys, rows);
  const tuples = numberTuples(rows.length, codes, sizes);
  if (tuples.count === rows.length) return [];
  const found = findRepeats(tuples.ids, tuples.count, exposure);
  if (found.length === 0) return [];
  const examples = found
    .slice(0, mostExamples)
    .map(({ row, first }) => `${recordOf(table, rows[row])} (as record ${rows[first] + 1})`);
  const said = `${found.length} of ${rows.length} rows ${found.length === 1 ? 'says' : 'say'} again what an earlier row says in ${[...keys, columns.exposure].join(', ')}`;
  return [
    `${said}: ${listed(examples, found.length)}. As in exports that overlap they are added up twice: take them out if they are no rows of their own`,
  ];
}

/** Ids with several names, and names with several ids. */
function aliases(
  table: SourceTable,
  columns: DeliveryColumns,
  rows: readonly number[],
  { id, name }: NamedBy,
): string[] {
  const { medium, campaigns } = columns;
  const above = campaigns.slice(0, campaigns.indexOf(name)).filter((column) => column !== id);
  const scope = [...(medium === null ? [] : [medium]), ...above];
  const { texts, codes, sizes } = codesOf(table, [...scope, id, name], rows);
  const distinct = numberTuples(rows.length, codes, sizes).first;
  const at = (c: number) => Uint32Array.from(distinct, (i) => codes[c][i]);
  const scopes = numberTuples(
    distinct.length,
    scope.map((_, c) => at(c)),
    sizes.slice(0, scope.length),
  ).ids;
  const both = campaigns.includes(id);
  const say = (thing: number, text: number, words: string): string[] => {
    const found = findAliases(at(thing), at(text), scopes);
    if (found.length === 0) return [];
    const firsts = found[0].rows.map((k) => distinct[k]);
    const textAt = (c: number, i: number) => show(texts[c].values[codes[c][i]]);
    const shown = firsts.map((i) => `${textAt(text, i)} (${recordOf(table, rows[i])})`);
    const more = found.length > 1 ? `, and so for ${found.length - 1} more` : '';
    const [what, other] = thing === scope.length ? [id, name] : [name, id];
    return [
      `${what} ${textAt(thing, firsts[0])} stands with ${firsts.length} values of ${other}, ${listed(shown, shown.length)}${more}: ${words}`,
    ];
  };
  const apart = 'each counts as a campaign of its own';
  return [
    ...say(
      scope.length,
      scope.length + 1,
      both
        ? `${apart}. If it was renamed, leave ${name} out of --campaign-column`
        : `${apart}. If it was renamed, --campaign-column ${id} keeps it together`,
    ),
    ...say(
      scope.length + 1,
      scope.length,
      both
        ? `${apart}. If they are one, leave ${id} out of --campaign-column`
        : `they count as one campaign. --campaign-column ${id} tells them apart`,
    ),
  ];
}

/** Names that differ in writing alone. */
function twins(table: SourceTable, column: string, rows: readonly number[]): string[] {
  const { codes, values } = textsOf(table, column);
  const first = new Float64Array(values.length).fill(-1);
  for (let i = rows.length - 1; i >= 0; i--) first[codes[rows[i]]] = rows[i];
  const found = findTwins(values, first);
  if (found.length === 0) return [];
  const [a, b] = found[0].map((t) => `${show(values[t])} (${recordOf(table, first[t])})`);
  const more = found.length > 1 ? `, and so do ${found.length - 1} more` : '';
  return [`${column} ${a} and ${b} differ in writing alone${more}: they count as two`];
}

/** Pairs of id and name of which the name is a column of the campaign: where it is wrong, ids show it. */
export const namedCampaigns = (header: readonly string[], campaigns: readonly string[]): NamedBy[] =>
  findNamedBy(header).filter(({ name }) => campaigns.includes(name));
