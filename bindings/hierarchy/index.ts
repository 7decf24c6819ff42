/** Lognormal pooling: loaded where a configuration asks for it. */
export { buildHierarchies } from './build.js';
export { mostCrossed } from './crossed.js';
export { searchSpreads } from './spreads.js';
export { createLogState } from './state.js';
