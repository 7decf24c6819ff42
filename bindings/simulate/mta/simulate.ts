import type { Simulation } from '../tables.js';
import { planCampaigns } from './campaigns.js';
import { drawCells } from './cells.js';
import { cutDelivery } from './creatives.js';
import { deliver } from './delivery.js';
import { planEntities } from './entities.js';
import { modelOf } from './model.js';
import { checkMtaOptions, type MtaOptions } from './options.js';
import { writeTables } from './tables.js';

/**
 * Contributions as a marketing-mix model gives them by medium, week and geo, with the campaigns that earned them:
 * flights deliver impressions, these are adstocked and saturate together by medium, and a campaign's part is its
 * productivity times its effective exposure, with noise. Cells are whole multiples of 1/1024 of the currency, so a
 * brick's total is exactly the sum of its cells, in any order. `mtaOptions` says what each option does.
 *
 * Files: totals.csv (medium, week, geo, contribution), delivery.csv (medium, week, geo, campaign, impressions; rows with
 * delivery only), campaigns.csv (medium, campaign, platform, format, objective, start: its first week with delivery);
 * truth.csv (medium, week, geo, campaign, exposure: effective, productivity in that week, allocation),
 * truth_entities.csv (medium, campaign, productivity: mean over its exposure, coldStart 0 or 1, collinear: the number
 * of its group, 0 for none).
 * With more than one creative a campaign the creatives are the entities: a column creative stands beside campaign in all
 * of these, creatives.csv in place of campaigns.csv, and collinear is the group of the campaign. Where groups differ,
 * truth_groups.csv (level: platform, format or campaign; medium, platform, format, campaign where creatives are the
 * entities, factor) has what each multiplies the productivities within it by; names below the level are empty.
 * @throws InputError
 */
export function simulateMta(options: MtaOptions = {}): Simulation {
  const values = checkMtaOptions(options);
  const campaigns = planCampaigns(values);
  const entities = planEntities(values, campaigns);
  const delivery = cutDelivery(values, entities, deliver(values, campaigns));
  const cells = drawCells(values, entities, delivery);
  return { files: writeTables(values, campaigns, entities, delivery, cells), model: modelOf(values) };
}
