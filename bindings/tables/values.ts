import { show } from '../base/errors.js';
import type { Faults } from '../base/faults.js';
import { cureOfNumber } from '../base/numbers/cures.js';
import { type NumberMarks, parseNumber } from '../base/numbers/grammar.js';
import { inRuns, type Steps } from '../base/steps.js';
import type { Source } from './source.js';
import type { Column } from './tables.js';

/** What a column of figures may hold. */
export interface ValueRule {
  readonly negative: 'allowed' | 'refused';
  /** What to do about a negative one. */
  readonly cure: string;
  /** The marks of figures given as text, and which texts count as empty. */
  readonly marks: NumberMarks & { readonly empty?: readonly string[] | undefined };
  readonly zero?: 'refused';
  /** `allowed`: what is missing is NaN. */
  readonly missing?: 'allowed';
}

/** The figures of a column's kept rows. Text is read by the strict grammar; NaN, infinities and refused signs are faults. */
export function* readValues(
  faults: Faults,
  source: Source,
  name: string,
  column: Column,
  rule: ValueRule,
): Steps<Float64Array> {
  const { rows } = source;
  const out = new Float64Array(rows);
  const cell = source.cells(name, column);
  yield* inRuns(rows, (from, to) => {
    for (let r = from; r < to; r++) {
      const raw = cell(r);
      const value = typeof raw === 'number' ? raw : figureOf(raw, rule.marks);
      if (value !== undefined && value >= 0 && value < Number.POSITIVE_INFINITY && !(value === 0 && rule.zero)) {
        out[r] = value + 0; // -0 becomes 0
        continue;
      }
      if (rule.missing && (isMissing(raw, rule.marks.empty) || Number.isNaN(value))) {
        out[r] = Number.NaN;
        continue;
      }
      const refuse = (kind: string, problem: () => string) =>
        faults.add(kind, `${source.record(r)}, column ${name}`, problem);
      if (value === undefined) {
        const cure = () =>
          typeof raw === 'string' ? cureOfNumber(raw, rule.marks, rule.zero ? null : rule.marks.empty) : '';
        const got = raw === undefined || raw === null || raw === '' ? 'nothing' : show(raw);
        refuse('not-a-number', () => `expected a number, got ${got}${cure()}`);
      } else if (!Number.isFinite(value)) {
        refuse(Number.isNaN(value) ? 'not-finite' : 'infinite', () => `expected a finite number, got ${value}`);
      } else if (rule.negative === 'refused') {
        const expected = rule.zero ? 'above 0' : '>= 0';
        refuse('negative', () => `expected a number ${expected}, got ${value}${rule.cure}`);
      } else out[r] = value;
    }
  });
  return out;
}

const isMissing = (raw: unknown, empty: readonly string[] = []) =>
  raw === undefined || raw === null || raw === '' || (typeof raw === 'string' && empty.includes(raw));

function figureOf(raw: unknown, marks: NumberMarks): number | undefined {
  if (typeof raw === 'string') return parseNumber(raw, marks);
  return typeof raw === 'bigint' ? Number(raw) : undefined;
}
