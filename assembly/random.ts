// Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The multipliers
// and the Weyl increments of the key (golden ratio and sqrt(3) - 1, times 2^32) are the paper's.
const multiplierEven: u64 = 0xd2511f53;
const multiplierOdd: u64 = 0xcd9e8d57;
const incrementLow: u32 = 0x9e3779b9;
const incrementHigh: u32 = 0xbb67ae85;

/**
 * Random words by counter: block i depends on its counter and the key alone, so any part of any stream can be had at
 * once, in any order and by any worker.
 *   words[4i..4i+3] = philox4x32-10(counter, key), counter = (low and high word of first + i, stream, 0),
 *   key = (keyLow, keyHigh); one round: (c0, c1, c2, c3) <- (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0))
 * Assumes `first` and `first + blocks` are integers from 0 to 2^53; keys and stream are taken modulo 2^32.
 * Writes 4 unsigned 32-bit words a block. Every input is good: there is no special key, stream or counter.
 */
export function randomWords(keyLow: u32, keyHigh: u32, stream: u32, first: f64, words: usize, blocks: i32): void {
  let counter = <u64>first;
  for (let b = 0; b < blocks; b++) {
    let c0 = <u32>counter;
    let c1 = <u32>(counter >> 32);
    let c2 = stream;
    let c3: u32 = 0;
    let k0 = keyLow;
    let k1 = keyHigh;
    for (let round = 0; round < 10; round++) {
      const even = multiplierEven * <u64>c0;
      const odd = multiplierOdd * <u64>c2;
      c0 = <u32>(odd >> 32) ^ c1 ^ k0;
      c1 = <u32>odd;
      c2 = <u32>(even >> 32) ^ c3 ^ k1;
      c3 = <u32>even;
      k0 += incrementLow;
      k1 += incrementHigh;
    }
    store<u32>(words, c0);
    store<u32>(words, c1, 4);
    store<u32>(words, c2, 8);
    store<u32>(words, c3, 12);
    words += 16;
    counter++;
  }
}
