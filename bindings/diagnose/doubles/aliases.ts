/** Two columns that name the same things: one by id, one by name. */
export interface NamedBy {
  readonly id: string;
  readonly name: string;
}

/** Words of a column's name: `CampaignId`, "Campaign ID" and `campaign_id` are alike. */
const wordsOf = (column: string) =>
  column
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

const idWords = ['id', 'key', 'code', 'number', 'no', 'nr'];
const nameWords = ['name', 'title', 'label'];

/** Columns that belong together as id and name of one thing: `campaign_id` with `campaign_name` or `campaign`. */
export function findNamedBy(columns: readonly string[]): NamedBy[] {
  const byStem = new Map<string, string>();
  // a name that says so goes before one that does not
  for (const said of [false, true]) {
    for (const column of columns) {
      const words = wordsOf(column);
      const last = words.at(-1) ?? '';
      if (idWords.includes(last) || said !== nameWords.includes(last)) continue;
      byStem.set((said ? words.slice(0, -1) : words).join(' '), column);
    }
  }
  return columns.flatMap((id) => {
    const words = wordsOf(id);
    if (!idWords.includes(words.at(-1) ?? '')) return [];
    const name = byStem.get(words.slice(0, -1).join(' '));
    return name === undefined ? [] : [{ id, name }];
  });
}

/** One thing that goes by several names: the rows in which each name stands first. */
export interface Alias {
  readonly rows: readonly number[];
}

/**
 * Things of one column that stand with several texts of another, in the order of their first row. `scope` numbers what
 * they belong to (a platform): things of two scopes are two. For distinct rows: linear, but by texts.
 */
export function findAliases(thing: ArrayLike<number>, text: ArrayLike<number>, scope: ArrayLike<number>): Alias[] {
  const first = new Map<string, Map<number, number>>();
  for (let r = 0; r < thing.length; r++) {
    const key = `${scope[r]} ${thing[r]}`;
    const rows = first.get(key) ?? new Map<number, number>();
    if (rows.size === 0) first.set(key, rows);
    if (!rows.has(text[r])) rows.set(text[r], r);
  }
  return [...first.values()].filter((rows) => rows.size > 1).map((rows) => ({ rows: [...rows.values()] }));
}
