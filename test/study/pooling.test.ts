import { expect, it } from 'vitest';
import { createEngine, type Model, type Pooling } from '../../bindings/index.js';
import {
  type HcpOptions,
  type MtaOptions,
  type Simulation,
  simulateHcp,
  simulateMta,
} from '../../bindings/simulate/index.js';
import { openStream } from '../../bindings/simulate/random.js';
import { figures, mean, median, tablesIn, variance, words } from '../support/simulations.js';

// Lognormal pooling: how estimated spreads lie beside those that productivities were drawn with, and what a tree of 20,000
// entities takes.

const engine = await createEngine();
const fitSimulated = (simulation: Simulation, sections: Pick<Model, 'model'>) =>
  engine.fit(tablesIn(simulation), { ...simulation.model, ...sections });

/** What a setting estimates: by level (null: the entities' own), the coefficient of variation that was drawn from. */
interface Recovery {
  readonly name: string;
  readonly simulate: (seed: number) => Simulation;
  readonly pooling: Pooling;
  readonly truth: readonly (readonly [level: string | null, spread: number | ((simulation: Simulation) => number)])[];
  /** Much is known of each of many groups: here no estimate may collapse. */
  readonly rich: boolean;
  readonly family?: 'poisson';
}

/** HCPs around their specialty or region: what specialty, seniority and potential leave, as a coefficient of variation. */
function hcpSpread(column: string) {
  return ({ files }: Simulation) => {
    const names = words(files['hcps.csv'], column);
    const logs = Array.from(figures(files['truth_entities.csv'], 'productivity'), Math.log);
    const members = new Map<string, number[]>();
    names.forEach((name, h) => void members.set(name, [...(members.get(name) ?? []), logs[h]]));
    let squares = 0;
    for (const list of members.values()) for (const x of list) squares += (x - mean(list)) ** 2;
    return Math.sqrt(Math.expm1(squares / (logs.length - members.size)));
  };
}

const mta = (switches: MtaOptions) => (seed: number) => simulateMta({ seed, media: 1, ...switches });
const hcp = (switches: HcpOptions) => (seed: number) => simulateHcp({ seed, ...switches });
const sizes = [
  ['13 weeks, 2 geos', { weeks: 13, geos: 2 }, false],
  ['52 weeks, 5 geos', { weeks: 52, geos: 5 }, true],
  ['104 weeks, 10 geos', { weeks: 104, geos: 10 }, true],
] as const;

const lognormal: Pooling = { kind: 'lognormal' };
const byRegion: Pooling = { kind: 'lognormal', groups: ['region'] };
const treeOf = (...levels: string[]): Pooling => ({ kind: 'tree', levels });

const recoveries: Recovery[] = [
  ...sizes.map(([size, switches, rich]) => ({
    name: `campaigns: 40 of one medium, ${size}`,
    simulate: mta({ campaigns: 40, spread: 0.4, ...switches }),
    pooling: lognormal,
    truth: [[null, 0.4]] as const,
    rich,
  })),
  ...sizes.slice(0, 2).map(([size, switches]) => ({
    name: `campaigns: 40 of one medium that differ by 0.1, ${size}`,
    simulate: mta({ campaigns: 40, spread: 0.1, ...switches }),
    pooling: lognormal,
    truth: [[null, 0.1]] as const,
    rich: false,
  })),
  ...sizes.map(([size, switches, rich]) => ({
    name: `creatives in a tree: 20 campaigns of 4, ${size}`,
    simulate: mta({ campaigns: 20, spread: 0.4, creatives: 4, creativeSpread: 0.3, ...switches }),
    pooling: treeOf('campaign'),
    truth: [
      [null, 0.3],
      ['campaign', 0.4],
    ] as const,
    rich,
  })),
  ...sizes.slice(1, 2).map(([size, switches]) => ({
    name: `platforms and formats in a tree: 3 platforms of 3 formats, 40 campaigns, ${size}`,
    simulate: mta({ campaigns: 40, spread: 0.4, platformSpread: 0.4, formatSpread: 0.3, ...switches }),
    pooling: treeOf('platform', 'format'),
    truth: [
      [null, 0.4],
      ['platform', 0.4],
      ['format', 0.3],
    ] as const,
    rich: false,
  })),
  ...(
    [
      ['', { hcps: 200, bricks: 40 }],
      [', 60 visits, overlap 4', { hcps: 200, bricks: 200, visits: 60, overlap: 4 }],
      // as before, but the dispersion is known
      [', 60 visits, overlap 4, family poisson', { hcps: 200, bricks: 200, visits: 60, overlap: 4 }],
    ] as const
  ).map(([rest, switches], i) => ({
    name: `HCPs: 200 in 20 regions, ${switches.bricks} bricks${rest}`,
    simulate: hcp({ ...switches, regions: 20, regionSpread: 0.3 }),
    pooling: byRegion,
    truth: [
      [null, hcpSpread('region')],
      ['region', 0.3],
    ] as const,
    rich: i > 0,
    ...(i === 2 && { family: 'poisson' as const }),
  })),
];

