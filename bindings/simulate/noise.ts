import { expOf } from '../math/exp.js';
import { logOf } from '../math/log.js';
import type { Random } from './random.js';

/** A count with this mean and variance = `dispersion` * mean, >= 1: Poisson at 1, above it a gamma mixture (NB1). */
export function countOf(random: Random, mean: number, dispersion: number): number {
  if (dispersion <= 1) return random.poisson(mean);
  const scale = dispersion - 1;
  return random.poisson(random.gamma(mean / scale) * scale);
}

/** An amount with this mean and variance = `dispersion` * mean: gamma of scale `dispersion`; 0 gives the mean itself. */
export function amountOf(random: Random, mean: number, dispersion: number): number {
  return dispersion === 0 ? mean : random.gamma(mean / dispersion) * dispersion;
}

/** A factor of mean 1 and this variance, gamma distributed; 0 gives 1. */
export function factorOf(random: Random, variance: number): number {
  return variance === 0 ? 1 : random.gamma(1 / variance) * variance;
}

/** A factor of mean 1 and coefficient of variation `spread`, lognormal, from a standard normal; spread 0 gives 1. */
export function lognormalOf(normal: number, spread: number): number {
  const variance = logOf(1 + spread * spread);
  return expOf(normal * Math.sqrt(variance) - variance / 2);
}
