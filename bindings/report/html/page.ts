import { writtenExposure } from '../checkResult.js';
import type { EffectiveExposure } from '../exposure.js';
import { learningIn } from '../exposureLearned.js';
import { chartLicence, chartScript, chartStyle } from './chartModule.js';
import { type CurveFacts, factsOf, figuresOf, periodsTogether } from './figures.js';
import { pageStyle } from './style.js';
import {
  adstockWords,
  carryOverWords,
  dataWords,
  figure,
  ofWords,
  percent,
  periodName,
  saturationWords,
  scaleWords,
} from './words.js';

const mostFigures = 300_000; // in a page: a few megabytes
const mostDrawn = 60; // curves
const mostListed = 1000;
const longList = 40; // rows that are shown without a box that scrolls
const mostOpen = 8; // more are chosen one at a time
const longestName = 160;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (mark) => escapes[mark]);

/** A name of the user's: any text, cut where it is very long, control characters shown. */
function nameOf(text: string): string {
  const printable = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '\ufffd');
  const letters = Array.from(printable);
  return (
    escaped(letters.length > longestName ? `${letters.slice(0, longestName - 1).join('')}…` : printable) || '(empty)'
  );
}

/** JSON that nothing inside can end or open an element with. */
const embedded = (value: unknown) =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * A picture of every curve in use: response with the data on it, carry-over by lag, totals over time. One HTML page that
 * needs nothing else, neither network nor files; the same result gives the same bytes everywhere.
 * @throws InputError for anything but a result of `effectiveExposure`
 */
export const exposurePage = (result: EffectiveExposure): string => writtenExposure(result, () => pageOf(result));

