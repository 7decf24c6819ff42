export { type CutColumns, type CutOptions, cutIntoCampaigns, cutOptions } from './cut.js';
export { type HcpOptions, hcpOptions } from './hcp/options.js';
export { simulateHcp } from './hcp/simulate.js';
export { type MtaOptions, mtaOptions } from './mta/options.js';
export { simulateMta } from './mta/simulate.js';
export type { OptionRule, OptionRules } from './options.js';
export type { Simulation } from './tables.js';