const replicates = 40; // of each setting
const collapsed = 0.05;

it('finds the spreads that productivities were drawn with, and loses none of them where data are rich', async () => {
  for (const { name, simulate, pooling, truth, rich, family = 'quasiPoisson' } of recoveries) {
    for (const evidence of ['none', 25] as const) {
      const start = performance.now();
      const found = truth.map(() => ({ estimates: [] as number[], truths: [] as number[] }));
      let unsettled = 0;
      let unknown = 0; // dispersions
      let open = 0;
      for (let seed = 1; seed <= replicates; seed++) {
        const simulation = simulate(seed);
        const fit = await fitSimulated(simulation, {
          model: { family, pooling: { ...pooling, evidence, spread: 'estimate' } as Pooling },
        });
        if (!fit.converged) open++;
        if (fit.warnings.some(({ code }) => code === 'spreads-not-settled')) unsettled++;
        if (fit.warnings.some(({ code }) => code === 'dispersion-not-estimable')) unknown++;
        truth.forEach(([level, spread], i) => {
          // a component of a few entities says nothing of its spread
          const largest = fit.spreads!.filter((each) => each.level === level).sort((a, b) => b.groups - a.groups)[0];
          found[i].estimates.push(largest.spread!);
          found[i].truths.push(typeof spread === 'number' ? spread : spread(simulation));
        });
      }
      const seconds = (performance.now() - start) / 1000;
      console.log(
        `${name}, evidence ${evidence} (of ${replicates} ${unsettled} not settled, ${unknown} with the proportional dispersion, ${open} open; ${seconds.toFixed(1)} s)`,
      );
      truth.forEach(([level], i) => {
        const { estimates, truths } = found[i];
        const lost = estimates.filter((spread) => spread < collapsed).length / estimates.length;
        console.log(
          `  ${level ?? 'entities'}: true ${mean(truths).toFixed(2)}, mean ${mean(estimates).toFixed(3)}, sd ${Math.sqrt(variance(estimates)).toFixed(3)}, median ${median(estimates).toFixed(3)}, smallest ${Math.min(...estimates).toFixed(3)}, below ${collapsed} ${(100 * lost).toFixed(0)}%`,
        );
        if (rich) expect(lost, `${name}, ${level}`).toBe(0);
        expect(estimates.every((spread) => spread > 0 && Number.isFinite(spread))).toBe(true);
      });
    }
  }
});

