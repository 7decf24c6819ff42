import type { PassRow, ProblemReport, RivalReport, SolverResults } from '../solvers.js';
import { levels, type Pooling } from './ours.js';
import type { AgreementReport, FitReport } from './tasks.js';
import { countText, gapText, ratioText, reachedText, shareText, timeText } from './words.js';

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const none = 'not measured';
const best = levels.length - 1;
const nanoseconds = (seconds: number, exposures: number) => ((seconds / exposures) * 1e9).toFixed(2);

/** Of the time to the last gap, or of a fit that was given up before it. */
function paceOf({ marks, seconds, traceSeconds, passes }: FitReport, exposures: number): string {
  const last = marks[best];
  return nanoseconds(last ? last.seconds / last.passes : (seconds - traceSeconds) / passes, exposures);
}

function fitRow(problem: ProblemReport, pooling: Pooling): string[] {
  const { marks, ...whole }: FitReport = problem.fits[pooling];
  const each = (of: (mark: NonNullable<(typeof marks)[number]>) => string) =>
    marks.map((mark) => (mark ? of(mark) : '-')).join(' / ');
  return [
    problem.name,
    pooling,
    whole.solver ?? '-',
    each(({ passes }) => countText(passes)),
    each(({ seconds }) => timeText(seconds)),
    whole.coldSeconds === null ? '-' : timeText(whole.coldSeconds),
    each(({ misplaced }) => (misplaced === null ? none : shareText(misplaced))),
    `${countText(whole.passes)}${whole.solver === null ? ', given up' : whole.converged ? '' : ', not converged'}`,
    `${timeText(whole.seconds)} (${timeText(whole.traceSeconds)})`,
    paceOf(problem.fits[pooling], problem.exposures),
    countText(whole.megabytes),
  ];
}

/** Time to each gap of one contestant. */
const rivalText = (report: RivalReport | undefined) =>
  report ? report.marks.map((mark) => reachedText(mark, ({ seconds }) => timeText(seconds))).join(' / ') : none;

function ratioTo(report: RivalReport | undefined, ours: FitReport): string {
  const mine = ours.marks[best];
  if (!report) return none;
  return mine ? reachedText(report.marks[best], ({ seconds }) => ratioText(seconds / mine.seconds)) : '-';
}

/** Iterations of plain EM: all contestants make the same ones, so of the one that came furthest. */
function emText({ rivals }: ProblemReport): string {
  const reports = Object.values(rivals);
  if (reports.length === 0) return none;
  const furthest = reports.reduce((most, report) => (most.iterations >= report.iterations ? most : report));
  return furthest.marks.map((mark) => reachedText(mark, ({ iterations }) => countText(iterations))).join(' / ');
}

function rivalRow(problem: ProblemReport): string[] {
  const { plain, numpy, scipy } = problem.rivals;
  const ours = problem.fits.none;
  const mark = problem.twin?.marks[best];
  return [
    problem.name,
    emText(problem),
    ours.marks.map((reached) => (reached ? timeText(reached.seconds) : '-')).join(' / '),
    mark ? timeText(mark.seconds) : problem.twin ? '-' : none,
    ...[plain, numpy, scipy].map(rivalText),
    ...[plain, numpy, scipy].map((report) => ratioTo(report, ours)),
  ];
}

function costRow({ name, fits, exposures, rivals: { plain, numpy, scipy } }: ProblemReport): string[] {
  const each = (text: (report: RivalReport) => string) =>
    [plain, numpy, scipy].map((report) => (report ? text(report) : none));
  return [
    name,
    paceOf(fits.none, exposures),
    ...each(({ seconds, iterations }) => nanoseconds(seconds / iterations, exposures)),
    countText(fits.none.megabytes),
    ...each(({ megabytes }) => countText(megabytes)),
  ];
}

function passRow({ exposures, ours, plain, numpy, scipy }: PassRow): string[] {
  const rivals = [plain, numpy, scipy];
  return [
    countText(exposures),
    nanoseconds(ours, exposures),
    ...rivals.map((theirs) => (theirs === null ? none : nanoseconds(theirs, exposures))),
    ...rivals.map((theirs) => (theirs === null ? none : ratioText(theirs / ours))),
  ];
}

function agreementRow({ name, unique, entities, bricks }: ProblemReport, pooling: Pooling, a: AgreementReport) {
  const side = ({ gap, passes }: AgreementReport['newton']) =>
    gap === null ? 'given up' : `${gapText(gap)} in ${countText(passes)}`;
  return [
    name,
    pooling,
    pooling === 'default' || unique ? 'yes' : `no (${entities} entities, ${bricks} bricks)`,
    side(a.newton),
    side(a.lbfgs),
    a.difference === null ? '-' : shareText(a.difference),
    a.objectives === null ? '-' : shareText(a.objectives),
  ];
}

