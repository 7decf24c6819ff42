import { show } from '../base/errors.js';
import type { Steps } from '../base/steps.js';
import type { Model } from '../config/config.js';
import type { Deliveries } from '../tables/deliveries.js';
import { describeKey, type KeySet, keyText, rankTuples } from '../tables/keys.js';
import { firstOfEach, firstRows } from '../tables/meeting.js';
import { orderBy, segmentsOf } from '../tables/order.js';
import type { Rows } from '../tables/read.js';
import {
  findAliases,
  findNamedBy,
  findRepeats,
  findTotals,
  findTwins,
  mayBeTwins,
  type Parts,
  soundsLikeTotal,
} from './doubles/index.js';
import { listed, mostExamples } from './keys.js';
import type { Warning } from './warnings.js';

/** What counts something twice, or splits one thing in two: total rows, repeated rows, ids and names that disagree. */
export function* doubleWarnings(rows: Rows, deliveries: Deliveries, model: Model): Steps<Warning[]> {
  const found = [
    ...(yield* totalEntities(rows, deliveries)),
    ...(yield* totalBricks(rows)),
    ...(model.exposure.duplicates === 'sum' ? yield* repeatedRows(rows, deliveries) : []),
  ];
  yield;
  found.push(...(yield* aliases(rows)));
  yield;
  return [...found, ...twins(rows)];
}

/** Tuples of keys by their first `depth` columns. */
function* prefixes({ codes, values, count }: KeySet, depth: number): Steps<Parts> {
  if (depth === 0) return { of: new Uint32Array(count), count: 1 };
  const columns = codes.slice(0, depth);
  const ranked = yield* rankTuples(
    [columns],
    columns.map((_, c) => values[c].length),
  );
  return { of: ranked.ids[0], count: ranked.count };
}

/** First row of each id, and how many there are. */
function rowsOf(ids: Uint32Array, count: number) {
  const first = new Uint32Array(count);
  const rows = new Uint32Array(count);
  for (let r = ids.length - 1; r >= 0; r--) {
    first[ids[r]] = r;
    rows[ids[r]]++;
  }
  return { first, rows };
}

const andMore = (rows: number) => (rows > 1 ? ` and ${rows - 1} more` : '');
const verdict = (named: boolean) =>
  named
    ? 'and is called a total: with it everything counts twice. Take its rows out.'
    : 'and if it is a total row everything counts twice with it. Take its rows out in that case.';

/** Entities that have, wherever they are, what the others there have together. */
function* totalEntities({ entities, exposure }: Rows, { segments, entity, value }: Deliveries): Steps<Warning[]> {
  // from the siblings of the last column to all of a brick; a cut that tells no more than the one before says nothing
  const cuts: (Parts & { depth: number })[] = [];
  for (let depth = entities.names.length - 1; depth >= 0; depth--) {
    const parts = yield* prefixes(entities, depth);
    if (parts.count < (cuts.at(-1)?.count ?? entities.count)) cuts.push({ ...parts, depth });
  }
  const named = (e: number) => entities.names.some((_, c) => soundsLikeTotal(keyText(entities, e, c)));
  const figures = { starts: segments, member: entity, members: entities.count, value };
  const found = yield* findTotals(figures, cuts, named);
  if (found.length === 0) return [];
  const { first, rows } = rowsOf(exposure.entity, entities.count);
  return told(
    found.map(({ member, cut, groups, others }) => {
      const within = entities.names
        .slice(0, cuts[cut].depth)
        .map((name, c) => `${name} ${show(keyText(entities, member, c))}`);
      const of = within.length > 0 ? ` of ${within.join(', ')}` : '';
      const where = `${exposure.record(first[member])}${andMore(rows[member])}`;
      const what = `${describeKey(entities, member)} (${where}) has in every brick it is in, ${groups} in all, what the others${of} have together (${others} of them at most)`;
      return `${what}, ${verdict(named(member))}`;
    }),
    'entities',
  );
}

/** Values of a brick column whose totals are everywhere the sum of the others': "All" beside the regions. */
function* totalBricks({ bricks, totals }: Rows): Steps<Warning[]> {
  if (totals.value.some((value) => value < 0)) return [];
  const codesOf = bricks.codes.map((codes) => picked(codes, totals.brick));
  const warnings: Warning[] = [];
  for (const [c, name] of bricks.names.entries()) {
    const others = [...bricks.names.keys()].filter((d) => d !== c);
    const { ids, count } =
      others.length === 1
        ? { ids: [codesOf[others[0]]], count: bricks.values[others[0]].length }
        : others.length > 0
          ? yield* rankTuples(
              [others.map((d) => codesOf[d])],
              others.map((d) => bricks.values[d].length),
            )
          : { ids: [new Uint32Array(totals.brick.length)], count: 1 };
    const order = yield* orderBy(ids[0], count);
    const codes = codesOf[c];
    const members = bricks.values[c].length;
    const figures = {
      starts: segmentsOf(ids[0], count),
      member: picked(codes, order),
      members,
      value: picked(totals.value, order),
    };
    const named = (code: number) => soundsLikeTotal(bricks.values[c][code]);
    // one sum alone is no evidence: a week may well have what all others have
    const sums = yield* findTotals(figures, [{ of: new Uint32Array(members), count: 1 }], named);
    const found = sums.filter(({ member, groups }) => groups > 1 || named(member));
    if (found.length === 0) continue;
    const { first, rows } = rowsOf(codes, members);
    const of = others.map((d) => bricks.names[d]).join(', ');
    const words = told(
      found.map(({ member, groups, others: most }) => {
        const where = `${totals.record(first[member])}${andMore(rows[member])}`;
        const everywhere = of === '' ? '' : `for every ${of} it is in, ${groups} in all, `;
        const what = `${name} ${show(bricks.values[c][member])} (${where}) has ${everywhere}the sum of the other totals (${most} of them at most)`;
        return `${what}, ${verdict(named(member))}`;
      }),
      'totals',
    );
    warnings.push(...words);
  }
  return warnings;
}

