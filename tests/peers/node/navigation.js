// From sensor readings to what is known: own orbit and attitude, the relative state, the target's attitude.
// Relative states are of the servicer from the target, in `eci` axes; the target's rate is in its own axes.

import { corrected, grown, kicked, transition } from "./filter.js";
import { TargetFilter } from "./target.js";
import { canonical, conj, matrix, mul, scaled, turn } from "./turns.js";
import { ZERO, add, along, blocks, cross, diagonal, dot, identity, norm, outer, scale } from "./vectors.js";
import { sub, sum, times, trace, transposed } from "./vectors.js";

const MU = 3.986004418e14;
const EMPTY = [ZERO, ZERO, ZERO];

export class Navigation {
  constructor(mission) {
    this.settings = mission.guidance.navigation;
    this.lidar = mission.servicer.sensors.lidar;
    this.start = mission.start;
    this.dryKg = mission.servicer.dry_mass_kg;
    this.target = new TargetFilter(mission.target.inertia_body_kgm2, this.settings, this.lidar);
    this.tNs = this.r = this.v = this.grip = null;
    this.w = ZERO;
    this.refused = 0;
    this.seenNs = 0;
  }

  /** True once all that is needed is known. `burns` are those over since the reading before. */
  take(reading, burns) {
    if (this.tNs === null && !(reading.gnss && reading.star_tracker)) return false;
    const dt = this.tNs === null ? 0 : (reading.sampled_ns - this.tNs) * 1e-9;
    this.tNs = reading.sampled_ns;
    this.#own(reading, dt);
    if (this.r === null) this.#begin();
    else if (this.grip === null) this.#predict(dt, burns);
    if (this.grip !== null) this.#carry();
    else this.#look(reading);
    [this.axes, this.rate] = orbitFrame(sub(this.rOwn, this.r), sub(this.vOwn, this.v));
    this.rRic = times(this.axes, this.r);
    this.vRic = sub(times(this.axes, this.v), cross([0, 0, this.rate], this.rRic));
    return true;
  }

  /** Once latched, the target is fixed to us where it was seen then. */
  latch(held) {
    if (!held) this.grip = null;
    else if (this.grip === null) {
      const place = times(transposed(matrix(this.q)), scale(-1, this.r));
      this.grip = { place, q: mul(conj(this.q), this.target.q) };
    }
  }

  /** How far off, across, a point of the target may be that far from its centre (m). */
  sigmaAt(distance) {
    const place = trace(this.covariance.slice(0, 3)) / 3;
    return Math.sqrt(place + (distance ** 2 * trace(this.target.covariance.slice(0, 3))) / 3);
  }

  /** Fixes are good enough to be taken as they are; between them orbit and attitude are carried on. */
  #own({ gnss, star_tracker: star, gyro, wheel_momentum_nms: momentum, propellant_kg: propellant }, dt) {
    if (gnss) [this.rOwn, this.vOwn] = [gnss.r_eci_m, gnss.v_eci_mps];
    else {
      const pull = scale(-MU / norm(this.rOwn) ** 3, this.rOwn);
      this.rOwn = along(along(this.rOwn, dt, this.vOwn), 0.5 * dt * dt, pull);
      this.vOwn = along(this.vOwn, dt, pull);
    }
    const before = this.w;
    if (gyro) this.w = gyro.w_body_radps;
    this.q = star ? conj(star.q_body_from_eci) : mul(this.q, turn(scale(0.5 * dt, add(before, this.w))));
    this.momentum = momentum;
    this.massKg = this.dryKg + propellant;
  }

  /** The mission says where we are, in `ric`, and how sure that is. */
  #begin() {
    const { r_ric_m: r, v_ric_mps: v, sigma_r_m: sigmaR, sigma_v_mps: sigmaV } = this.start;
    const [axes, rate] = orbitFrame(this.rOwn, this.vOwn);
    const toEci = transposed(axes);
    this.r = times(toEci, r);
    this.v = times(toEci, add(v, cross([0, 0, rate], r)));
    const place = Math.max(this.settings.sigma_r_m, sigmaR) ** 2;
    const speed = Math.max(this.settings.sigma_v_mps, sigmaV) ** 2;
    this.covariance = diagonal([place, place, place, speed, speed, speed]);
    this.seenNs = this.tNs;
  }

  #predict(dt, burns) {
    const radius = norm(this.rOwn);
    const up = scale(1 / radius, this.rOwn);
    const pull = MU / radius ** 3;
    const gradient = scaled(pull, sum(scaled(-1, identity(3)), outer(up, up), 3));
    const phi = transition(blocks(EMPTY, identity(3), gradient, EMPTY), dt);
    const moved = times(phi, [...this.r, ...this.v]);
    [this.r, this.v] = [moved.slice(0, 3), moved.slice(3)];
    this.covariance = grown(this.covariance, phi, dt, this.settings.acceleration_noise_mps2);
    for (const { change, beforeS } of burns) {
      [this.r, this.v] = [along(this.r, beforeS, change), add(this.v, change)];
      this.covariance = kicked(this.covariance, beforeS, this.settings.burn_fraction * norm(change));
    }
    this.target.predict(dt, up, 3 * pull);
  }

  #look({ lidar_pose: pose, bearing, lidar_range: range }) {
    const { lidar } = this;
    if (pose) {
      this.#see(pose.r_body_m, lidar.position_floor_m, lidar.position_fraction);
      const attitude = mul(this.q, pose.q_servicer_from_target);
      if (this.target.see(attitude, norm(this.r)) === "refused") this.refused += 1;
    } else if (bearing && range) {
      // The bearing is better than the range: one sigma for all axes is on the safe side.
      this.#see(scale(range.range_m, towards(bearing)), lidar.range_floor_m, lidar.range_fraction);
    }
  }

  /** The target's centre was seen at `place` in our axes. */
  #see(place, floor, fraction) {
    const seen = times(matrix(this.q), scale(-1, place));
    const sigma = Math.max(floor, fraction * norm(seen));
    const gate = this.settings.innovation_gate;
    const { change, covariance } = corrected(this.covariance, sub(seen, this.r), sigma, gate);
    this.covariance = covariance;
    if (!change) {
      this.refused += 1;
      return;
    }
    this.r = add(this.r, change.slice(0, 3));
    this.v = add(this.v, change.slice(3));
    this.seenNs = this.tNs;
  }

  #carry() {
    const { place, q } = this.grip;
    const toEci = matrix(this.q);
    this.r = times(toEci, scale(-1, place));
    this.v = times(toEci, cross(this.w, scale(-1, place)));
    this.target.q = canonical(mul(this.q, q));
    this.target.w = times(transposed(matrix(q)), this.w);
    this.seenNs = this.tNs;
  }
}

function towards({ azimuth_rad: azimuth, elevation_rad: elevation }) {
  const forward = Math.cos(elevation);
  return [forward * Math.cos(azimuth), forward * Math.sin(azimuth), Math.sin(elevation)];
}

/** Rows are the `ric` axes (radial, in-track, cross-track) in `eci`; then the rate at which they turn. */
function orbitFrame(r, v) {
  const h = cross(r, v);
  const radial = scale(1 / norm(r), r);
  const crossTrack = scale(1 / norm(h), h);
  return [[radial, cross(crossTrack, radial), crossTrack], norm(h) / dot(r, r)];
}