function pageOf(result: EffectiveExposure): string {
  const facts = factsOf(result);
  const perCurve = 1200 + (2 * result.periods.length) / periodsTogether(result);
  const most = Math.max(1, Math.min(mostDrawn, Math.floor(mostFigures / perCurve)));
  // where not all can be drawn, those with the most data
  const byData = [...facts.keys()].sort((a, b) => facts[b].response.count - facts[a].response.count || a - b);
  const drawn = byData
    .slice(0, most)
    .sort((a, b) => a - b)
    .map((c) => facts[c]);
  const body = facts.length > 0 ? curvesHtml(result, facts, drawn) : noCurves;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Effective exposure</title>
<style>
${chartStyle}
${pageStyle}
</style>
</head>
<body>
<main>
<h1>Effective exposure</h1>
${body}
<footer>Written by apportion ${escaped(result.run.version)}. Rows in the table: ${figure(result.table.rows)}.</footer>
</main>
</body>
</html>
`;
}

const noCurves =
  '<p class="lead">The configuration has no <code>effectiveExposure</code>: exposure is used as delivered, without carry-over or saturation. There is no curve to draw.</p>';

function curvesHtml(result: EffectiveExposure, facts: readonly CurveFacts[], drawn: readonly CurveFacts[]): string {
  const choose = drawn.length > mostOpen;
  const cards = drawn.map((curve, d) => cardHtml(result, curve, d)).join('\n');
  const left = facts.length - drawn.length;
  const notDrawn =
    left > 0
      ? `<p class="note">${figure(drawn.length)} of ${figure(facts.length)} curves are drawn: those with the most data.</p>`
      : '';
  const select = choose
    ? `<p class="choose"><label>Curve <select id="which" autocomplete="off">${drawn.map(({ name }, d) => `<option value="${d}">${nameOf(name)}</option>`).join('')}</select></label> <span class="note">one of ${figure(drawn.length)} at a time</span></p>`
    : '';
  const warnings = result.warnings.map(({ message }) => `<li>${escaped(message)}</li>`).join('');
  const learned = learningIn(result.model, nameOf);
  return `<p class="lead"><b class="model">Lines and bars are the model</b>: curves as configured, taken from a marketing-mix model or set by hand. Nothing on this page estimates or tests them. <b class="data">Dots and the rug below them are data</b>: delivered exposure, carried over and scaled, where it lies on its curve. A split by effective exposure is model-based attribution, not proof of cause.</p>
${learned === null ? '' : `<p class="lead learned">${learned}</p>`}
${warnings ? `<ul class="warnings">${warnings}</ul>` : ''}
${overviewHtml(facts, drawn, periodName(result.step))}
${notDrawn}
${select}
${cards}
<noscript><p class="warnings">The charts need JavaScript, which is switched off. The table and the words do not.</p></noscript>
<script type="application/json" id="figures">${embedded(figuresOf(result, drawn))}</script>
<!--
${chartLicence}
-->
<script>${chartScript}</script>`;
}

function overviewHtml(
  facts: readonly CurveFacts[],
  drawn: readonly CurveFacts[],
  [, many]: readonly [string, string],
): string {
  const head = ['curve', 'carry-over', `mean lag, ${many}`, 'saturation', 'data above half saturation'];
  const rows = facts.slice(0, mostListed).map((curve) => {
    const { response, carryOver } = curve;
    const d = drawn.indexOf(curve);
    const name = d < 0 ? nameOf(curve.name) : `<a href="#curve-${d}" data-goto="${d}">${nameOf(curve.name)}</a>`;
    const above = response.half && response.count > 0 ? percent(response.aboveHalf / response.count) : '–';
    const said = [adstockWords(curve.curve), figure(carryOver.meanLag), saturationWords(curve.curve), above];
    // narrow screens have no room for columns: each cell then says what it is
    const cells = said.map((words, i) => `<td data-label="${head[i + 1]}"${numeric(i + 1)}>${escaped(words)}</td>`);
    return `<tr><th scope="row">${name}</th>${cells.join('')}</tr>`;
  });
  const long = rows.length > longList;
  const listed =
    facts.length > rows.length ? `${figure(rows.length)} of ${figure(facts.length)}` : `All ${figure(rows.length)}`;
  const note = long
    ? `<p class="note scroll">${listed} curves are in this table: scroll inside it to see them.</p>`
    : '';
  return `${note}
<div class="wide${long ? ' long" tabindex="0' : ''}"><table><thead><tr>${head.map((name, i) => `<th scope="col"${numeric(i)}>${name}</th>`).join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>`;
}

/** Of the columns of the overview, those with numbers. */
const numeric = (column: number) => (column === 2 || column === 4 ? ' class="n"' : '');

/** What one datum on the curve is. */
function unitOf({ curve }: CurveFacts, { model }: EffectiveExposure, [one]: readonly [string, string]): string {
  const { saturation } = curve;
  const of: string | undefined = saturation && 'of' in saturation ? saturation.of : undefined;
  const time = model.effectiveExposure?.time;
  const places = model.exposure.brick.filter((name) => name !== time);
  const by = model.effectiveExposure?.by ?? [];
  const others = places.filter((name) => !by.includes(name));
  const period = time === undefined ? [] : [one];
  const entity = of === 'entity' || of === 'scaled' || of === 'frequency' ? ['entity'] : [];
  const words = [...entity, ...others.map(nameOf), ...period];
  return words.length > 0
    ? `combinations of ${words.join(' and ')}`.replace(/^combinations of (\S+)$/, '$1s')
    : 'values';
}

function cardHtml(result: EffectiveExposure, facts: CurveFacts, d: number): string {
  const { curve, carryOver, response } = facts;
  const periods = periodName(result.step);
  const [of, consequence] = ofWords(curve);
  const together = periodsTogether(result);
  const later = curve.order === 'saturationFirst' ? ' Saturation comes before carry-over.' : '';
  const totals =
    result.periods.length === 0
      ? ''
      : `<figure><figcaption><h3>Delivered and effective over time</h3></figcaption><div class="chart" data-chart="totals"></div><p>Sums over ${periods[1]} with a total, each as a share of its own largest; the units differ.${together > 1 ? ` Each point is ${figure(together)} ${periods[1]}.` : ''}</p></figure>`;
  return `<section class="card" id="curve-${d}" data-curve="${d}">
<h2>${nameOf(facts.name)}</h2>
<dl>
<dt>Carry-over</dt><dd>${escaped(adstockWords(curve))}.</dd>
<dt>Saturation</dt><dd>${escaped(saturationWords(curve))}.${later}</dd>
<dt>Scale</dt><dd>${escaped(scaleWords(curve, result.model.effectiveExposure?.population !== undefined))}.</dd>
<dt>What saturates</dt><dd><code>${escaped(of)}</code>. ${escaped(consequence)}</dd>
</dl>
<div class="charts">
<figure><figcaption><h3>Response</h3></figcaption><div class="chart" data-chart="response"></div><p>${dataWords(response, unitOf(facts, result, periods))}${response.count > 400 ? ' 400 of them, at even ranks, are drawn.' : ''}</p></figure>
<figure><figcaption><h3>Carry-over by lag</h3></figcaption><div class="chart" data-chart="carry-over"></div><p>${escaped(capital(carryOverWords(carryOver, periods)))}</p></figure>
${totals}
</div>
</section>`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
