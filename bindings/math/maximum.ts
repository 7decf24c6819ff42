const golden = 0.381966011250105; // (3 - sqrt 5) / 2

/**
 * Where a function of one number is largest between two bounds, from a starting point on: parabolas through the best three
 * points, golden sections where they do not help (Brent 1973, chapter 5). One top is found where there are several. The bounds
 * themselves are looked at too.
 */
export async function maximum(
  valueAt: (x: number) => Promise<number>,
  low: number,
  high: number,
  start: number,
  accuracy: number,
): Promise<number> {
  let [a, b] = [low, high];
  const lost = async (x: number) => -(await valueAt(x));
  let best = start;
  let bestLost = await lost(best);
  let [second, secondLost] = [best, bestLost];
  let [third, thirdLost] = [best, bestLost];
  let step = 0;
  let before = 0; // the step before the last
  for (let round = 0; round < 60; round++) {
    const middle = (a + b) / 2;
    if (Math.abs(best - middle) <= 2 * accuracy - (b - a) / 2) break;
    let use = false;
    if (Math.abs(before) > accuracy) {
      const r = (best - second) * (bestLost - thirdLost);
      let q = (best - third) * (bestLost - secondLost);
      let p = (best - third) * q - (best - second) * r;
      q = 2 * (q - r);
      if (q > 0) p = -p;
      q = Math.abs(q);
      const last = before;
      before = step;
      // inside the bounds, and less than half the step before the last
      if (Math.abs(p) < Math.abs((q * last) / 2) && p > q * (a - best) && p < q * (b - best)) {
        step = p / q;
        const to = best + step;
        if (to - a < 2 * accuracy || b - to < 2 * accuracy) step = best < middle ? accuracy : -accuracy;
        use = true;
      }
    }
    if (!use) {
      before = best < middle ? b - best : a - best;
      step = golden * before;
    }
    const x = Math.abs(step) >= accuracy ? best + step : best + (step > 0 ? accuracy : -accuracy);
    const found = await lost(x);
    if (found <= bestLost) {
      if (x < best) b = best;
      else a = best;
      [third, thirdLost] = [second, secondLost];
      [second, secondLost] = [best, bestLost];
      [best, bestLost] = [x, found];
      continue;
    }
    if (x < best) a = x;
    else b = x;
    if (found <= secondLost || second === best) {
      [third, thirdLost] = [second, secondLost];
      [second, secondLost] = [x, found];
    } else if (found <= thirdLost || third === best || third === second) [third, thirdLost] = [x, found];
  }
  for (const edge of [low, high]) {
    if (Math.abs(edge - best) > 2 * accuracy) continue;
    const found = await lost(edge);
    if (found <= bestLost) [best, bestLost] = [edge, found];
  }
  return best;
}
