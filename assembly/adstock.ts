/** Bytes of a row that are walked down all periods before the next: this much of four rows stays in the first cache. */
const blockBytes: usize = 8192;

/**
 * Geometric carry-over down the periods of a panel.
 *   outputs[0][s] = exposures[0][s];  outputs[t][s] = exposures[t][s] + decays[s] * outputs[t-1][s]
 * A row holds one period of all series; `series` is even (pad with zeros). May run in place, outputs = exposures.
 * Without periods nothing is written. Lanes are series: one series alone is a chain of waits, which lanes cannot shorten.
 */
export function adstockGeometric(exposures: usize, decays: usize, outputs: usize, periods: i32, series: i32): void {
  if (periods < 1) return;
  const row = (<usize>series) << 3;
  for (let start: usize = 0; start < row; start += blockBytes) {
    const end = min(start + blockBytes, row);
    memory.copy(outputs + start, exposures + start, end - start);
    let before = outputs;
    let from = exposures + row;
    let to = outputs + row;
    for (let t = 1; t < periods; t++) {
      let s = start;
      for (; s + 64 <= end; s += 64) {
        const first = f64x2.mul(v128.load(decays + s), v128.load(before + s));
        const second = f64x2.mul(v128.load(decays + s, 16), v128.load(before + s, 16));
        const third = f64x2.mul(v128.load(decays + s, 32), v128.load(before + s, 32));
        const fourth = f64x2.mul(v128.load(decays + s, 48), v128.load(before + s, 48));
        v128.store(to + s, f64x2.add(v128.load(from + s), first));
        v128.store(to + s, f64x2.add(v128.load(from + s, 16), second), 16);
        v128.store(to + s, f64x2.add(v128.load(from + s, 32), third), 32);
        v128.store(to + s, f64x2.add(v128.load(from + s, 48), fourth), 48);
      }
      for (; s < end; s += 16) {
        const carried = f64x2.mul(v128.load(decays + s), v128.load(before + s));
        v128.store(to + s, f64x2.add(v128.load(from + s), carried));
      }
      before = to;
      from += row;
      to += row;
    }
  }
}
