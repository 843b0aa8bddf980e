// What both Kalman filters share. A state is (x, x'), three components each; x is what is measured.

import { block, blocks, dot, identity, inverse, product, sub, sum, times, transposed } from "./vectors.js";
import { scaled } from "./turns.js";

const congruent = (a, p) => product(product(a, p), transposed(a));

/** exp(rate dt) to third order. */
export function transition(rate, dt) {
  const step = scaled(dt, rate);
  const square = product(step, step);
  return sum(sum(sum(identity(6), step), square, 1 / 2), product(square, step), 1 / 6);
}

/** After dt with white noise of root density `noise` on x''. */
export function grown(covariance, phi, dt, noise) {
  const q = noise * noise;
  const [rr, rv, vv] = [dt ** 3 / 3, dt ** 2 / 2, dt].map((each) => scaled(q * each, identity(3)));
  return sum(congruent(phi, covariance), blocks(rr, rv, rv, vv));
}

/** With an impulse of uncertain size, `sigma` along each axis, so long ago. */
export function kicked(covariance, beforeS, sigma) {
  const s = sigma * sigma;
  const [rr, rv, vv] = [beforeS * beforeS, beforeS, 1].map((each) => scaled(s * each, identity(3)));
  return sum(covariance, blocks(rr, rv, rv, vv));
}

/**
 * Change of the state and new covariance after x was measured with `sigma` along each axis. What lies
 * outside the gate changes nothing but our confidence: should it go on, it is us who are wrong.
 */
export function corrected(covariance, innovation, sigma, gate) {
  const noise = scaled(sigma * sigma, identity(3));
  const weight = inverse(sum(block(covariance, 0, 0), noise));
  if (dot(innovation, times(weight, innovation)) > gate * gate) {
    return { change: null, covariance: scaled(1.5, covariance) };
  }
  const gain = product(covariance.map((row) => row.slice(0, 3)), weight);
  const keep = identity(6).map((row, i) => [...sub(row.slice(0, 3), gain[i]), ...row.slice(3)]);
  const kept = sum(congruent(keep, covariance), congruent(gain, noise));
  return { change: times(gain, innovation), covariance: kept };
}