/** 20,000 creatives in five levels of groups, each in some 20 of 5,000 bricks. */
function creativesInTree(seed: number) {
  const counts = { channel: 4, platform: 16, format: 64, campaign: 640, adset: 4000 };
  const levels = Object.keys(counts) as (keyof typeof counts)[];
  const spread = 0.3;
  const [entities, bricks, each] = [20_000, 5_000, 20];
  const deviation = Math.sqrt(Math.log1p(spread * spread));
  const draw = openStream(seed, 1);
  // groups of a level take turns under those of the level above
  const logs: Record<string, Float64Array> = {};
  levels.forEach((level, l) => {
    logs[level] = Float64Array.from({ length: counts[level] }, (_, g) => {
      const above = l > 0 ? logs[levels[l - 1]][g % counts[levels[l - 1]]] : 0;
      return above + deviation * draw.normal();
    });
  });
  const groupOf = (level: keyof typeof counts, h: number) => {
    let group = h % counts.adset;
    for (let l = levels.length - 1; levels[l] !== level; l--) group %= counts[levels[l - 1]];
    return group;
  };
  const productivity = Float64Array.from({ length: entities }, (_, h) =>
    Math.exp(logs.adset[h % counts.adset] + deviation * draw.normal()),
  );
  const brick: string[] = [];
  const creative: string[] = [];
  const exposure: number[] = [];
  const totals = new Float64Array(bricks);
  for (let h = 0; h < entities; h++) {
    const places = new Set<number>();
    // every brick has somebody
    if (h < bricks) places.add(h);
    while (places.size < each) places.add(draw.integer(bricks));
    for (const b of places) {
      const amount = Math.exp(0.5 * draw.normal());
      brick.push(`b${b}`);
      creative.push(`c${h}`);
      exposure.push(amount);
      totals[b] += draw.gamma((100 * productivity[h] * amount) / 10) * 10;
    }
  }
  return {
    levels,
    spread,
    productivity,
    tables: {
      totals: { brick: Array.from({ length: bricks }, (_, b) => `b${b}`), sales: totals },
      exposure: { brick, creative, amount: Float64Array.from(exposure) },
      entities: {
        creative: Array.from({ length: entities }, (_, h) => `c${h}`),
        ...Object.fromEntries(
          levels.map((level) => [level, Array.from({ length: entities }, (_, h) => `${level} ${groupOf(level, h)}`)]),
        ),
      },
    },
  };
}

it('fits a tree of five levels over 20,000 creatives and 5,000 bricks, spreads given or estimated', async () => {
  const { tables, levels, spread, productivity } = creativesInTree(1);
  const model = (pooling: Pooling): Model => ({
    totals: { brick: ['brick'], value: 'sales' },
    exposure: { brick: ['brick'], entity: ['creative'], value: 'amount' },
    entities: { entity: ['creative'] },
    model: { pooling },
  });
  for (const chosen of [
    { spread },
    { spread, evidence: 'none' },
    { spread: 'estimate' },
    { spread: 'estimate', evidence: 'none' },
  ] as const) {
    const start = performance.now();
    const fit = await engine.fit(tables, model({ kind: 'tree', levels, ...chosen }));
    const seconds = (performance.now() - start) / 1000;
    const found = figures(fit.entities, 'productivity');
    // entities stand in the order of exposure: c0, c1, ..
    const off = Array.from(found, (p, h) => Math.log(p / 100 / productivity[h]));
    const spreads = fit.spreads!.map(({ level, spread }) => `${level ?? 'entities'} ${spread!.toFixed(3)}`);
    console.log(
      `tree, ${JSON.stringify(chosen)}: ${fit.counts.exposures} exposures, ${fit.solver}, converged ${fit.converged}, ${fit.passes} passes, ${seconds.toFixed(1)} s, dispersion ${fit.dispersion.median!.toFixed(2)} (drawn with 10), root mean square error of ln productivity ${Math.sqrt(mean(off.map((x) => x * x))).toFixed(3)}; spreads (drawn with ${spread}) ${spreads.join(', ')}; warnings ${fit.warnings.map(({ code }) => code).join(', ') || 'none'}`,
    );
    expect(fit.converged).toBe(true);
    expect(fit.massError).toBe(0);
  }
});
