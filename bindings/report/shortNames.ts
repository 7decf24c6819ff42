const ellipsis = '...';
const widest = 48; // of a name in a table for the terminal
const head = 18; // a name's end tells more than its beginning
const before = 8; // of what two names share, ahead of where they part

/** A text on one line: ids are any text, and line ends or control characters would tear a table. */
export const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');

/** Long texts without their middle. */
function cutMiddle(points: readonly string[]): string {
  if (points.length <= widest) return points.join('');
  const tail = widest - head - ellipsis.length;
  return `${points.slice(0, head).join('')}${ellipsis}${points.slice(-tail).join('')}`;
}

/** Each text around the first place where they are not all alike. */
function cutAround(texts: readonly (readonly string[])[]): string[] {
  const [first] = texts;
  let at = 0;
  while (at < first.length && texts.every((points) => points[at] === first[at])) at++;
  const from = Math.max(0, at - before);
  const start = from > head ? head - before : from;
  return texts.map((points) => {
    const begin = `${points.slice(0, start).join('')}${from > start ? ellipsis : ''}`;
    const room = widest - begin.length - ellipsis.length;
    const rest = points.slice(from, from + room).join('');
    return `${begin}${rest}${from + room < points.length ? ellipsis : ''}`;
  });
}

/**
 * Names cut to the width of a table, so that those that differ stay different: without their middle, else around the
 * place where they part, else with the number of their row, as `rows` has it, behind.
 */
export function shortNames(names: readonly string[], rows: readonly number[] = [...names.keys()]): string[] {
  const points = names.map((name) => [...printable(name)]);
  const short = points.map(cutMiddle);
  for (const alike of sameTexts(short)) {
    const around = cutAround(alike.map((i) => points[i]));
    alike.forEach((i, k) => {
      short[i] = around[k];
    });
  }
  for (const alike of sameTexts(short)) for (const i of alike) short[i] = `${short[i]} (row ${rows[i] + 1})`;
  return short;
}

/** Positions of texts that are there several times. */
function sameTexts(texts: readonly string[]): number[][] {
  const places = new Map<string, number[]>();
  texts.forEach((text, i) => {
    const same = places.get(text);
    if (same) same.push(i);
    else places.set(text, [i]);
  });
  return [...places.values()].filter((same) => same.length > 1);
}
