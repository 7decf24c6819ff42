import { describe, expect, it } from 'vitest';
import type { Climb, Point } from '../../bindings/solve/climb.js';
import { search } from '../../bindings/solve/lineSearch.js';

interface Told {
  readonly objective?: number;
  readonly gradient?: number[];
  readonly gap?: number;
  readonly logFit?: number;
}

/** A climb over points that a function makes up, and the productivities it was asked about. */
function climbOver(tell: (productivity: number[]) => Told, ends: (point: Point) => boolean = () => false) {
  const asked: number[][] = [];
  const pointAt = (productivity: ArrayLike<number>): Point => {
    const { objective = 0, gradient = [0], gap = 1, logFit = 0 } = tell(Array.from(productivity));
    const known = { objective, gap, logFit, magnitude: 1e4 };
    return { ...known, productivity: Float64Array.from(productivity), gradient: Float64Array.from(gradient) } as Point;
  };
  const climb = {
    ends,
    async next(productivity: Float64Array, _: unknown, earlier: Point) {
      asked.push([...productivity]);
      return [pointAt(productivity), earlier];
    },
  } as unknown as Climb;
  return { climb, asked, pointAt };
}

const parabola = (top: number) => (x: number[]) => ({
  objective: 100 - 2 * (x[0] - top) ** 2,
  gradient: [-4 * (x[0] - top)],
});

describe('the line search', () => {
  it('takes the whole step where the objective rises enough', async () => {
    const { climb, asked, pointAt } = climbOver(parabola(3));
    const start = pointAt([1]);
    const { better, from } = await search(climb, start, Float64Array.of(2), 'diagonal');
    expect(asked).toEqual([[3]]);
    expect([...better!.productivity]).toEqual([3]);
    expect(from).toBe(start);
  });

  it('goes where the slope should be zero when the step is too long, at least a tenth of it', async () => {
    // from 1 the top at 3 is at 2 / length of the step
    for (const [length, second] of [
      [5, 3],
      [9.8, 3],
      [100, 11],
    ]) {
      // biome-ignore format: a table
      const { climb, asked, pointAt } = climbOver(parabola(3));
      const { better } = await search(climb, pointAt([1]), Float64Array.of(length), 'diagonal');
      expect(asked[0]).toEqual([1 + length]);
      expect(Math.abs(asked[1][0] - second)).toBeLessThan(1e-12);
      expect(better!.objective).toBeGreaterThan(92);
    }
  });

  it('goes at most half of the way again', async () => {
    // the slope falls to next to nothing, but not a bit is won
    const { climb, asked, pointAt } = climbOver(([x]) => ({ objective: 0, gradient: [x > 0 ? -0.01 : 1] }));
    await search(climb, pointAt([0]), Float64Array.of(1), 'diagonal');
    expect(asked.slice(0, 4)).toEqual([[1], [0.5], [0.25], [0.125]]);
  });

  it('asks for enough of the rise that the slope promises', async () => {
    // a slope of 1 promises 1 for a step of 1
    for (const [rise, taken] of [
      [2e-4, true],
      [0.5e-4, false],
    ] as const) {
      // biome-ignore format: a table
      const { climb, asked, pointAt } = climbOver(([x]) => ({ objective: x > 0 ? rise * x : 0, gradient: [x > 0 ? -1 : 1] }));
      const { better } = await search(climb, pointAt([0]), Float64Array.of(1), 'diagonal');
      expect(asked.length === 1).toBe(taken);
      // where none rises enough, the highest of those that rose will do
      expect([...better!.productivity]).toEqual([1]);
    }
  });

  it('goes on by the slope where differences drown in rounding', async () => {
    const { climb, asked, pointAt } = climbOver(([x]) => ({ objective: 7, gradient: [2 - x], gap: 1 + x }));
    const { better } = await search(climb, pointAt([1]), Float64Array.of(1), 'hessian');
    expect([...better!.productivity]).toEqual([2]);
    expect(asked.length).toBe(1);
  });

  it('takes a point that is nearer by proof, unless it is lower than rounding explains', async () => {
    // rounding is 1e-14 of a magnitude of 1e4
    for (const [fall, taken] of [
      [0.5e-10, true],
      [2e-10, false],
    ] as const) {
      // biome-ignore format: a table
      const tell = ([x]: number[]) => ({ objective: x > 0 ? -fall : 0, gradient: [x > 0 ? -1 : 1], gap: x > 0 ? 0.5 : 1 });
      const { climb, pointAt } = climbOver(tell);
      expect((await search(climb, pointAt([0]), Float64Array.of(1), 'diagonal')).better !== null).toBe(taken);
    }
    // as low, but no nearer
    const tell = ([x]: number[]) => ({ objective: x > 0 ? -0.5e-10 : 0, gradient: [x > 0 ? -1 : 1] });
    const { climb, pointAt } = climbOver(tell);
    expect((await search(climb, pointAt([0]), Float64Array.of(1), 'diagonal')).better).toBeNull();
  });

  it('does not look along a step that leads down, or nowhere', async () => {
    for (const step of [-1, 0, Number.NaN]) {
      const { climb, asked, pointAt } = climbOver(parabola(3));
      expect((await search(climb, pointAt([1]), Float64Array.of(step), 'diagonal')).better).toBeNull();
      expect(asked).toEqual([]);
    }
  });

  it('stays at zero where the step leads below', async () => {
    const { climb, asked, pointAt } = climbOver(() => ({ objective: 1, gradient: [-1, 1] }));
    await search(climb, pointAt([1, 1]), Float64Array.of(-1 - 1e-16, 2), 'diagonal');
    await search(climb, pointAt([1, 1]), Float64Array.of(-2, 3), 'diagonal');
    expect(asked[0]).toEqual([0, 3]);
    expect(asked[1]).toEqual([0, 4]);
  });

  it('halves the step where a brick with a total would be given nothing', async () => {
    const { climb, asked, pointAt } = climbOver(([x]) =>
      x > 3 ? { logFit: -Infinity, objective: -Infinity, gradient: [1] } : parabola(3)([x]),
    );
    const { better } = await search(climb, pointAt([1]), Float64Array.of(4), 'diagonal');
    expect(asked).toEqual([[5], [3]]);
    expect([...better!.productivity]).toEqual([3]);
  });

  it('gives up after twelve trials, or when there is nothing left to look for', async () => {
    const sinking = ([x]: number[]) => ({ objective: -x, gradient: [x > 0 ? -1 : 1] });
    const all = climbOver(sinking);
    expect((await search(all.climb, all.pointAt([0]), Float64Array.of(1), 'diagonal')).better).toBeNull();
    expect(all.asked.length).toBe(12);
    const few = climbOver(sinking, () => few.asked.length >= 3);
    expect((await search(few.climb, few.pointAt([0]), Float64Array.of(1), 'diagonal')).better).toBeNull();
    expect(few.asked.length).toBe(3);
  });
});
