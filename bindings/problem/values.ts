import { show } from '../errors.js';
import type { Faults } from '../faults.js';
import { parseNumber } from './numbers.js';
import type { Source } from './source.js';
import type { Column } from './tables.js';

/** What a column of figures may hold. */
export interface ValueRule {
  readonly negative: 'allowed' | 'refused';
  /** What to do about a negative one. */
  readonly cure: string;
  /** The decimal mark of figures given as text. */
  readonly decimal: '.' | ',';
  readonly zero?: 'refused';
  /** `allowed`: what is missing is NaN. */
  readonly missing?: 'allowed';
}

/** The figures of a column's kept rows. Text is read by the strict grammar; NaN, infinities and refused signs are faults. */
export function readValues(
  faults: Faults,
  source: Source,
  name: string,
  column: Column,
  rule: ValueRule,
): Float64Array {
  const { rows } = source;
  const out = new Float64Array(rows);
  const cell = source.cells(name, column);
  for (let r = 0; r < rows; r++) {
    const raw = cell(r);
    const value = typeof raw === 'number' ? raw : figureOf(raw, rule.decimal);
    if (value !== undefined && value >= 0 && value < Number.POSITIVE_INFINITY && !(value === 0 && rule.zero)) {
      out[r] = value + 0; // -0 becomes 0
      continue;
    }
    if (rule.missing && (raw === undefined || raw === null || raw === '' || Number.isNaN(value))) {
      out[r] = Number.NaN;
      continue;
    }
    const refuse = (kind: string, problem: () => string) =>
      faults.add(kind, `${source.record(r)}, column ${name}`, problem);
    if (value === undefined) {
      const got = raw === undefined || raw === null ? 'nothing' : show(raw);
      refuse('not-a-number', () => `expected a number, got ${got}${cureOf(raw, rule.decimal)}`);
    } else if (!Number.isFinite(value)) {
      refuse(Number.isNaN(value) ? 'not-finite' : 'infinite', () => `expected a finite number, got ${value}`);
    } else if (rule.negative === 'refused') {
      const expected = rule.zero ? 'above 0' : '>= 0';
      refuse('negative', () => `expected a number ${expected}, got ${value}${rule.cure}`);
    } else out[r] = value;
  }
  return out;
}

function figureOf(raw: unknown, decimal: '.' | ','): number | undefined {
  if (typeof raw === 'string') return parseNumber(raw, decimal);
  return typeof raw === 'bigint' ? Number(raw) : undefined;
}

function cureOf(raw: unknown, decimal: '.' | ','): string {
  if (typeof raw !== 'string') return '';
  const thousands = decimal === '.' ? /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/ : /^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$/;
  if (thousands.test(raw)) return '. Remove the thousands separator.';
  if (raw !== raw.trim()) return '. Remove the spaces.';
  const other = decimal === '.' ? ',' : '.';
  if (parseNumber(raw, other) !== undefined) return `. Set "decimal": "${other}" if that is the decimal mark.`;
  return '';
}
