import type { ResultTable } from '../../tables/tables.js';
import { dictionaryOf, numbered, type Simulation, tableOf } from '../tables.js';
import type { Campaign } from './campaigns.js';
import type { Cells } from './cells.js';
import type { Entity } from './entities.js';
import { groupsTable, hasGroups } from './groupsTable.js';
import { presets } from './media.js';
import { entitiesFile } from './model.js';
import type { MtaValues } from './options.js';
import { mondays } from './weeks.js';

/** Writes what was simulated as tables, rows by medium, week, geo, entity. */
export function writeTables(
  values: MtaValues,
  campaigns: readonly Campaign[],
  entities: readonly Entity[],
  delivery: readonly Float64Array[],
  cells: Cells,
): Simulation['files'] {
  const keys = keyColumns(values, campaigns, entities);
  const everyEntity = {
    medium: keys.medium(entities.map(({ medium }) => medium)),
    ...keys.entity(entities.map(({ number }) => number)),
  };
  return {
    'totals.csv': totalsTable(values, entities, cells, keys),
    'delivery.csv': deliveryTable(values, entities, delivery, keys),
    [entitiesFile(values)]: tableOf({
      ...everyEntity,
      platform: entities.map(({ campaign }) => campaigns[campaign].platform),
      format: entities.map(({ campaign }) => campaigns[campaign].format),
      objective: entities.map(({ campaign }) => campaigns[campaign].objective),
      start: startsOf(values, delivery, keys),
    }),
    'truth.csv': tableOf({
      medium: keys.medium(Array.from(cells.entity, (e) => entities[e].medium)),
      week: keys.week(Array.from(cells.week, (week) => values.history + week)),
      geo: keys.geo([...cells.geo]),
      ...keys.entity([...cells.entity]),
      exposure: cells.exposure,
      productivity: cells.productivity,
      allocation: cells.allocation,
    }),
    'truth_entities.csv': tableOf({
      ...everyEntity,
      productivity: meanProductivities(entities, cells),
      coldStart: entities.map(({ coldStart }) => (coldStart ? 1 : 0)),
      collinear: entities.map(({ campaign }) => campaigns[campaign].group),
    }),
    ...(hasGroups(values) && { 'truth_groups.csv': groupsTable(values, campaigns) }),
  };
}

type KeyColumns = ReturnType<typeof keyColumns>;

/** Key columns from numbers: a medium's, a period's from the first history week on, a geo's, an entity's. */
function keyColumns(
  { weeks, history, geos, creatives }: MtaValues,
  campaigns: readonly Campaign[],
  entities: readonly Entity[],
) {
  const media = presets.map(({ name }) => name);
  const periods = mondays(history, weeks);
  const places = numbered('G', geos);
  const names = campaigns.map(({ name }) => name);
  const creativeNames = entities.map(({ name }) => name);
  return {
    medium: (codes: number[]) => dictionaryOf(codes, media),
    week: (codes: number[]) => dictionaryOf(codes, periods),
    geo: (codes: number[]) => dictionaryOf(codes, places),
    entity: (numbers: number[]) => ({
      campaign: dictionaryOf(
        numbers.map((number) => entities[number].campaign),
        names,
      ),
      ...(creatives > 1 && { creative: dictionaryOf(numbers, creativeNames) }),
    }),
    periods,
  };
}

function totalsTable(
  { media, weeks, history, geos }: MtaValues,
  entities: readonly Entity[],
  { entity, week, geo, allocation }: Cells,
  keys: KeyColumns,
): ResultTable {
  const bricks = media * weeks * geos;
  const totals = new Float64Array(bricks);
  // exact: cells are whole multiples of one power of two
  allocation.forEach((amount, i) => {
    totals[(entities[entity[i]].medium * weeks + week[i]) * geos + geo[i]] += amount;
  });
  const each = (number: (brick: number) => number) => Array.from({ length: bricks }, (_, b) => number(b));
  return tableOf({
    medium: keys.medium(each((b) => Math.floor(b / (weeks * geos)))),
    week: keys.week(each((b) => history + (Math.floor(b / geos) % weeks))),
    geo: keys.geo(each((b) => b % geos)),
    contribution: totals,
  });
}

function deliveryTable(
  { media, weeks, history, geos }: MtaValues,
  entities: readonly Entity[],
  delivery: readonly Float64Array[],
  keys: KeyColumns,
): ResultTable {
  const periods = history + weeks;
  const rows = { medium: [], week: [], geo: [], entity: [], impressions: [] } as Record<string, number[]>;
  for (let m = 0; m < media; m++) {
    const members = entities.filter(({ medium }) => medium === m);
    for (let p = 0; p < periods; p++) {
      for (let g = 0; g < geos; g++) {
        for (const { number } of members) {
          const impressions = delivery[number][g * periods + p];
          if (impressions === 0) continue;
          rows.medium.push(m);
          rows.week.push(p);
          rows.geo.push(g);
          rows.entity.push(number);
          rows.impressions.push(impressions);
        }
      }
    }
  }
  return tableOf({
    medium: keys.medium(rows.medium),
    week: keys.week(rows.week),
    geo: keys.geo(rows.geo),
    ...keys.entity(rows.entity),
    impressions: rows.impressions,
  });
}

/** First week with delivery of each entity; empty where there is none. */
function startsOf({ weeks, history, geos }: MtaValues, delivery: readonly Float64Array[], keys: KeyColumns): string[] {
  const periods = history + weeks;
  return delivery.map((impressions) => {
    for (let p = 0; p < periods; p++) {
      for (let g = 0; g < geos; g++) if (impressions[g * periods + p] > 0) return keys.periods[p];
    }
    return '';
  });
}

/** Productivity of each entity, averaged over its exposure: the constant rate with the same expected contribution. */
function meanProductivities(entities: readonly Entity[], { entity, exposure, productivity }: Cells): Float64Array {
  const exposures = new Float64Array(entities.length);
  const contributions = new Float64Array(entities.length);
  entity.forEach((e, i) => {
    exposures[e] += exposure[i];
    contributions[e] += exposure[i] * (productivity[i] / entities[e].productivity); // exactly 1 without drift
  });
  return Float64Array.from(entities, ({ productivity: first }, e) =>
    exposures[e] > 0 ? first * (contributions[e] / exposures[e]) : first,
  );
}