/** How far apart the slowest and the quickest exposure are. */
function growthText(rows: readonly PassRow[]): string {
  if (rows.length < 2) return '';
  const each = rows.map(({ ours, exposures }) => ours / exposures);
  const spread = Math.max(...each) / Math.min(...each) - 1;
  const [from, to] = [rows[0], rows[rows.length - 1]].map(({ exposures }) => countText(exposures));
  return `From ${from} to ${to} exposures, time per exposure varies by ${(100 * spread).toFixed(0)}%.`;
}

/** The results as Markdown. */
export function solverText({ rivals, cap, problems, passes }: SolverResults): string {
  const versions = Object.entries(rivals).map(([name, version]) => `${name} ${version ?? 'not found'}`);
  const agreements = problems.flatMap((problem) =>
    problem.agreement
      ? (['none', 'default'] as const).map((pooling) => agreementRow(problem, pooling, problem.agreement![pooling]))
      : [],
  );
  const sections = [
    table(
      ['problem', 'entities', 'bricks', 'exposures', 'stands for'],
      problems.map((p) => [p.name, countText(p.entities), countText(p.bricks), countText(p.exposures), p.stands]),
    ),
    '### Our fit',
    [
      'Totals are drawn from known productivities with gamma noise (variance 8 times the mean, sparse: 20 times). `pooling` is none or',
      'the default. Passes, time and misplaced mass are those at which the first round of the fit is certified to a gap of 1e-4 / 1e-6 /',
      '1e-8: without pooling there is one round, with it the dispersion is settled in further rounds, each a fit of its own. Misplaced:',
      'half the sum of |z - z*| over the sum of totals, z* the same round continued to 1e-10. Whole: passes of all rounds, and the time',
      'with, in brackets, what of it is the trace behind the dispersion. Time starts with compiled tables and includes bringing them',
      "into the kernels' memory; where a fit is quick, the median of up to 101 in one engine. Cold: to 1e-8 in the first fit of a",
      "process. ns: time to 1e-8 per exposure and pass, the solver's own work included. MB: peak of the whole process.",
    ].join('\n'),
    table(
      [
        'problem',
        'pooling',
        'solver',
        'passes',
        'time',
        'cold',
        'misplaced',
        'whole: passes',
        'time (trace)',
        'ns',
        'MB',
      ],
      problems.flatMap((problem) => [fitRow(problem, 'none'), fitRow(problem, 'default')]),
    ),
    '### Beside plain EM',
    [
      `Without pooling: time to a gap of 1e-4 / 1e-6 / 1e-8. Rivals run plain EM on the same files in the same run, on one thread, with the`,
      `same certificate (its cost and theirs of setting up are not counted): JS as people would write it, numpy \`bincount\` as in a`,
      `notebook, scipy.sparse (${versions.join(', ')}). The first to run is stopped after ${cap} s, the others after ${cap / 4} s: all of them`,
      'make the same iterations. `~`: stopped before, so the iterations of one that got there at its own pace. `≥`: none got there; the last',
      'half of the longest ln gap against iterations is continued as a straight line, a lower bound since EM only slows down. Twin: our',
      'JS kernels, same bits. x: their time to 1e-8 over ours (wasm).',
    ].join('\n'),
    table(
      ['problem', 'EM passes', 'wasm', 'twin 1e-8', 'plain JS', 'numpy', 'scipy', 'x plain JS', 'x numpy', 'x scipy'],
      problems.map(rivalRow),
    ),
    'Of the same runs: nanoseconds per exposure and pass, and peak megabytes of the process.',
    table(
      ['problem', 'wasm ns', 'plain JS', 'numpy', 'scipy', 'wasm MB', 'plain JS', 'numpy', 'scipy'],
      problems.filter(({ rivals: runs }) => Object.keys(runs).length > 0).map(costRow),
    ),
  ];
  if (passes.length > 0) {
    sections.push(
      '### One pass',
      'Nanoseconds per exposure of one EM pass over segments at 20,000 entities, one thread, medians of processes that take turns.',
      table(
        ['exposures', 'wasm', 'plain JS', 'numpy', 'scipy', 'x plain JS', 'x numpy', 'x scipy'],
        passes.map(passRow),
      ),
      growthText(passes),
    );
  }
  if (agreements.length > 0) {
    sections.push(
      '### Agreement',
      [
        'Newton and L-BFGS, each run to a gap of 1e-13 (reached in so many passes): largest difference of an allocation as a share of its',
        'brick, and of the objectives relative to their size. Where the optimum is not unique the allocations may differ. With pooling',
        'the dispersion is held at 1, so that both solve the same problem.',
      ].join('\n'),
      table(['problem', 'pooling', 'unique', 'newton', 'lbfgs', 'allocation', 'objective'], agreements),
    );
  }
  return sections.filter((text) => text !== '').join('\n\n');
}
