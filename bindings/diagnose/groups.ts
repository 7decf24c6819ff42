import { atOnce } from '../base/steps.js';
import type { FilledPooling } from '../config/fillPooling.js';
import type { Problem } from '../problem/compile.js';
import { rankTuples } from '../tables/keys.js';
import type { Warning } from './warnings.js';

/** What pooling groups cannot do as they are: groups of one entity, levels that add nothing, a value under two parents. */
export function groupWarnings({ rows, panel }: Problem, pooling: FilledPooling): Warning[] {
  const found: Warning[] = [];
  const columns = rows.groups;
  if (pooling.kind === 'none' || columns.length === 0) return found;
  const component = new Uint32Array(panel.entity.length);
  const components = panel.columns.length - 1;
  for (let c = 0; c < components; c++) component.fill(c, panel.columns[c], panel.columns[c + 1]);
  const values = columns.map(({ of }) => panel.entity.map((e) => of[e]));
  /** Groups that the component and these columns tell apart. */
  const tell = (parts: readonly number[]) =>
    atOnce(
      rankTuples(
        [[component, ...parts.map((c) => values[c])]],
        [Math.max(1, components), ...parts.map((c) => Math.max(1, columns[c].texts.length))],
      ),
    );
  const several = panel.entity.length > components;
  const nested = pooling.kind === 'tree';
  const all = [...columns.keys()];
  const levels = nested
    ? all.map((c) => all.slice(0, c + 1))
    : pooling.kind === 'crossed'
      ? all.map((c) => [c])
      : [all];
  let above = components;
  levels.forEach((parts, d) => {
    const { count } = tell(parts);
    const name = (nested ? [columns[d]] : parts.map((c) => columns[c])).map((column) => column.name).join(' / ');
    if (several && count === panel.entity.length) {
      found.push({
        code: 'groups-of-one',
        message: `${name}: every entity is a group of its own, so pooling by it says nothing that the entity does not.`,
      });
    } else if (nested && d > 0 && count === above) {
      found.push({
        code: 'level-adds-nothing',
        message: `${name}: every group of the level above holds a single one of it. Leave the level out, or check the order of the levels.`,
      });
    }
    if (nested && d > 0) {
      // groups of the level above that each value stands under
      const outer = tell(levels[d - 1]).ids[0];
      const parent = new Map<string, number>();
      const torn = new Set<number>();
      values[d].forEach((value, k) => {
        const key = `${component[k]} ${value}`;
        const before = parent.get(key);
        if (before === undefined) parent.set(key, outer[k]);
        else if (before !== outer[k]) torn.add(value);
      });
      if (torn.size > 0) {
        const [first] = [...torn].sort((a, b) => a - b);
        const others = torn.size > 1 ? ` (and ${torn.size - 1} more)` : '';
        found.push({
          code: 'several-parents',
          message: `${name} ${JSON.stringify(columns[d].texts[first])}${others} stands under several values of ${columns[d - 1].name}: taken as a group of its own under each.`,
        });
      }
    }
    above = count;
  });
  return found;
}
