// Vectors are arrays of numbers, matrices arrays of rows.

export const ZERO = [0, 0, 0];

export const add = (...vectors) => vectors[0].map((_, i) => vectors.reduce((sum, v) => sum + v[i], 0));
export const sub = (a, b) => a.map((x, i) => x - b[i]);
export const scale = (factor, a) => a.map((x) => factor * x);
export const along = (a, factor, b) => a.map((x, i) => x + factor * b[i]);
export const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
export const norm = (a) => Math.sqrt(dot(a, a));
export const cross = ([a, b, c], [x, y, z]) => [b * z - c * y, c * x - a * z, a * y - b * x];
export const clip = (x, most) => Math.min(Math.max(x, -most), most);

/** The same direction, no longer than `most`. */
export function limited(a, most) {
  const length = norm(a);
  return length <= most ? a : scale(most / length, a);
}

/** What is left of a vector outside a dead zone. */
export function beyond(a, dead) {
  const length = norm(a);
  return length <= dead ? a.map(() => 0) : scale(1 - dead / length, a);
}

export const times = (m, v) => m.map((row) => dot(row, v));
export const transposed = (m) => m[0].map((_, j) => m.map((row) => row[j]));
export const product = (a, b) => {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
};
export const sum = (a, b, factor = 1) => a.map((row, i) => along(row, factor, b[i]));
export const diagonal = (values) => values.map((x, i) => values.map((_, j) => (i === j ? x : 0)));
export const identity = (size) => diagonal(Array(size).fill(1));
export const outer = (a, b) => a.map((x) => scale(x, b));
export const skew = ([x, y, z]) => [[0, -z, y], [z, 0, -x], [-y, x, 0]];
export const trace = (m) => m.reduce((total, row, i) => total + row[i], 0);

/** One matrix from four of the same size. */
export const blocks = (a, b, c, d) => [
  ...a.map((row, i) => [...row, ...b[i]]),
  ...c.map((row, i) => [...row, ...d[i]]),
];
export const block = (m, i, j) => m.slice(3 * i, 3 * i + 3).map((row) => row.slice(3 * j, 3 * j + 3));

/** X of A X = B, by elimination with pivots. */
export function solved(a, b) {
  const rows = a.map((row, i) => [...row, ...b[i]]);
  const size = a.length;
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    rows[k] = scale(1 / rows[k][k], rows[k]);
    for (let i = 0; i < size; i++) if (i !== k) rows[i] = along(rows[i], -rows[i][k], rows[k]);
  }
  return rows.map((row) => row.slice(size));
}
export const inverse = (m) => solved(m, identity(m.length));