/** The values at some positions. */
function picked<T extends Uint32Array | Float64Array>(values: T, at: Uint32Array): T {
  const out = (values instanceof Float64Array ? new Float64Array(at.length) : new Uint32Array(at.length)) as T;
  for (let i = 0; i < at.length; i++) out[i] = values[at[i]];
  return out;
}

/** A warning for each of the first few, and one that counts the rest. */
function told(messages: readonly string[], what: string): Warning[] {
  const found = messages.slice(0, mostExamples).map((message) => ({ code: 'total-row', message }));
  const more = messages.length - found.length;
  return more > 0 ? [...found, { code: 'total-row', message: `and ${more} more ${what} of this kind.` }] : found;
}

/** Rows that say what an earlier one says, added up. */
function* repeatedRows({ bricks, entities, exposure }: Rows, { entity }: Deliveries): Steps<Warning[]> {
  if (entity.length === exposure.brick.length) return [];
  const { ids, count } = yield* rankTuples([[exposure.brick, exposure.entity]], [bricks.count, entities.count]);
  yield;
  const found = findRepeats(ids[0], count, exposure.value);
  if (found.length === 0) return [];
  return [
    { code: 'repeated-rows', message: repeatWords(found, exposure.brick.length, exposure.record, exposure.table) },
  ];
}

function repeatWords(
  found: readonly { readonly row: number; readonly first: number }[],
  rows: number,
  record: (row: number) => string,
  table: string,
): string {
  const examples = found
    .slice(0, mostExamples)
    .map(({ row, first }) => `${record(row)} (as ${record(first).slice(table.length + 1)})`);
  const verb = found.length === 1 ? 'says' : 'say';
  return `${found.length} of ${rows} rows of exposure ${verb} again what an earlier row of the same brick and entity says, as in two exports that overlap: ${listed(examples, found.length)}. They count twice. Take them out if they are no rows of their own.`;
}

/** Entity keys made of an id and a name that do not go together one to one. */
function* aliases({ entities, entityOrder, exposure }: Rows): Steps<Warning[]> {
  const { names, codes } = entities;
  const pairs = findNamedBy(names);
  if (pairs.length === 0) return [];
  const { first, rows: rowsOfEach } = rowsOf(exposure.entity, entities.count);
  const used = entityOrder.filter((e) => rowsOfEach[e] > 0);
  const warnings: Warning[] = [];
  for (const { id, name } of pairs) {
    const [i, n] = [names.indexOf(id), names.indexOf(name)];
    const scope = (yield* prefixes(entities, Math.min(i, n))).of;
    const say = (code: string, thing: number, text: number, cure: string): Warning[] => {
      const each = (values: ArrayLike<number>) => used.map((e) => values[e]);
      const found = findAliases(each(codes[thing]), each(codes[text]), each(scope));
      if (found.length === 0) return [];
      const rows = found[0].rows.map((k) => used[k]);
      const shown = rows.map((e) => `${show(keyText(entities, e, text))} (${exposure.record(first[e])})`);
      const more = found.length > 1 ? `, and so do ${found.length - 1} more` : '';
      const what = `${names[thing]} ${show(keyText(entities, rows[0], thing))} stands with ${rows.length} values of ${names[text]}, ${listed(shown, shown.length)}${more}`;
      return [{ code, message: `${what}: each is an entity of its own. ${cure}` }];
    };
    warnings.push(
      ...say('several-names', i, n, `If it was renamed, give it one ${name}, or leave ${name} out of exposure.entity.`),
      ...say('several-ids', n, i, `If they are one, give them one ${id}, or leave ${id} out of exposure.entity.`),
    );
  }
  return warnings;
}

/** Texts of an entity column that differ in writing alone: one thing in two, like an id of two names. */
function twins({ entities, exposure }: Rows): Warning[] {
  const alike = entities.values.map(mayBeTwins);
  if (!alike.includes(true)) return [];
  const rows = firstOfEach(exposure.entity, entities.count);
  return entities.names.flatMap((name, c) => {
    const texts = entities.values[c];
    const first = firstRows(entities, c, rows);
    const found = findTwins(texts, first);
    if (found.length === 0) return [];
    const [a, b] = found[0].map((t) => `${show(texts[t])} (${exposure.record(first[t])})`);
    const more = found.length > 1 ? `, and so do ${found.length - 1} more` : '';
    const message = `column ${name}: ${a} and ${b} differ in writing alone${more}, so they are two entities. Write them alike if they are one.`;
    return [{ code: 'near-keys', message }];
  });
}
