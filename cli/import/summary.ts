import type { Contributions } from './contributions.js';
import type { Delivery } from './delivery.js';
import { type Periods, stepText } from './periods.js';

/** What an import tells: what was read, matched and left out, and what becomes of exposure. */
export function summarizeImport(
  contributions: Contributions,
  periods: Periods,
  delivery: Delivery,
  facts: {
    readonly read: readonly string[];
    readonly cautions: readonly string[];
    /** How contributions and curves agree, channel by channel; none without curves. */
    readonly selfCheck: readonly string[];
    /** Why a fit has nothing to learn, where that is so. */
    readonly nothingToLearn: string | null;
    /** The presets in use; null without curves. */
    readonly presets: readonly string[] | null;
    /** Why there are none, where the user wants none. */
    readonly noCurves: string;
    /** How curves can be had. */
    readonly curvesCure: string;
    readonly draws: number;
  },
): string[] {
  const { title, channels, dimensions, places } = contributions;
  const { names, step } = periods;
  const { matches, rows, entities, entityColumns } = delivery;
  const used = channels.filter((_, c) => matches.platformsOf[c].length > 0);
  const skipped = channels.filter((_, c) => matches.platformsOf[c].length === 0);
  const matched = used.map((channel) => {
    const platforms = matches.platformsOf[channels.indexOf(channel)].filter((platform) => platform !== '');
    return platforms.length === 1 && platforms[0] === channel ? channel : `${channel} <- ${platforms.join(' + ')}`;
  });
  const geo = dimensions.length > 0 ? `, ${places.length} of ${dimensions.join(' and ')}` : '';
  const history = new Set(rows.period.filter((period) => period < 0)).size;
  const left = [...skipped.map((channel) => `channel ${channel}: skipped`), ...contributions.notes, ...delivery.notes];
  const line = (label: string, text: string) => `  ${label.padEnd(11)}${text}`;
  const lines = [
    `${title}: ${used.length} of ${channels.length} channels, ${names.length} periods of ${stepText(step)} from ${names[0]} to ${names.at(-1)}${geo}`,
    ...facts.read.map((text, i) => line(i === 0 ? 'read' : '', text)),
    line('channels', matched.join(', ')),
    line(
      'entities',
      `${entities.length} of medium, ${entityColumns.join(', ')} in ${rows.exposure.length} rows of exposure`,
    ),
  ];
  if (history > 0) {
    const use = facts.presets ? 'for adstock' : 'of which no total has a part: nothing carries over without curves';
    lines.push(
      line(
        facts.presets ? 'history' : 'before',
        `${history} ${history === 1 ? 'period' : 'periods'} of delivery before the first total, ${use}`,
      ),
    );
  }
  if (facts.draws > 0) lines.push(line('draws', `${facts.draws} of the posterior`));
  lines.push(
    facts.presets
      ? line('curves', `preset ${[...new Set(facts.presets)].join(', ')}, one per channel`)
      : line(
          'curves',
          `none${facts.noCurves}: exposure is used as it is, without carry-over or saturation.${facts.curvesCure}`,
        ),
  );
  lines.push(...facts.selfCheck.map((text, i) => line(i === 0 ? 'check' : '', text)));
  if (facts.nothingToLearn !== null) lines.push(line('fit', facts.nothingToLearn));
  lines.push(...left.map((text, i) => line(i === 0 ? 'left out' : '', text)));
  lines.push(...facts.cautions.map((text, i) => line(i === 0 ? 'mind' : '', text)));
  return lines;
}
