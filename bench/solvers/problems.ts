import { hcp } from './hcp.js';
import { mmm } from './mmm.js';
import type { Panel } from './panel.js';
import { sparse } from './sparse.js';

/** A problem that solvers are timed on. */
export interface Problem {
  readonly name: string;
  /** What it stands for, for the legend. */
  readonly stands: string;
  /** Whether plain maximum likelihood has one answer; with fewer bricks than entities it has many. */
  readonly unique: boolean;
  /** Whether plain EM runs beside ours. The largest only show how time grows. */
  readonly rivals: boolean;
  make(): Panel;
}

const million = 1e6;
const sparseEntities = 20000;

/** 100 over {1, 2, 3} and 60 over {2, 3, 4}: any l1 + l2 + l3 = 100, l2 + l3 + l4 = 60 fits exactly. */
export const worked = (): Panel => ({
  segments: Uint32Array.of(0, 3, 6),
  column: Uint32Array.of(0, 1, 2, 1, 2, 3),
  exposure: new Float64Array(6).fill(1),
  totals: Float64Array.of(100, 60),
  entities: 4,
});

const sparseOf = (name: string, exposures: number, rivals: boolean): Problem => ({
  name,
  stands: '20,000 entities in bricks of about 40, as in delivery logs',
  unique: true,
  rivals,
  make: () => sparse(sparseEntities, exposures, 5),
});

export const problems: readonly Problem[] = [
  { name: 'worked', stands: 'two overlapping bricks, solved by hand', unique: false, rivals: true, make: worked },
  {
    name: 'hcp-400',
    stands: '400 doctors in 80 territories of heavy-tailed size: more unknowns than totals, fits exactly',
    unique: false,
    rivals: true,
    make: () => hcp(400, 80, 5, 1),
  },
  {
    name: 'hcp-20k',
    stands: '20,000 doctors in 5,000 territories, about 20 each',
    unique: false,
    rivals: true,
    make: () => hcp(20000, 5000, 20, 2),
  },
  {
    name: 'mmm-30',
    stands: '30 campaigns of six nearly collinear platform plans, 104 weeks x 10 geos',
    unique: true,
    rivals: true,
    make: () => mmm({ plans: 6, campaignsPerPlan: 5, weeks: 104, geos: 10 }, 3),
  },
  {
    name: 'mmm-300',
    stands: '300 campaigns of 60 such plans, 200 weeks x 250 geos, dense',
    unique: true,
    rivals: true,
    make: () => mmm({ plans: 60, campaignsPerPlan: 5, weeks: 200, geos: 250 }, 4),
  },
  sparseOf('sparse-1m', million, true),
  sparseOf('sparse-4m', 4 * million, true),
  sparseOf('sparse-10m', 10 * million, false),
  sparseOf('sparse-40m', 40 * million, false),
];

/** Those named; all without names. @throws Error at a name that is none */
export function problemsNamed(names: readonly string[]): readonly Problem[] {
  for (const name of names) {
    if (!problems.some((problem) => problem.name === name)) {
      throw new Error(`expected one of ${problems.map((problem) => problem.name).join(', ')}, got ${name}`);
    }
  }
  return names.length === 0 ? problems : problems.filter(({ name }) => names.includes(name));
}
