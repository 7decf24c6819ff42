import { rmSync } from 'node:fs';
import { ask, askRival, type Form, findRivals } from './solvers/contestants.js';
import { bestGaps, type Curve, type Reached, timesTo } from './solvers/curve.js';
import { levels, type Pooling } from './solvers/ours.js';
import { type Problem, problemsNamed } from './solvers/problems.js';
import type { AgreementReport, FitReport } from './solvers/tasks.js';
import { describeFit, describeRival } from './solvers/words.js';

export type Contestant = 'plain' | Form;
export type RivalCurve = Curve & { readonly megabytes: number };

/** Plain EM by somebody else, without pooling. */
export interface RivalReport {
  /** For each level; null where no curve gets there. */
  readonly marks: readonly (Reached | null)[];
  readonly iterations: number;
  readonly seconds: number;
  readonly gap: number;
  readonly megabytes: number;
}

/** What was measured on one problem; null: not measured. */
export interface ProblemReport {
  readonly name: string;
  readonly stands: string;
  readonly unique: boolean;
  readonly entities: number;
  readonly bricks: number;
  readonly exposures: number;
  readonly fits: Readonly<Record<Pooling, FitReport>>;
  readonly twin: FitReport | null;
  readonly rivals: Readonly<Partial<Record<Contestant, RivalReport>>>;
  readonly agreement: Readonly<Record<Pooling, AgreementReport>> | null;
}

/** Seconds of one pass, medians of alternating processes; null: not measured. */
export interface PassRow {
  readonly name: string;
  readonly exposures: number;
  readonly ours: number;
  readonly plain: number | null;
  readonly numpy: number | null;
  readonly scipy: number | null;
}

export interface SolverResults {
  readonly rivals: Record<Form, string | null>;
  readonly cap: number;
  readonly problems: readonly ProblemReport[];
  readonly passes: readonly PassRow[];
}

const mostAgreeing = 2000; // entities up to which Newton is to agree with L-BFGS
const passRounds = 3;
const passSeconds = 1.5;
const mostPassed = 5e6; // exposures up to which one pass is timed for rivals too: beyond, ours alone shows how it grows
const laterPart = 1 / 4; // of the cap, for all but the first: all make the same iterations, of the others the pace is enough
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

/**
 * Times the solvers on each problem, or on those named, and plain EM in JS, numpy and scipy beside them. `cap` is how
 * many seconds the first rival may run before its curve is continued.
 */
export function benchSolvers(names: readonly string[], cap: number, tell: (text: string) => void): SolverResults {
  const chosen = problemsNamed(names);
  const rivals = findRivals();
  const made = new Map<string, number>();
  try {
    const problems = chosen.map((problem) => {
      const report = benchProblem(problem, rivals, cap, tell);
      made.set(problem.name, report.exposures);
      return report;
    });
    const passes = benchPasses(
      chosen.filter(({ name }) => name.startsWith('sparse')).map(({ name }) => [name, made.get(name)!]),
      rivals,
      tell,
    );
    return { rivals, cap, problems, passes };
  } finally {
    rmSync('build/solvers', { recursive: true, force: true });
  }
}

function benchProblem(
  { name, stands, unique, rivals: hasRivals }: Problem,
  rivals: Record<Form, string | null>,
  cap: number,
  tell: (text: string) => void,
): ProblemReport {
  const sizes = ask<'make'>({ kind: 'make', problem: name });
  const fit = (pooling: Pooling, kernels: 'wasm' | 'js') => {
    const report = ask<'fit'>({ kind: 'fit', problem: name, pooling, kernels, solver: 'auto', cap });
    tell(`${name}: ${describeFit(report, kernels, pooling)}`);
    return report;
  };
  const none = fit('none', 'wasm');
  const runs: Partial<Record<Contestant, RivalCurve>> = {};
  const rival = (contestant: Contestant, run: (seconds: number) => RivalCurve) => {
    const curve = run(Object.keys(runs).length === 0 ? cap : cap * laterPart);
    runs[contestant] = curve;
    tell(`${name}: ${describeRival(curve, contestant)}`);
  };
  if (hasRivals) {
    // scipy first: as the quickest it comes furthest
    for (const form of ['scipy', 'numpy'] as const) {
      if (rivals[form]) rival(form, (seconds) => askRival('curve', form, name, levels[2], seconds));
    }
    rival('plain', (seconds) => ask<'plain'>({ kind: 'plain', problem: name, gap: levels[2], cap: seconds }));
  }
  const twin = hasRivals ? fit('none', 'js') : null;
  const pooled = fit('default', 'wasm');
  const agree = (pooling: Pooling) => ask<'agreement'>({ kind: 'agreement', problem: name, pooling, cap: cap / 2 });
  const agreement = sizes.entities <= mostAgreeing ? { none: agree('none'), default: agree('default') } : null;
  return {
    ...{ name, stands, unique, ...sizes },
    fits: { none, default: pooled },
    ...{ twin, rivals: rivalReports(runs), agreement },
  };
}

function rivalReports(runs: Partial<Record<Contestant, RivalCurve>>): ProblemReport['rivals'] {
  const entries = Object.entries(runs) as [Contestant, RivalCurve][];
  const marks = levels.map((level) =>
    timesTo(
      entries.map(([, curve]) => curve),
      level,
    ),
  );
  return Object.fromEntries(
    entries.map(([contestant, curve], i) => {
      const last = curve.iterations.length - 1;
      const figures = { iterations: curve.iterations[last], seconds: curve.seconds[last], gap: bestGaps(curve)[last] };
      return [contestant, { ...figures, marks: marks.map((each) => each[i]), megabytes: curve.megabytes }];
    }),
  );
}

/** One pass on each problem, ours and theirs in turn. */
function benchPasses(
  problems: readonly (readonly [name: string, exposures: number])[],
  rivals: Record<Form, string | null>,
  tell: (text: string) => void,
): PassRow[] {
  const none = () => ({ ours: [] as number[], plain: [] as number[], numpy: [] as number[], scipy: [] as number[] });
  const times = problems.map(none);
  for (let round = 0; round < passRounds; round++) {
    problems.forEach(([problem, exposures], i) => {
      const own = (by: 'wasm' | 'plain') => ask<'pass'>({ kind: 'pass', problem, by, seconds: passSeconds }).seconds;
      times[i].ours.push(own('wasm'));
      if (exposures > mostPassed) return;
      times[i].plain.push(own('plain'));
      for (const form of ['numpy', 'scipy'] as const) {
        if (rivals[form] === null) continue;
        times[i][form].push(askRival<{ seconds: number }>('pass', form, problem, passSeconds).seconds);
      }
    });
    tell(`one pass: round ${round + 1}/${passRounds}`);
  }
  const medianOf = (values: readonly number[]) => (values.length === 0 ? null : median(values));
  return problems.map(([name, exposures], i) => ({
    name,
    exposures,
    ours: median(times[i].ours),
    plain: medianOf(times[i].plain),
    numpy: medianOf(times[i].numpy),
    scipy: medianOf(times[i].scipy),
  }));
}
