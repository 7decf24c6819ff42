/** Lognormal pooling and standard errors, which share their systems: loaded where a configuration asks for one of them. */
export { buildHierarchies } from '../hierarchy/build.js';
export { mostCrossed } from '../hierarchy/crossed.js';
export { searchSpreads } from '../hierarchy/spreads.js';
export { createLogState } from '../hierarchy/state.js';
export { productivityErrors } from './productivityErrors.js';
