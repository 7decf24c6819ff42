import { describe, expect, it } from 'vitest';
import { atOnce } from '../../bindings/base/steps.js';
import { findTotals, soundsLikeTotal } from '../../bindings/diagnose/doubles/index.js';

const whole = (members: number) => [{ of: new Uint32Array(members), count: 1 }];
/** Rows of figures by group; -1 where a member is not there. */
function figuresOf(rows: readonly (readonly number[])[]) {
  const there = rows.flatMap((row, g) => row.flatMap((value, m) => (value < 0 ? [] : [{ g, m, value }])));
  return {
    starts: [...rows.keys(), rows.length].map((g) => there.filter((figure) => figure.g < g).length),
    member: there.map(({ m }) => m),
    members: rows[0].length,
    value: there.map(({ value }) => value),
  };
}
const never = () => false;
const totalsIn = (rows: readonly (readonly number[])[], named: (m: number) => boolean = never) =>
  atOnce(findTotals(figuresOf(rows), whole(rows[0].length), named)).map(({ member }) => member);

describe('findTotals', () => {
  it('finds the member that has what the others have together, wherever it stands', () => {
    expect(
      totalsIn([
        [818, 1030, 679, 2527],
        [683, 1253, 678, 2614],
      ]),
    ).toEqual([3]);
    expect(
      totalsIn([
        [2527, 818, 1030, 679],
        [2614, 683, 1253, 678],
      ]),
    ).toEqual([0]);
  });

  it('says in how many groups it is, and of how many others', () => {
    const rows = [
      [818, 1030, 679, 2527],
      [-1, 1253, 678, 1931],
      [-1, -1, 70, 70],
      [5, 6, 7, -1],
    ];
    expect(atOnce(findTotals(figuresOf(rows), whole(4), never))).toEqual([{ member: 3, cut: 0, groups: 3, others: 3 }]);
  });

  it('lets adding up leave 1e-9 of the figure, and no more', () => {
    const off = (part: number) =>
      totalsIn([
        [818.1, 1030.2, 1848.3 * (1 + part)],
        [683, 1253, 1936],
      ]);
    expect(off(5e-10)).toEqual([2]);
    expect(off(2e-9)).toEqual([]);
  });

  it('is not misled by a group where it is off, or where it alone is zero', () => {
    expect(
      totalsIn([
        [818, 1030, 1848],
        [683, 1253, 1937],
      ]),
    ).toEqual([]);
    expect(
      totalsIn([
        [818, 1030, 1848],
        [683, 1253, 0],
      ]),
    ).toEqual([]);
    expect(
      totalsIn([
        [818, 1030, 1848],
        [0, 0, 0],
      ]),
    ).toEqual([2]);
  });

  it('takes two equal members for no total: two others are needed', () => {
    expect(
      totalsIn([
        [818, 818],
        [683, 683],
      ]),
    ).toEqual([]);
    expect(
      totalsIn([
        [818, 0, 818],
        [683, 0, 683],
      ]),
    ).toEqual([]);
    const named = () => true;
    expect(totalsIn([[818, 818]], named)).toEqual([]);
  });

  it('takes no single agreement of small counts for one among many members, unless it is called a total', () => {
    const rows = [[1, 2, 3, ...new Array<number>(200).fill(-1)]];
    expect(totalsIn(rows)).toEqual([]);
    expect(totalsIn(rows, (m) => m === 2)).toEqual([2]);
    expect(totalsIn([...rows, ...rows, ...rows])).toEqual([2]);
  });

  it('finds totals of one sum beside each other where each is called so', () => {
    const rows = [
      [818, 1848, 1030, 1848],
      [683, 1936, 1253, 1936],
      [0, 0, 0, 0],
    ];
    const calledSo = (...list: number[]) => totalsIn(rows, (m) => list.includes(m));
    expect(calledSo(1, 3)).toEqual([1, 3]);
    expect(calledSo(1)).toEqual([]);
    expect(calledSo()).toEqual([]);
    expect(calledSo(0, 1, 3)).toEqual([]); // a campaign that is called so too: its sum is no longer theirs
    expect(totalsIn([...rows, [1, 3, 2, 4]], (m) => m % 2 === 1)).toEqual([1]);
    expect(totalsIn([...rows, [0, 3, 0, 3]], (m) => m % 2 === 1)).toEqual([]);
  });

  it('takes no figure that one other has too for a total, however many are called so', () => {
    expect(totalsIn([[818, 818, 818]], (m) => m > 0)).toEqual([]);
  });

  it('asks for the same arithmetic whatever a member is called', () => {
    expect(
      totalsIn(
        [
          [818, 1030, 1849],
          [683, 1253, 1937],
        ],
        () => true,
      ),
    ).toEqual([]);
  });

  it('finds subtotals first and the grand total beside them', () => {
    // campaigns a (two ads, their total) and b (two ads, their total), and the total of all
    const parts = { of: [0, 0, 0, 1, 1, 1, 2], count: 3 };
    const rows = [
      [100, 23, 123, 40, 7, 47, 170],
      [11, 210, 221, 35, 81, 116, 337],
    ];
    const found = atOnce(findTotals(figuresOf(rows), [parts, ...whole(7)], never));
    expect(found.map(({ member, cut }) => [member, cut])).toEqual([
      [2, 0],
      [5, 0],
      [6, 1],
    ]);
  });
});

it.each(['Total', 'TOTAL', 'Grand total', 'Gesamt', 'Summe', 'all', 'Total: Search', 'campaign_total'])(
  '%s sounds like a total',
  (name) => {
    expect(soundsLikeTotal(name)).toBe(true);
  },
);
it.each(['Totally new', 'Fall sale', 'Summer', 'Brand', 'Allgemein', ''])('%j does not', (name) => {
  expect(soundsLikeTotal(name)).toBe(false);
});
