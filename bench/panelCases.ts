import { f64, u32 } from '../bindings/machine/arena.js';
import type { Kernels } from '../bindings/machine/kernels.js';
import { gramScratch } from '../bindings/machine/kernels.js';
import { type Case, fillWith, segmentsOf } from './cases.js';
import * as plain from './plainPanels.js';
import { gramRival } from './rivals.js';

/** Bricks of a dense panel by columns. */
const panels: Record<number, [bricks: number, columns: number]> = {
  33280: [1040, 32],
  3e6: [1e4, 300],
  15e6: [5e4, 300],
};

type PanelKernel = 'passPanel' | 'boundPanel' | 'squarePanel' | 'crossPanel';

function panelCase(kernel: PanelKernel): Case {
  return {
    kernel,
    unit: 'cell',
    sizes: kernel === 'passPanel' ? [33280, 3e6, 15e6] : [33280, 3e6],
    make(size) {
      const [bricks, columns] = panels[size];
      const panel = fillWith(size, (r) => 0.5 + r(), 3);
      const totals = fillWith(bricks, (r) => 1000 * r(), 4);
      const productivity = fillWith(columns, (r) => 0.5 + r(), 5);
      return {
        units: size,
        fields: {
          panel: f64(size),
          totals: f64(bricks),
          productivity: f64(columns),
          fitted: f64(bricks),
          sums: f64(columns),
          scores: f64(4),
        },
        outputs: {
          passPanel: ['fitted', 'sums', 'scores'],
          boundPanel: ['scores'],
          squarePanel: ['sums'],
          crossPanel: ['sums'],
        }[kernel],
        fill(region) {
          region.f64('panel').set(panel);
          region.f64('totals').set(totals);
          region.f64('productivity').set(productivity);
        },
        run(kernels, at, region) {
          region.f64('sums').fill(0);
          region.f64('scores').fill(0);
          if (kernel === 'passPanel') {
            kernels.passPanel(at.panel, at.totals, at.productivity, at.fitted, at.sums, at.scores, bricks, columns);
          } else if (kernel === 'boundPanel') {
            kernels.boundPanel(at.panel, at.productivity, at.totals, at.scores, bricks, columns);
          } else if (kernel === 'squarePanel') {
            kernels.squarePanel(at.panel, at.totals, at.sums, bricks, columns);
          } else {
            kernels.crossPanel(at.panel, at.totals, at.totals, at.sums, bricks, columns);
          }
        },
        plain: plain.createPanel(panel, totals, productivity)[kernel],
      };
    },
  };
}

function gramCase(columns: number): Case {
  return {
    kernel: 'gramPanel',
    unit: `row of ${columns}`,
    sizes: columns === 32 ? [1e2, 1e3, 1e4] : [1e4],
    make(rows) {
      const values = fillWith(rows * columns, (r) => r() - 0.5, 9);
      const weights = fillWith(rows, (r) => r(), 10);
      return {
        units: rows,
        fields: {
          values: f64(rows * columns),
          weights: f64(rows),
          gram: f64(columns * columns),
          scratch: f64(gramScratch(columns)),
        },
        outputs: ['gram'],
        fill(region) {
          region.f64('values').set(values);
          region.f64('weights').set(weights);
        },
        run(kernels, at, region) {
          region.f64('gram').fill(0);
          kernels.gramPanel(at.values, at.weights, at.gram, at.scratch, rows, columns);
        },
        plain: plain.gram(values, weights, columns),
        rival: rows < 1e4 ? undefined : gramRival(rows, columns),
      };
    },
  };
}

/** Rows of a sparse matrix: `perRow` ids of `size` each. */
const sparseMatrices: Record<number, [size: number, perRow: number]> = { 1e4: [200, 40], 13e3: [2000, 77] };

const sparseGram: Case = {
  kernel: 'gramSegments',
  unit: 'multiply-add',
  sizes: [1e4, 13e3],
  make(rows) {
    const [size, perRow] = sparseMatrices[rows];
    const data = segmentsOf(rows * perRow, size, perRow);
    return {
      units: (rows * perRow * (perRow + 1)) / 2,
      fields: {
        segments: u32(rows + 1),
        ids: u32(data.ids.length),
        values: f64(data.ids.length),
        weights: f64(rows),
        gram: f64(size * size),
      },
      outputs: ['gram'],
      fill(region) {
        region.u32('segments').set(data.segments);
        region.u32('ids').set(data.ids);
        region.f64('values').set(data.exposure);
        region.f64('weights').set(data.totals);
      },
      run(kernels: Kernels, at, region) {
        region.f64('gram').fill(0);
        kernels.gramSegments(at.segments, at.ids, at.values, at.weights, at.gram, rows, size);
      },
      plain: plain.gramSegments(data),
    };
  },
};

export const panelCases: readonly Case[] = [
  panelCase('passPanel'),
  panelCase('boundPanel'),
  panelCase('squarePanel'),
  panelCase('crossPanel'),
  gramCase(32),
  gramCase(128),
  sparseGram,
];
