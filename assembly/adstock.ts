/** Bytes of a row that are walked down all periods before the next: this much of four rows stays in the first cache. */
const blockBytes: usize = 8192;

/**
 * Geometric carry-over down the periods of a panel.
 *   outputs[0][s] = exposures[0][s];  outputs[t][s] = exposures[t][s] + decays[s] * outputs[t-1][s]
 * A row holds one period of all series; `series` is even (pad with zeros). May run in place, outputs = exposures.
 * Without periods nothing is written. Lanes are series: one series alone is a chain of waits that lanes cannot shorten.
 */
export function adstockGeometric(exposures: usize, decays: usize, outputs: usize, periods: i32, series: i32): void {
  if (periods < 1) return;
  const row = (<usize>series) << 3;
  // eight series a step, blocks of them while there are that many
  const wide = row & ~63;
  for (let start: usize = 0; start < wide; start += blockBytes) {
    carryBlock(exposures + start, decays + start, outputs + start, periods, row, min(blockBytes, wide - start));
  }
  for (let s = wide; s < row; s += 16) carryPair(exposures + s, decays + s, outputs + s, periods, row);
}

/** Row by row, the row before read back from the outputs. */
function carryBlock(exposures: usize, decays: usize, outputs: usize, periods: i32, row: usize, bytes: usize): void {
  memory.copy(outputs, exposures, bytes);
  for (let t = 1; t < periods; t++) {
    const before = outputs;
    exposures += row;
    outputs += row;
    for (let s: usize = 0; s < bytes; s += 64) {
      const first = f64x2.mul(v128.load(decays + s), v128.load(before + s));
      const second = f64x2.mul(v128.load(decays + s, 16), v128.load(before + s, 16));
      const third = f64x2.mul(v128.load(decays + s, 32), v128.load(before + s, 32));
      const fourth = f64x2.mul(v128.load(decays + s, 48), v128.load(before + s, 48));
      v128.store(outputs + s, f64x2.add(v128.load(exposures + s), first));
      v128.store(outputs + s, f64x2.add(v128.load(exposures + s, 16), second), 16);
      v128.store(outputs + s, f64x2.add(v128.load(exposures + s, 32), third), 32);
      v128.store(outputs + s, f64x2.add(v128.load(exposures + s, 48), fourth), 48);
    }
  }
}

/** Two series from the first period to the last, what is carried over kept in a register. */
function carryPair(exposures: usize, decays: usize, outputs: usize, periods: i32, row: usize): void {
  const decay = v128.load(decays);
  let carried = v128.load(exposures);
  v128.store(outputs, carried);
  for (let t = 1; t < periods; t++) {
    exposures += row;
    outputs += row;
    carried = f64x2.add(v128.load(exposures), f64x2.mul(decay, carried));
    v128.store(outputs, carried);
  }
}
