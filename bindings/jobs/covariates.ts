/** Productivities from covariates: loaded where a configuration has them. */
export { fitCoefficients } from '../regression/fitCoefficients.js';
export { prepareCovariates } from './prepareCovariates.js';
export { coefficientRule, regressionOf } from './regression.js';
