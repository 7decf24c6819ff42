// What counts things twice in silence. The command line's imports look for the same.

export { soundsLikeTotal } from '../../base/totalNames.js';
export { type Alias, findAliases, findNamedBy, type NamedBy } from './aliases.js';
export { findRepeats } from './repeats.js';
export { type Figures, findTotals, type Parts, type TotalMember } from './totals.js';
export { findTwins, mayBeTwins } from './twins.js';
