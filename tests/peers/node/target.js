// The target's attitude and rate: Euler's equations under the gravity gradient, corrected by the lidar's poses.

import { corrected, grown, transition } from "./filter.js";
import { canonical, conj, matrix, mul, rotationVector, turn } from "./turns.js";
import { ZERO, add, along, blocks, cross, diagonal, identity, inverse, product, scale } from "./vectors.js";
import { skew, sub, sum, times, transposed } from "./vectors.js";

const RADIANS = Math.PI / 180;

export class TargetFilter {
  /** `q` is null until the attitude was seen for the first time. */
  constructor(inertia, settings, lidar) {
    Object.assign(this, { inertia, settings, lidar, inverse: inverse(inertia) });
    [this.q, this.w, this.covariance] = [null, ZERO, null];
  }

  get known() {
    return this.q !== null;
  }

  /** `up` from the Earth's centre; `pull` is 3 mu / R^3. */
  predict(dt, up, pull) {
    if (!this.known || dt <= 0) return;
    const stored = skew(times(this.inertia, this.w));
    const change = product(this.inverse, sum(stored, product(skew(this.w), this.inertia), -1));
    const still = [ZERO, ZERO, ZERO];
    const rate = blocks(skew(scale(-1, this.w)), identity(3), still, change);
    const phi = transition(rate, dt);
    this.covariance = grown(this.covariance, phi, dt, this.settings.angular_acceleration_noise_radps2);
    const steps = Math.ceil(dt);
    for (let i = 0; i < steps; i++) this.#step(dt / steps, up, pull);
  }

  /** A midpoint step. */
  #step(h, up, pull) {
    const half = along(this.w, 0.5 * h, this.#turning(this.q, this.w, up, pull));
    const middle = mul(this.q, turn(scale(0.5 * h, this.w)));
    this.w = along(this.w, h, this.#turning(middle, half, up, pull));
    this.q = canonical(mul(this.q, turn(scale(h, half))));
  }

  #turning(q, w, up, pull) {
    const down = times(transposed(matrix(q)), up);
    const gravity = scale(pull, cross(down, times(this.inertia, down)));
    return times(this.inverse, sub(gravity, cross(w, times(this.inertia, w))));
  }

  /** "used", "refused", or "unusable" from so far away. */
  see(q, distance) {
    const { lidar, settings } = this;
    const sigma = RADIANS * (lidar.attitude_deg + lidar.attitude_deg_per_m * distance);
    if (sigma > RADIANS * settings.attitude_usable_deg) return "unusable";
    if (!this.known) {
      const [angle, rate] = [(2 * sigma) ** 2, (RADIANS * settings.sigma_target_rate_deg_per_s) ** 2];
      this.q = canonical(q);
      this.covariance = diagonal([angle, angle, angle, rate, rate, rate]);
      return "used";
    }
    const missing = rotationVector(mul(conj(this.q), q));
    const { change, covariance } = corrected(this.covariance, missing, sigma, settings.innovation_gate);
    this.covariance = covariance;
    if (!change) return "refused";
    this.q = canonical(mul(this.q, turn(change.slice(0, 3))));
    this.w = add(this.w, change.slice(3));
    return "used";
  }
}
