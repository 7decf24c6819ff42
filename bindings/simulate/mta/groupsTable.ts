import type { ResultTable } from '../../tables/tables.js';
import { tableOf } from '../tables.js';
import type { Campaign } from './campaigns.js';
import { formatFactor, platformFactor } from './groups.js';
import { presets } from './media.js';
import type { MtaValues } from './options.js';

/** Whether groups differ, so that there is something to tell of them. */
export const hasGroups = ({ platformSpread, formatSpread, creatives }: MtaValues) =>
  platformSpread > 0 || formatSpread > 0 || creatives > 1;

/**
 * Factors of all groups that have campaigns: platforms, then formats within them, then campaigns where creatives are the
 * entities. Names below a group's level are empty.
 */
export function groupsTable(values: MtaValues, campaigns: readonly Campaign[]): ResultTable {
  const rows: { level: string; medium: number; platform: string; format: string; campaign: string; factor: number }[] =
    [];
  const formats: typeof rows = [];
  presets.slice(0, values.media).forEach((preset, medium) => {
    const members = campaigns.filter((campaign) => campaign.medium === medium);
    preset.platforms.forEach((platform, p) => {
      const within = members.filter((campaign) => campaign.platform === platform);
      if (within.length === 0) return;
      const factor = platformFactor(values, medium, p);
      rows.push({ level: 'platform', medium, platform, format: '', campaign: '', factor });
      preset.formats.forEach((format, f) => {
        if (!within.some((campaign) => campaign.format === format)) return;
        const factor = formatFactor(values, medium, p, f);
        formats.push({ level: 'format', medium, platform, format, campaign: '', factor });
      });
    });
  });
  rows.push(...formats);
  const nested = values.creatives > 1;
  if (nested) {
    for (const { medium, platform, format, name, factor } of campaigns) {
      rows.push({ level: 'campaign', medium, platform, format, campaign: name, factor });
    }
  }
  return tableOf({
    level: rows.map(({ level }) => level),
    medium: rows.map(({ medium }) => presets[medium].name),
    platform: rows.map(({ platform }) => platform),
    format: rows.map(({ format }) => format),
    ...(nested && { campaign: rows.map(({ campaign }) => campaign) }),
    factor: rows.map(({ factor }) => factor),
  });
}
