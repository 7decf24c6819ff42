import type { Faults } from '../../bindings/base/faults.js';
import type { Contributions } from './contributions.js';
import type { Periods } from './periods.js';
import type { ChannelCheck, Ratio, SelfCheck } from './selfCheck.js';

/** What becomes of contributions that are not a coefficient times the curve of the delivery. */
export type Mismatch = 'refuse' | 'allow';

/** Spreads of contribution / curve that are worth a word, and that are refused. */
const worthAWord = 1e-6;
const refused = 1e-2;

/** "less than 1e-12", "3.1e-10", "0.21", "infinity". */
const spreadText = (spread: number): string =>
  spread === Number.POSITIVE_INFINITY
    ? 'infinity'
    : spread < 1e-12
      ? 'less than 1e-12'
      : spread === 0 || (spread >= 0.001 && spread < 1e6)
        ? String(Number(spread.toPrecision(2)))
        : spread.toExponential(1);

/** A line for each channel: how constant contribution / curve is. */
export const checkLines = ({ channels }: SelfCheck): string[] =>
  channels.map(({ channel, compared, spread, reached }) => {
    const of = reached > 0 ? `, without ${reached} that lost delivery carries over to` : '';
    return compared === 0
      ? `${channel}: nothing to compare${of}`
      : `${channel}: contribution / curve varies by ${spreadText(spread)} over ${compared} bricks${of}`;
  });

const scaledByWhatIsKnown = 'some of its delivery is lost, and the model scaled its curve by that too';

type Where = (ratio: Ratio) => string;

const whereIn =
  ({ places }: Contributions, { nameOf }: Periods): Where =>
  ({ period, place }) =>
    [nameOf(period), ...places[place]].join(' ');

const rangeText = ({ least, most }: ChannelCheck, where: Where) =>
  `${Number(least!.value.toPrecision(4))} in ${where(least!)} and ${Number(most!.value.toPrecision(4))} in ${where(most!)}`;

/** Notes channels whose contributions are another curve's, or another delivery's; `hint` is what else would explain them. */
export function refuseMismatch(
  faults: Faults,
  deliveryName: string,
  { channels }: SelfCheck,
  contributions: Contributions,
  periods: Periods,
  hint: string,
): void {
  const where = whereIn(contributions, periods);
  for (const check of channels) {
    if (check.spread <= refused) continue;
    const got = `${rangeText(check, where)} (a spread of ${spreadText(check.spread)}, at most ${refused})`;
    const problem = `expected contribution / curve to be one number, as with what the model saw, got ${got}`;
    const cure =
      check.reached > 0
        ? `Is it the metric (--exposure) that the model saw? Or ${scaledByWhatIsKnown}.`
        : 'Is it the metric (--exposure) and all of the delivery that the model saw?';
    const way = 'Set --mismatch allow to use the curve all the same.';
    faults.add('mismatch', `${deliveryName}, channel ${check.channel}`, `${problem}. ${cure}${hint} ${way}`);
  }
}

/** What there is to mind of spreads that are not refused. `posterior` means: contributions and curves may both be means of draws. */
export function mismatchCautions(
  { channels }: SelfCheck,
  contributions: Contributions,
  periods: Periods,
  posterior: boolean,
): string[] {
  const where = whereIn(contributions, periods);
  const apart = channels.filter(({ spread }) => spread > worthAWord);
  if (apart.length === 0) return [];
  if (posterior) {
    const worst = apart.reduce((a, b) => (b.spread > a.spread ? b : a));
    const names = apart.map(({ channel }) => channel).join(', ');
    const lost = apart.filter(({ reached }) => reached > 0).map(({ channel }) => channel);
    const of = lost.length > 0 ? `. Of ${lost.join(', ')}, ${scaledByWhatIsKnown}` : '';
    return [
      `contribution / curve is not one number for ${names} (most for ${worst.channel}: ${rangeText(worst, where)}). Where both are means of a posterior that is so: the mean of curves is not the curve of means. Where it varies much, the metric, the window or the curve may be another; --mismatch refuse makes an error of it${of}`,
    ];
  }
  return apart.map((check) => {
    const why =
      check.spread <= refused
        ? `rounding, or ${check.reached > 0 ? scaledByWhatIsKnown : 'delivery that is not quite what the model saw'}`
        : 'the curve is used all the same, as --mismatch allow asks';
    return `contribution / curve of ${check.channel} is not one number, ${rangeText(check, where)}: ${why}`;
  });
}

/** What a fit can learn where totals are one number times exposure: nothing. Null where it can. */
export function nothingToLearn({ channels }: SelfCheck, curves: boolean): string | null {
  const following = channels.filter(({ follows }) => follows);
  if (following.length === 0) return null;
  const of =
    following.length === channels.length ? 'every channel' : following.map(({ channel }) => channel).join(', ');
  const exposure = curves ? 'effective exposure' : 'exposure';
  return `the totals of ${of} follow from ${exposure} alone: they tell nothing of campaigns, so the split will be in proportion to it, with trust 0`;
}

/** A sentence on other curves that would fit; nothing where none does. */
export const hintText = (found: string | null): string => (found === null ? '' : ` It is one number with ${found}.`);

export const exact = ({ channels }: SelfCheck): boolean => channels.every(({ spread }) => spread <= worthAWord);
export const isRefused = ({ channels }: SelfCheck): boolean => channels.some(({ spread }) => spread > refused);
