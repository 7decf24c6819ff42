export type { CurveInUse, EffectiveExposure } from '../exposure.js';
export { exposurePage } from './page.js';
