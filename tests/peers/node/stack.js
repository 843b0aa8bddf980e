// Both bodies as one, from the latch on.

import { matrix, scaled } from "./turns.js";
import { dot, identity, outer, product, scale, sub, sum, transposed } from "./vectors.js";

/** Inertia of servicer and target together, and their centre of mass, in servicer axes. */
export function stackOf({ servicer, target }, ourKg, { place, q }) {
  const theirKg = target.mass_kg;
  const centre = scale(theirKg / (ourKg + theirKg), place);
  const turned = product(product(matrix(q), target.inertia_body_kgm2), transposed(matrix(q)));
  const away = (kg, r) => scaled(kg, sum(scaled(dot(r, r), identity(3)), outer(r, r), -1));
  const parts = [turned, away(ourKg, scale(-1, centre)), away(theirKg, sub(place, centre))];
  return { centre, inertia: parts.reduce((whole, part) => sum(whole, part), servicer.inertia_body_kgm2) };
}
