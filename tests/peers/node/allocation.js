// Which valves open for how long.

import { dot, solved } from "./vectors.js";

/** x >= 0 of least squares, column by column (Lawson and Hanson 1974, chapter 23). */
export function nonnegative(columns, wanted) {
  const x = columns.map(() => 0);
  const open = columns.map(() => false);
  for (let round = 0; round < 60; round++) {
    const rest = wanted.map((each, i) => each - columns.reduce((sum, column, j) => sum + column[i] * x[j], 0));
    const slopes = columns.map((column, j) => (open[j] ? 0 : dot(column, rest)));
    const best = slopes.indexOf(Math.max(...slopes));
    if (slopes[best] < 1e-9) break;
    open[best] = true;
    settle(columns, wanted, x, open);
  }
  return x;
}

/** Least squares over the open columns; those that would go below zero are shut on the way. */
function settle(columns, wanted, x, open) {
  for (;;) {
    const free = columns.flatMap((_, j) => (open[j] ? [j] : []));
    const trial = fitted(free.map((j) => columns[j]), wanted);
    const steps = free.map((j, k) => (trial[k] > 0 ? 1 : x[j] / (x[j] - trial[k])));
    const step = Math.min(1, ...steps);
    free.forEach((j, k) => {
      x[j] += step * (trial[k] - x[j]);
    });
    if (step === 1) return;
    for (const j of free) if (x[j] <= 1e-12) [x[j], open[j]] = [0, false];
  }
}

/** By the normal equations; the small ridge keeps columns that depend on each other apart. */
function fitted(columns, wanted) {
  const normal = columns.map((a, i) => columns.map((b, j) => dot(a, b) + (i === j ? 1e-6 : 0)));
  return solved(normal, columns.map((column) => [dot(column, wanted)])).map(([each]) => each);
}
