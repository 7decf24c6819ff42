import { type Fault, InputError } from './errors.js';

const mostOfAKind = 20;

/** Collects everything that is wrong, so that a caller hears it all at once. */
export interface Faults {
  /**
   * Notes `path: expected X, got Y. Cure.` under a stable kind. Past 20 of a kind they are only counted, and a problem
   * given as a function is not put into words.
   */
  add(kind: string, path: string, problem: string | (() => string)): void;
  readonly any: boolean;
  /** @throws InputError when anything was noted */
  throwIfAny(): void;
}

/** Refuses for one reason. @throws InputError, always */
export function refuse(kind: string, path: string, problem: string, cause?: unknown): never {
  throw new InputError([{ kind, path, message: `${path}: ${problem}` }], cause);
}

export function collectFaults(): Faults {
  const kinds = new Map<string, { shown: Fault[]; more: number }>();
  return {
    add(kind, path, problem) {
      const noted = kinds.get(kind) ?? { shown: [], more: 0 };
      kinds.set(kind, noted);
      if (noted.shown.length === mostOfAKind) {
        noted.more++;
        return;
      }
      const words = typeof problem === 'string' ? problem : problem();
      noted.shown.push({ kind, path, message: `${path}: ${words}` });
    },
    get any() {
      return kinds.size > 0;
    },
    throwIfAny() {
      if (kinds.size === 0) return;
      const faults: Fault[] = [];
      for (const [kind, { shown, more }] of kinds) {
        faults.push(...shown);
        if (more === 0) continue;
        const path = shown[0].path.replace(/ record \d+(?!.* record \d).*/s, '');
        const words = more === 1 ? '1 more fault of this kind' : `${more} more faults of this kind`;
        faults.push({ kind, path, message: `${path}: ${words} (${kind})` });
      }
      throw new InputError(faults);
    },
  };
}
