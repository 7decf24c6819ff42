import { daySeconds } from './civil.js';

const clock = /^(?:T| +)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?(?: ?([ap])\.?m\.?)?/i;
const basic = /^T(\d{2})(?:(\d{2})(?:(\d{2})(?:[.,](\d{1,12}))?)?)?()/i;
const utc = /^ ?(?:Z|UTC|GMT|[+-]00(?::?00)?)$/i;
const elsewhere = /^ ?(?:[+-]\d{2}(?::?\d{2})?|[A-Z]{2,5})(?:\[[^\]]+\])?$|^\[[^\]]+\]$/i;

/**
 * The time of day behind a date (`T07:00:00Z`, ` 07:00`, ` 12:00:00 AM`, ` 00:00:00.000000000 UTC`), in seconds since
 * midnight. `zone`: in a zone other than UTC, where moving it could move it into another day.
 */
export function clockOf(text: string): { readonly second: number } | 'zone' | 'missing' | 'unknown' {
  const match = clock.exec(text) ?? basic.exec(text);
  if (!match) return 'unknown';
  const [whole, hours, minutes = '0', seconds = '0', fraction = '', half = ''] = match;
  const rest = text.slice(whole.length);
  if (rest !== '' && !utc.test(rest)) return elsewhere.test(rest) ? 'zone' : 'unknown';
  let hour = Number(hours);
  if (half !== '') {
    if (hour < 1 || hour > 12) return 'missing';
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  if (Number(minutes) > 59 || Number(seconds) > 59) return 'missing';
  const second = (hour * 60 + Number(minutes)) * 60 + Number(seconds);
  if (second >= daySeconds) return 'missing';
  return { second: /[1-9]/.test(fraction) ? second + Number(`0.${fraction}`) : second };
}
