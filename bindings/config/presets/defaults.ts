/** What the libraries take where a parameter of theirs is left out. */
export const presetDefaults = {
  meridian: {
    max_lag: 8,
    adstock_decay_spec: 'geometric',
    saturation_spec: 'hill',
    reach_frequency: false,
    hill_before_adstock: false,
    slope: 1, // the prior of slope_m is fixed there
  },
  'pymc-marketing': {
    l_max: 12,
    normalize: true, // of the classes; the functions alone have false
    adstock_first: true,
    saturation_alpha: 1, // amplitudes: productivity takes them in
    saturation_beta: 1,
    saturation_sigma: 1,
  },
  'lightweight-mmm': { normalise: true, number_lags: 13 },
} as const;
