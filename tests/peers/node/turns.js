// Rotations. Quaternions are scalar first; `qAFromB` turns components in b into components in a.

import { along, cross, dot, identity, norm, outer, scale, skew, sum } from "./vectors.js";

export function mul([a, ...b], [c, ...d]) {
  const v = along(along(cross(b, d), a, d), c, b);
  return [a * c - dot(b, d), ...v];
}

export const conj = ([w, x, y, z]) => [w, -x, -y, -z];

/** The same rotation as a unit quaternion with w >= 0, as the wire wants it. */
export const canonical = (q) => scale((q[0] < 0 ? -1 : 1) / norm(q), q);

export function matrix([w, ...v]) {
  const turned = sum(scaled(w * w - dot(v, v), identity(3)), outer(v, v), 2);
  return sum(turned, skew(v), 2 * w);
}

export const scaled = (factor, m) => m.map((row) => scale(factor, row));

/** The quaternion of a rotation vector (rad). */
export function turn(v) {
  const angle = norm(v);
  const share = angle < 1e-9 ? 0.5 : Math.sin(angle / 2) / angle;
  return [Math.cos(angle / 2), ...scale(share, v)];
}

/** The other way round. */
export function rotationVector(q) {
  const [w, ...v] = canonical(q);
  const sine = norm(v);
  return scale(sine < 1e-12 ? 2 : (2 * Math.atan2(sine, w)) / sine, v);
}
