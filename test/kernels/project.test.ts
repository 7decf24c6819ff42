import { describe, expect, it } from 'vitest';
import { differenceOf, filled, randomSegments, scales, segmentSizes, stage } from '../fit/stage.js';
import { bothKernels, type KernelSet, randomOf } from '../support/kernels.js';

const sets = await bothKernels();
const [wasm, js] = sets;

interface Case {
  segments: Uint32Array;
  ids: Uint32Array;
  values: Float64Array;
  productivity: Float64Array;
  design: Float64Array;
  columns: number;
}

const project = (set: KernelSet, { columns, ...rows }: Case) => {
  const bricks = rows.segments.length - 1;
  const outputs = new Float64Array(bricks * columns).fill(7);
  return stage(set, { ...rows, outputs }, (kernels, at) =>
    kernels.projectSegments(at.segments, at.ids, at.values, at.productivity, at.design, at.outputs, bricks, columns),
  );
};

function randomCase(seed: number, size: number, columns: number, scale: string): Case {
  const uniform = randomOf(seed);
  const { segments, ids } = randomSegments(uniform, size, [...segmentSizes, ...segmentSizes]);
  return {
    segments,
    ids,
    values: filled(ids.length, () => scales[scale](uniform)),
    productivity: filled(size, () => scales[scale](uniform)),
    design: filled(size * columns, () => (uniform() - 0.5) * scales[scale](uniform)),
    columns,
  };
}

describe.each(sets)('projectSegments (%s)', (...set) => {
  it('is the matrix of exposures times productivity times the design, added in the order of the exposures', () => {
    for (const columns of [4, 8, 12, 40]) {
      const { segments, ids, values, productivity, design } = randomCase(columns, 37, columns, 'plain');
      const { outputs } = project(set, { segments, ids, values, productivity, design, columns });
      for (let b = 0; b + 1 < segments.length; b++) {
        for (let c = 0; c < columns; c++) {
          let sum = 0;
          for (let j = segments[b]; j < segments[b + 1]; j++) {
            sum += values[j] * productivity[ids[j]] * design[ids[j] * columns + c];
          }
          expect(Object.is(outputs[b * columns + c], sum), `brick ${b}, column ${c}`).toBe(true);
        }
      }
    }
  });

  it('gives a brick without exposures zeros', () => {
    const outputs = project(set, {
      segments: Uint32Array.of(0, 0, 1, 1),
      ids: Uint32Array.of(0),
      values: Float64Array.of(2),
      productivity: Float64Array.of(3),
      design: Float64Array.of(1, 2, 3, 4),
      columns: 4,
    }).outputs;
    expect([...outputs]).toEqual([0, 0, 0, 0, 6, 12, 18, 24, 0, 0, 0, 0]);
  });
});

it('gives the same bits in both kernel sets, at every scale', () => {
  for (const scale of Object.keys(scales)) {
    for (const [size, columns] of [
      [1, 4],
      [2, 8],
      [33, 12],
      [40, 44],
    ]) {
      const some = randomCase(size + columns, size, columns, scale);
      expect(differenceOf(project(wasm, some), project(js, some)), `${scale}, ${size} x ${columns}`).toBeNull();
    }
  }
});
