import type { ResultTable } from '../../problem/tables.js';
import { dictionaryOf, numbered, type Simulation, tableOf } from '../tables.js';
import type { Campaign } from './campaigns.js';
import type { Cells } from './cells.js';
import { presets } from './media.js';
import type { MtaValues } from './options.js';
import { mondays } from './weeks.js';

/** Writes what was simulated as tables, rows by medium, week, geo, campaign. */
export function writeTables(
  values: MtaValues,
  campaigns: readonly Campaign[],
  delivery: readonly Float64Array[],
  cells: Cells,
): Simulation['files'] {
  const keys = keyColumns(values, campaigns);
  return {
    'totals.csv': totalsTable(values, campaigns, cells, keys),
    'delivery.csv': deliveryTable(values, campaigns, delivery, keys),
    'campaigns.csv': campaignsTable(values, campaigns, delivery, keys),
    'truth.csv': tableOf({
      medium: keys.medium(Array.from(cells.campaign, (c) => campaigns[c].medium)),
      week: keys.week(Array.from(cells.week, (week) => values.history + week)),
      geo: keys.geo([...cells.geo]),
      campaign: keys.campaign([...cells.campaign]),
      exposure: cells.exposure,
      productivity: cells.productivity,
      allocation: cells.allocation,
    }),
    'truth_entities.csv': tableOf({
      medium: keys.medium(campaigns.map(({ medium }) => medium)),
      campaign: keys.campaign(campaigns.map(({ number }) => number)),
      productivity: meanProductivities(campaigns, cells),
      coldStart: campaigns.map(({ coldStart }) => (coldStart ? 1 : 0)),
      collinear: campaigns.map(({ group }) => group),
    }),
  };
}

type KeyColumns = ReturnType<typeof keyColumns>;

/** Key columns from numbers: a medium's, a period's from the first history week on, a geo's, a campaign's. */
function keyColumns({ weeks, history, geos }: MtaValues, campaigns: readonly Campaign[]) {
  const media = presets.map(({ name }) => name);
  const periods = mondays(history, weeks);
  const places = numbered('G', geos);
  const names = campaigns.map(({ name }) => name);
  return {
    medium: (codes: number[]) => dictionaryOf(codes, media),
    week: (codes: number[]) => dictionaryOf(codes, periods),
    geo: (codes: number[]) => dictionaryOf(codes, places),
    campaign: (codes: number[]) => dictionaryOf(codes, names),
    periods,
  };
}

function totalsTable(
  { media, weeks, history, geos }: MtaValues,
  campaigns: readonly Campaign[],
  { campaign, week, geo, allocation }: Cells,
  keys: KeyColumns,
): ResultTable {
  const bricks = media * weeks * geos;
  const totals = new Float64Array(bricks);
  // exact: cells are whole multiples of one power of two
  allocation.forEach((amount, i) => {
    totals[(campaigns[campaign[i]].medium * weeks + week[i]) * geos + geo[i]] += amount;
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
  campaigns: readonly Campaign[],
  delivery: readonly Float64Array[],
  keys: KeyColumns,
): ResultTable {
  const periods = history + weeks;
  const rows = { medium: [], week: [], geo: [], campaign: [], impressions: [] } as Record<string, number[]>;
  for (let m = 0; m < media; m++) {
    const members = campaigns.filter(({ medium }) => medium === m);
    for (let p = 0; p < periods; p++) {
      for (let g = 0; g < geos; g++) {
        for (const { number } of members) {
          const impressions = delivery[number][g * periods + p];
          if (impressions === 0) continue;
          rows.medium.push(m);
          rows.week.push(p);
          rows.geo.push(g);
          rows.campaign.push(number);
          rows.impressions.push(impressions);
        }
      }
    }
  }
  return tableOf({
    medium: keys.medium(rows.medium),
    week: keys.week(rows.week),
    geo: keys.geo(rows.geo),
    campaign: keys.campaign(rows.campaign),
    impressions: rows.impressions,
  });
}

function campaignsTable(
  { weeks, history, geos }: MtaValues,
  campaigns: readonly Campaign[],
  delivery: readonly Float64Array[],
  keys: KeyColumns,
): ResultTable {
  const periods = history + weeks;
  const starts = delivery.map((impressions) => {
    for (let p = 0; p < periods; p++) {
      for (let g = 0; g < geos; g++) if (impressions[g * periods + p] > 0) return keys.periods[p];
    }
    return '';
  });
  return tableOf({
    medium: keys.medium(campaigns.map(({ medium }) => medium)),
    campaign: keys.campaign(campaigns.map(({ number }) => number)),
    platform: campaigns.map(({ platform }) => platform),
    format: campaigns.map(({ format }) => format),
    objective: campaigns.map(({ objective }) => objective),
    start: starts,
  });
}

/** Productivity of each campaign, averaged over its exposure: the constant rate with the same expected contribution. */
function meanProductivities(campaigns: readonly Campaign[], { campaign, exposure, productivity }: Cells): Float64Array {
  const exposures = new Float64Array(campaigns.length);
  const contributions = new Float64Array(campaigns.length);
  campaign.forEach((c, i) => {
    exposures[c] += exposure[i];
    contributions[c] += exposure[i] * (productivity[i] / campaigns[c].productivity); // exactly 1 without drift
  });
  return Float64Array.from(campaigns, ({ productivity: first }, c) =>
    exposures[c] > 0 ? first * (contributions[c] / exposures[c]) : first,
  );
}
