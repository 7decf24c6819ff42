/**
 * What each stream of random numbers is for. A number once given stays: a new switch takes a new one. Streams below
 * 1000 belong to fits, whose seed may be the same.
 */
export const streams = {
  traits: 2001,
  flights: 2002,
  historyFlights: 2003,
  geoSizes: 2004,
  geoReach: 2005,
  delivery: 2006,
  historyDelivery: 2007,
  productivity: 2008,
  drift: 2009,
  coldStart: 2010,
  collinear: 2011,
  collinearNoise: 2012,
  historyCollinearNoise: 2013,
  brickFactors: 2014,
  cells: 2015,
  platforms: 2016,
  formats: 2017,
  creatives: 2018,
  creativePlans: 2019,
  coldCreatives: 2020,
  /** And the numbers after each of these: one for each creative of a campaign. */
  creativeDelivery: 4000,
  historyCreativeDelivery: 5000,
  creativeCells: 6000,
} as const;
