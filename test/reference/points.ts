// Arguments for exp, log, pow and the exponential curve: spread over the whole range, and crowded where an implementation can go wrong.

type Random = () => number;

const bits = new BigInt64Array(1);
const asDouble = new Float64Array(bits.buffer);

/** The double so many places after x. */
function neighbour(x: number, places: number): number {
  asDouble[0] = x;
  bits[0] += BigInt(x < 0 ? -places : places);
  return asDouble[0];
}

const few = (random: Random) => Math.floor(random() * 9) - 4;
const between = (random: Random, low: number, high: number) => low + random() * (high - low);
/** Near 1, at a distance of 2^-3 down to 2^-52. */
const nearOne = (random: Random) => 1 + between(random, -1, 1) * 2 ** -between(random, 3, 52);
/** Any positive double, subnormal ones as well, each binade as often as the others. */
const positive = (random: Random) => 2 ** between(random, -1074, 1023.999);

/** x with a finite, non-zero e^x. */
export function expPoint(random: Random): number {
  const kind = Math.floor(random() * 6);
  if (kind === 0) return between(random, 700, 709.78);
  if (kind === 1) return between(random, -745.13, -700);
  // where the nearest 128th of ln 2 changes
  if (kind === 2)
    return neighbour(((Math.floor(between(random, -137000, 131000)) + 0.5) * Math.LN2) / 128, few(random));
  if (kind === 3) return (random() < 0.5 ? -1 : 1) * 2 ** between(random, -60, 9);
  return between(random, -745, 709.7);
}

/** rate x of an exponential curve, of either sign: 1 - e^-(rate x) is finite and not zero. */
export function exponentialPoint(random: Random): number {
  const kind = Math.floor(random() * 6);
  const sign = random() < 0.5 ? -1 : 1;
  // the first steps of the table, where most digits could cancel, and where the nearest step changes
  if (kind === 0) return sign * between(random, 0.001, 0.05);
  if (kind === 1) return neighbour((sign * (Math.floor(between(random, 0, 300)) + 0.5) * Math.LN2) / 128, few(random));
  if (kind === 2) return sign * 2 ** between(random, -1074, 0);
  if (kind === 3) return sign * between(random, 0, 40);
  if (kind === 4) return sign * between(random, 690, 700);
  return between(random, -700, 700);
}

/** Positive, finite x. */
export function logPoint(random: Random): number {
  const kind = Math.floor(random() * 6);
  if (kind === 0) return nearOne(random);
  if (kind === 1) return between(random, 0.9, 1.1);
  if (kind === 2) return between(random, 0.5, 2);
  // where the interval of the table changes
  if (kind === 3) {
    const edge = 1 + (Math.floor(between(random, -74, 106)) + 0.5) / 128;
    return neighbour(edge < 1 ? 1 - (1 - edge) / 2 : edge, few(random)) * 2 ** Math.floor(between(random, -1000, 1000));
  }
  return positive(random);
}

/** Base and exponent of a finite, non-zero power. */
export function powPoint(random: Random): [base: number, exponent: number] {
  const kind = Math.floor(random() * 6);
  const base = kind === 0 ? nearOne(random) : kind < 3 ? between(random, 0.5, 2) : kind < 5 ? logPoint(random) : 0;
  if (base === 1) return [base, between(random, -1e300, 1e300)];
  if (kind === 5) return [between(random, 1e-3, 1e3), Math.floor(between(random, -90, 90)) / 2];
  const range = Math.floor(random() * 4);
  const wanted =
    range === 0
      ? between(random, 690, 709.7)
      : range === 1
        ? between(random, -744, -690)
        : range === 2
          ? between(random, -2, 2)
          : between(random, -744, 709.7);
  return [base, wanted / Math.log(base)];
}
