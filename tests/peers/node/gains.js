/** Of a double integrator that holds its command over the period, by placing its poles. */
export function gains(bandwidth, damping, period) {
  const slow = Math.min(bandwidth, 0.5 / period);
  const decay = Math.exp(-damping * slow * period);
  const angle = slow * period * Math.sqrt(Math.abs(1 - damping * damping));
  const a1 = -2 * decay * (damping <= 1 ? Math.cos(angle) : Math.cosh(angle));
  const a0 = decay * decay;
  return [(1 + a1 + a0) / period ** 2, (3 + a1 - a0) / (2 * period)];
}
