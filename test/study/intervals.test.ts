import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createEngine, type Pooling } from '../../bindings/index.js';
import { type MtaOptions, simulateMta } from '../../bindings/simulate/index.js';
import { figures, mean, rowsIn, tablesIn } from '../support/simulations.js';

const engine = await createEngine();

const introduction = `# Intervals of productivities

Written by \`npm run study -- test/study/intervals.test.ts\`.

How many of the true productivities lie within the 90% intervals, productivity e^(+-1.645 error), of each of the columns that
\`output.standardErrors\` adds, in percent. Campaigns of one medium, 20 of them (40 in the tree), simulated 100 times: productivities drawn with a
spread of 0.4 around their medium's rate (in the tree around formats of 0.3 in platforms of 0.4), cells with dispersion 10 where nothing else is
said. The totals are sums of what was drawn, with no shocks that bricks share, but in the row with brick dispersion.

\`posteriorDeviation\` is meant to cover; where evidence is capped (25 is the default) and bricks are in truth independent, it covers too
much. The other three say how far the pooled estimate moves when bricks are drawn anew, and leave out how far the prior pulls it from the truth. Nothing
covers productivities that drift.

| | posteriorDeviation | standardError | sandwichError | blockError |
| --- | --- | --- | --- | --- |`;

it('covers true productivities with its intervals where the model is the one they were drawn from', async () => {
  const z90 = 1.6448536269514722;
  const seeds = 100;
  const kinds = ['posteriorDeviation', 'standardError', 'sandwichError', 'blockError'] as const;
  const lognormal: Pooling = { kind: 'lognormal', spread: 0.4, evidence: 'none' };
  const own = { media: 1, campaigns: 20, spread: 0.4 };
  const groups = { ...own, campaigns: 40, platformSpread: 0.4, formatSpread: 0.3 };
  const tree: Pooling = {
    kind: 'tree',
    levels: ['platform', 'format'],
    spread: 0.4,
    spreads: { platform: 0.4, format: 0.3 },
    evidence: 'none',
  };
  const estimated: Pooling = { ...lognormal, spread: 'estimate' };
  // posteriorDeviation should cover where spreads are those drawn with; standardError is the same where psi is phi (evidence none),
  // and too small where evidence is capped; sandwich and block errors leave out how far the prior pulls.
  const settings: readonly (readonly [name: string, switches: MtaOptions, pooling: Pooling, wellPut: boolean])[] = [
    ['lognormal, 13 weeks, 2 geos', { ...own, weeks: 13, geos: 2 }, lognormal, true],
    ['lognormal, 52 weeks, 5 geos', { ...own, weeks: 52, geos: 5 }, lognormal, true],
    [
      'lognormal, 52 weeks, 5 geos, cell dispersion 1000',
      { ...own, weeks: 52, geos: 5, cellDispersion: 1000 },
      lognormal,
      true,
    ],
    ['tree, 52 weeks, 5 geos', { ...groups, weeks: 52, geos: 5 }, tree, true],
    ['lognormal, spread estimated, 52 weeks, 5 geos', { ...own, weeks: 52, geos: 5 }, estimated, true],
    ['lognormal, evidence 25, 52 weeks, 5 geos', { ...own, weeks: 52, geos: 5 }, { ...lognormal, evidence: 25 }, false],
    [
      'default (gamma, spread 0.3, evidence 25), 52 weeks, 5 geos',
      { ...own, weeks: 52, geos: 5 },
      { kind: 'gamma' },
      false,
    ],
    [
      'lognormal, brick dispersion 0.05, 52 weeks, 5 geos',
      { ...own, weeks: 52, geos: 5, brickDispersion: 0.05 },
      lognormal,
      false,
    ],
    ['lognormal, drift 0.05, 52 weeks, 5 geos', { ...own, weeks: 52, geos: 5, drift: 0.05 }, lognormal, false],
  ];
  const rows: string[] = [];
  for (const [name, switches, pooling, wellPut] of settings) {
    const within = kinds.map(() => 0);
    const lengths = kinds.map((): number[] => []);
    const squares: number[] = [];
    const errors: number[] = [];
    let count = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const simulation = simulateMta({ seed, ...switches });
      const fit = await engine.fit(tablesIn(simulation), {
        ...simulation.model,
        model: { pooling },
        output: { standardErrors: true },
      });
      expect(fit.converged).toBe(true);
      const truth = simulation.files['truth_entities.csv'];
      const truths = rowsIn(fit.entities, truth, ['campaign']);
      const drawn = figures(truth, 'productivity');
      const productivity = figures(fit.entities, 'productivity');
      const exposure = figures(fit.entities, 'exposure');
      truths.forEach((row, e) => {
        if (exposure[e] === 0) return;
        count++;
        const off = Math.log(productivity[e] / drawn[row]);
        errors.push(off);
        squares.push(off * off);
        kinds.forEach((kind, i) => {
          const error = figures(fit.entities, kind)[e];
          lengths[i].push(error);
          if (Math.abs(off) <= z90 * error) within[i]++;
        });
      });
    }
    const shares = within.map((inside) => inside / count);
    console.log(
      `${name}: 90% intervals cover ${kinds.map((kind, i) => `${shares[i].toFixed(3)} by ${kind} (mean ${mean(lengths[i]).toFixed(3)})`).join(', ')}; error of ln productivity: mean ${mean(errors).toFixed(3)}, root mean square ${Math.sqrt(mean(squares)).toFixed(3)}; ${count} campaigns`,
    );
    rows.push(`| ${[name, ...shares.map((share) => (100 * share).toFixed(1))].join(' | ')} |`);
    if (!wellPut) continue;
    expect(shares[0], name).toBeGreaterThan(0.7);
    expect(shares[0], name).toBeLessThan(0.99);
  }
  writeFileSync('docs/intervals.md', [introduction, ...rows, ''].join('\n'));
});
