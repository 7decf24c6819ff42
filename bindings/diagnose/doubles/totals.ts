import { pausesIn, type Steps } from '../../base/steps.js';
import { countOf } from './digits.js';

/** Figures of members in groups (entities in bricks): at most one for each pair, those of a group side by side. */
export interface Figures {
  /** Figures of group g are starts[g] .. starts[g+1]-1. */
  readonly starts: ArrayLike<number>;
  readonly member: ArrayLike<number>;
  readonly members: number;
  readonly value: ArrayLike<number>;
}

/** A way to cut groups into parts that may have totals of their own: the part of each member, below `count`. */
export interface Parts {
  readonly of: ArrayLike<number>;
  readonly count: number;
}

/** A member that has, wherever it is, what the others of its part have together. */
export interface TotalMember {
  readonly member: number;
  /** Which of the cuts it is the total of. */
  readonly cut: number;
  /** Groups in which it is, and the most others that it stands for. */
  readonly groups: number;
  readonly others: number;
}

const tolerance = 1e-9; // of the figure: what adding up in another order leaves

/**
 * Members that are totals of the others: equal to their sum in every group in which they are, of at least two somewhere. `cuts` go
 * from the finest parts to the whole; totals that were found count no more, so that a grand total stands beside subtotals.
 * A few small figures may agree by chance: the rarer that is, taken over all members, the more of it there must be, unless
 * `named` says that a member is called a total. Several that are called so hide each other ("Total" beside "Grand total"), so
 * each is held against those that are not, too. Linear in the figures, for each cut.
 */
export function* findTotals(
  figures: Figures,
  cuts: readonly Parts[],
  named: (member: number) => boolean,
): Steps<TotalMember[]> {
  const gone = new Uint8Array(figures.members);
  const called = Uint8Array.from(gone, (_, m) => Number(named(m)));
  const several = called.indexOf(1) !== called.lastIndexOf(1);
  const found: TotalMember[] = [];
  for (const [c, cut] of cuts.entries()) {
    const keep = (totals: readonly Candidate[]) => {
      for (const { odds, ...total } of totals) {
        if (odds < Math.sqrt(10) * figures.members && !called[total.member]) continue;
        found.push({ ...total, cut: c });
        gone[total.member] = 1;
      }
    };
    keep(yield* totalsOf(figures, cut, gone, null));
    if (several) keep(yield* totalsOf(figures, cut, gone, called));
  }
  return found;
}

/** A member that may be a total, and one in how many such agreements comes by chance. */
type Candidate = Omit<TotalMember, 'cut'> & { readonly odds: number };

/** Members equal to the sum of the others; given those that are set aside, the ones of them equal to the sum of all others. */
function* totalsOf(
  { starts, member, members, value }: Figures,
  { of, count }: Parts,
  gone: Uint8Array,
  aside: Uint8Array | null,
): Steps<Candidate[]> {
  const sums = new Float64Array(count);
  const positive = new Uint32Array(count);
  const groups = new Uint32Array(members);
  const others = new Uint32Array(members);
  const odds = new Float64Array(members).fill(1);
  const { open, count: there } = present(member, gone, aside);
  const pauses = pausesIn(starts);
  let candidates = there; // of most data a few groups leave none
  for (let g = 0; g + 1 < starts.length && candidates > 0; g++) {
    if (pauses(g)) yield;
    const [from, to] = [starts[g], starts[g + 1]];
    let any = 0;
    for (let j = from; j < to; j++) any |= open[member[j]];
    if (any === 0) continue;
    for (let j = from; j < to; j++) {
      if (gone[member[j]] || aside?.[member[j]]) continue;
      sums[of[member[j]]] += value[j];
      if (value[j] > 0) positive[of[member[j]]]++;
    }
    for (let j = from; j < to; j++) {
      const m = member[j];
      const part = of[m];
      const own = aside ? 0 : value[j];
      if (!open[m] || (sums[part] === 0 && value[j] === 0)) continue;
      const rest = sums[part] - own;
      const most = positive[part] - (own > 0 ? 1 : 0);
      if (!(Math.abs(rest - value[j]) <= tolerance * value[j])) {
        open[m] = 0;
        candidates--;
        continue;
      }
      groups[m]++;
      others[m] = Math.max(others[m], most);
      if (most > 1) odds[m] *= Math.max(10, countOf(value[j]));
    }
    for (let j = from; j < to; j++) {
      sums[of[member[j]]] = 0;
      positive[of[member[j]]] = 0;
    }
  }
  const found: Candidate[] = [];
  for (let m = 0; m < members; m++) {
    if (open[m] && others[m] >= 2) found.push({ member: m, groups: groups[m], others: others[m], odds: odds[m] });
  }
  return found;
}

/** Members that have a figure and are not gone, of those set aside where some are: 1 for each, and how many. */
function present(
  member: ArrayLike<number>,
  gone: Uint8Array,
  aside: Uint8Array | null,
): { open: Uint8Array; count: number } {
  const open = new Uint8Array(gone.length);
  let left = gone.reduce((some, is) => some - is, gone.length);
  let count = 0;
  for (let j = 0; j < member.length && left > 0; j++) {
    const m = member[j];
    if (open[m] || gone[m] || aside?.[m] === 0) continue;
    open[m] = 1;
    count++;
    left--;
  }
  return { open, count };
}
