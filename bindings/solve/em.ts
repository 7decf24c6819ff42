import { createClimb, type Solver } from './climb.js';

/**
 * Expectation-maximisation: every sweep is one E step, and the M step is
 *   productivity <- (productivity * credits + weight) / (exposure + weight / rate)
 * It never lowers the objective, so the last point is the best. It stops on the certified gap alone.
 */
export const em: Solver = async (pass, prior, start, limits) => {
  const climb = createClimb(pass, prior, limits);
  let nextLook = 8; // sweep at which to look at the local bound: rarely enough not to count
  let point = await climb.at(start);
  while (true) {
    if (climb.passes >= nextLook) {
      const { passes } = climb;
      point = await climb.proven(point);
      if (climb.passes > passes) nextLook = climb.passes + Math.max(8, Math.floor(climb.passes / 8));
    }
    if (climb.ends(point)) return climb.solution(point);
    const { passes } = climb;
    const next = await climb.at(point.step.next);
    // the M step led back to the same bits: there is nowhere left to go
    if (climb.passes === passes) return climb.solution(point);
    point = next;
  }
};
