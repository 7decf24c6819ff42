import { writtenFit } from './checkResult.js';
import { caution } from './json.js';
import type { Fit } from './result.js';
import { printable, shortNames } from './shortNames.js';
import { cellAt } from './tables.js';

const mostShown = 10;

/** Digits in groups of three; figures below 100 keep three significant digits. Text for people, not for files. */
function figure(x: number): string {
  if (x === 0 || !Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  if (size >= 1e15 || size < 1e-3) return x.toExponential(3);
  const text = size >= 100 ? x.toFixed(0) : String(Number(x.toPrecision(3)));
  const [whole, rest] = text.split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (rest ? `.${rest}` : '');
}

const percent = (x: number) => (Number.isFinite(x) ? `${(100 * x).toFixed(1)}%` : '');

/** A short text on what a fit did: what was split, the largest shares beside the proportional ones, gap and warnings. */
export const summarize = (fit: Fit): string => writtenFit(fit, () => summaryOf(fit));

function summaryOf(fit: Fit): string {
  const { counts, sums, entities, model } = fit;
  const unallocated = `Unallocated: ${counts.unallocated} brick${counts.unallocated === 1 ? '' : 's'}, sum ${figure(sums.unallocated)}.`;
  if (!fit.allocation.columns.allocation.some((part) => part !== 0)) return nothingSplit(fit, unallocated);
  const lines = [
    `${figure(counts.bricks)} totals (sum ${figure(sums.totals)}) split over ${figure(counts.entities)} entities: ${figure(counts.allocations)} parts in ${figure(counts.components)} component${counts.components === 1 ? '' : 's'}.`,
    `Every brick adds up: mass error ${fit.massError}. ${unallocated}`,
    '',
  ];
  const { columns } = entities;
  const allocation = columns.allocation;
  const proportional = columns.proportional;
  const share = columns.share;
  const trust = columns.trust;
  const all = proportional.reduce((sum, x) => sum + x, 0);
  const largest = [...allocation.keys()].sort((i, j) => allocation[j] - allocation[i]).slice(0, mostShown);
  const name = (row: number) => model.exposure.entity.map((column) => cellAt(columns[column], row)).join(' / ');
  const names = shortNames(largest.map(name), largest);
  const table = [
    [model.exposure.entity.join(' / '), 'allocation', 'share', 'proportional', 'trust'],
    ...largest.map((row, i) => [
      names[i],
      figure(allocation[row]),
      percent(share[row]),
      percent(proportional[row] / all),
      trust[row].toFixed(2),
    ]),
  ];
  const widths = table[0].map((_, c) => Math.max(...table.map((row) => row[c].length)));
  for (const row of table) {
    lines.push(
      row
        .map((text, c) => (c === 0 ? text.padEnd(widths[c]) : text.padStart(widths[c])))
        .join('  ')
        .trimEnd(),
    );
  }
  if (allocation.length > mostShown) lines.push(`... and ${figure(allocation.length - mostShown)} more`);
  if (fit.coefficients) {
    const { rows, columns: of } = fit.coefficients;
    lines.push('', `Coefficients of ln productivity${fit.regression?.information ? ' (standard error)' : ''}:`);
    const terms = Array.from({ length: Math.min(rows, mostShown) }, (_, r) => {
      const group = of.group ? cellAt(of.group, r) : '';
      return `${cellAt(of.term, r)}${group === '' ? '' : ` of ${group}`}`;
    });
    for (const [r, name] of shortNames(terms).entries()) {
      const error = of.standardError[r];
      lines.push(`  ${name}  ${figure(of.estimate[r])}${Number.isNaN(error) ? '' : ` (${figure(error)})`}`);
    }
    if (rows > mostShown) lines.push(`  ... and ${rows - mostShown} more in fit.json`);
  }
  if (fit.groups.rows > 0) lines.push('', ...groupLines(fit));
  if (fit.learnedCurves) {
    lines.push('', 'Learned curves:');
    const names = shortNames(fit.learnedCurves.map(({ curve, parameter }) => [...curve, parameter].join(' ')));
    for (const [i, { given, learned, decided }] of fit.learnedCurves.entries()) {
      lines.push(`  ${names[i]}  ${figure(given)} -> ${figure(learned)}, ${percent(decided)} decided by the totals`);
    }
  }
  const { dispersion, gap } = fit;
  const spread = poolingWords(fit);
  const phi =
    dispersion.lowest === null || dispersion.highest === null
      ? 'none'
      : dispersion.lowest === dispersion.highest
        ? figure(dispersion.lowest)
        : `${figure(dispersion.lowest)} to ${figure(dispersion.highest)}`;
  const certificate =
    gap !== null
      ? `certified gap ${gap.toExponential(1)} per unit of total`
      : fit.regression || fit.spreads
        ? `no certificate, the optimum of ${fit.spreads ? 'lognormal pooling' : 'a regression'} is a local one`
        : 'certified gap unknown';
  lines.push(
    '',
    `${percent(fit.massMoved)} of the mass lies elsewhere than exposure alone would put it.`,
    `${fit.converged ? 'Converged' : 'NOT converged'} after ${figure(fit.passes)} ${fit.passes === 1 ? 'pass' : 'passes'} (${fit.solver ?? (fit.regression ? 'regression alone' : 'nothing to solve')}): ${certificate}. Family ${fit.family}, dispersion ${phi}, ${spread}.`,
    `Kernels: ${fit.run.kernels}${fit.run.reason ? ` (${fit.run.reason})` : ''}.`,
  );
  return `${[...lines, ...ending(fit)].join('\n')}\n`;
}

/** The warnings and the caution. */
const ending = ({ warnings }: Fit): string[] => [
  ...(warnings.length > 0 ? ['', 'Warnings:', ...warnings.map(({ code, message }) => `  ${code}: ${message}`)] : []),
  '',
  caution,
];

/** Where no part is anything but zero there is no split to speak of, and nothing converged. */
function nothingSplit(fit: Fit, unallocated: string): string {
  const { counts, sums } = fit;
  const lost = fit.unallocated.columns.total.some((total) => total !== 0);
  const totals = `${figure(counts.bricks)} total${counts.bricks === 1 ? '' : 's'} (sum ${figure(sums.totals)})`;
  const lines = lost
    ? [`Nothing was split: of ${totals} each is 0 or has nothing to go to.`, unallocated]
    : [`Nothing was split: ${totals}, all of them 0, over ${figure(counts.entities)} entities.`];
  return `${[...lines, ...ending(fit)].join('\n')}\n`;
}

/** The first pooling groups of the table, and the spreads that were estimated. */
function groupLines({ groups, spreads }: Fit): string[] {
  const { columns, rows } = groups;
  const lines = ['Pooling groups (productivity over that of what they hang on):'];
  const shown = Array.from({ length: Math.min(rows, mostShown) }, (_, r) => r);
  const names = shortNames(shown.map((r) => `${cellAt(columns.level, r)} ${cellAt(columns.group, r)}`));
  for (const [r, name] of names.entries()) {
    const entities = columns.entities[r];
    lines.push(`  ${name}  ${columns.relative[r].toFixed(3)}, ${entities} ${entities === 1 ? 'entity' : 'entities'}`);
  }
  if (rows > mostShown) lines.push(`  ... and ${figure(rows - mostShown)} more in fit.json`);
  const found = spreads?.filter(({ estimated }) => estimated) ?? [];
  for (const { component, level, spread } of found.slice(0, mostShown)) {
    lines.push(
      `  spread of ${printable(level ?? 'entities')} in component ${component + 1}: ${figure(spread ?? 0)} (estimated)`,
    );
  }
  if (found.length > mostShown) lines.push(`  ... and ${figure(found.length - mostShown)} more in fit.json`);
  return lines;
}

/** What productivities were held by, in a few words. */
function poolingWords({ pooling, model, spreads }: Fit): string {
  const { productivity = 'free' } = model.model ?? {};
  if (pooling.kind === 'none') return 'no pooling';
  const evidence = `evidence ${pooling.evidence}`;
  if (productivity !== 'free') return `deviation ${productivity.deviation} around covariates (${evidence})`;
  if (pooling.kind === 'gamma') return `gamma pooling (spread ${pooling.spread}, ${evidence})`;
  const estimated = spreads?.some((level) => level.estimated) ? ', spreads estimated' : '';
  const of = pooling.kind === 'tree' ? (pooling.levels ?? [`parents in ${pooling.parent}`]) : (pooling.groups ?? []);
  const over = of.length > 0 ? ` over ${of.join(pooling.kind === 'tree' ? ' > ' : ', ')}` : '';
  return `${pooling.kind} pooling${over} (spread ${pooling.spread}, ${evidence}${estimated})`;
}
