import { countOf, factorOf } from '../noise.js';
import { openStream } from '../random.js';
import { dictionaryOf, numbered, type Simulation, tableOf } from '../tables.js';
import { checkHcpOptions, type HcpOptions } from './options.js';
import { drawRegions, regionsTable } from './regions.js';
import { coefficients, drawRoster, specialtyNames } from './roster.js';
import { streams } from './streams.js';
import { planVisits } from './visits.js';

/**
 * Sales of territories with the HCPs who caused them: visits are the exposure, productivity is exp(X beta) sales per
 * visit, a cell is a count with mean productivity * visits (Poisson unless dispersed), and a brick's total is the sum
 * of its cells: whole numbers, so the sum is exact in any order. `hcpOptions` says what each option does.
 *
 * Files: totals.csv (brick, sales), exposure.csv (brick, hcp, visits), hcps.csv (hcp, specialty, seniority in years,
 * potential in patients); truth.csv (brick, hcp, exposure, productivity, allocation), truth_entities.csv (hcp,
 * productivity, coldStart 0 or 1, collinear: the number of its group, 0 for none), truth_coefficients.csv. With regions
 * hcps.csv has a column region, and truth_groups.csv (level: region; region, factor) what each multiplies the
 * productivities within it by, those with HCPs only.
 * @throws InputError
 */
export function simulateHcp(options: HcpOptions = {}): Simulation {
  const values = checkHcpOptions(options);
  const { seed, hcps, bricks, regions, cellDispersion, brickDispersion } = values;
  const regional = drawRegions(values);
  const roster = drawRoster(values, regional);
  const plan = planVisits(values);

  // cells in the order of bricks, then HCPs
  const cells: { brick: number; hcp: number; place: number; visits: number }[] = [];
  plan.places.forEach((places, hcp) => {
    places.bricks.forEach((brick, place) => void cells.push({ brick, hcp, place, visits: places.visits[place] }));
  });
  cells.sort((a, b) => a.brick - b.brick || a.hcp - b.hcp);

  const factors = Array.from({ length: bricks }, (_, b) =>
    factorOf(openStream(seed, streams.brickFactors, b), brickDispersion),
  );
  const totals = new Float64Array(bricks);
  const sales = cells.map(({ brick, hcp, place, visits }) => {
    const draw = openStream(seed, streams.cells + place, hcp);
    const count = countOf(draw, roster.productivity[hcp] * visits * factors[brick], cellDispersion);
    totals[brick] += count;
    return count;
  });

  const brickNames = numbered('B', bricks);
  const hcpNames = numbered('H', hcps);
  const everyBrick = dictionaryOf(Array.from(brickNames.keys()), brickNames);
  const everyHcp = dictionaryOf(Array.from(hcpNames.keys()), hcpNames);
  const brick = dictionaryOf(
    cells.map((cell) => cell.brick),
    brickNames,
  );
  const hcp = dictionaryOf(
    cells.map((cell) => cell.hcp),
    hcpNames,
  );
  const visits = cells.map((cell) => cell.visits);
  return {
    files: {
      'totals.csv': tableOf({ brick: everyBrick, sales: totals }),
      'exposure.csv': tableOf({ brick, hcp, visits }),
      'hcps.csv': tableOf({
        hcp: everyHcp,
        specialty: dictionaryOf([...roster.specialty], specialtyNames),
        seniority: [...roster.seniority],
        potential: [...roster.potential],
        ...(regions > 0 && { region: dictionaryOf([...regional.region], regional.names) }),
      }),
      'truth.csv': tableOf({
        brick,
        hcp,
        exposure: visits,
        productivity: cells.map((cell) => roster.productivity[cell.hcp]),
        allocation: sales,
      }),
      'truth_entities.csv': tableOf({
        hcp: everyHcp,
        productivity: [...roster.productivity],
        coldStart: [...plan.coldStart],
        collinear: [...plan.group],
      }),
      'truth_coefficients.csv': tableOf({
        term: coefficients.map(([term]) => term),
        coefficient: coefficients.map(([, value]) => value),
      }),
      ...(regions > 0 && { 'truth_groups.csv': regionsTable(regional) }),
    },
    model: {
      totals: { file: 'totals.csv', brick: ['brick'], value: 'sales' },
      exposure: { file: 'exposure.csv', brick: ['brick'], entity: ['hcp'], value: 'visits' },
      entities: { file: 'hcps.csv', entity: ['hcp'] },
      seed,
    },
  };
}
