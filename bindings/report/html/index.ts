export type { CurveInUse, EffectiveExposure } from '../exposure.js';
export { describeLearning } from '../exposureLearned.js';
export { exposurePage } from './page.js';
