/**
 * What each stream of random numbers is for. A number once given stays: a new switch takes a new one. Streams below
 * 1000 belong to fits, whose seed may be the same.
 */
export const streams = {
  traits: 1001,
  spread: 1002,
  brickSizes: 1003,
  places: 1004,
  visits: 1005,
  coldStart: 1006,
  brickFactors: 1007,
  collinear: 1008,
  regions: 1009,
  regionFactors: 1010,
  /** And the numbers after it: one for each place of an HCP. */
  cells: 1016,
} as const;
