// From pixels to the sky and back between the knots that the service told, in FITS pixels: the first one's middle is 1.
import type { Schemas } from "../api/client";

export type Vector = [number, number, number];
export type Point = { x: number; y: number };
export type Mesh = { x: number[]; y: number[]; knots: (Vector | null)[][] };
/** From the picture coordinates of one image to those of another: x' = a x + c y + e, y' = b x + d y + f. */
export type Affine = { a: number; b: number; c: number; d: number; e: number; f: number };

const RADIANS = Math.PI / 180;

export function vectorOf(raDeg: number, decDeg: number): Vector {
  const [ra, dec] = [raDeg * RADIANS, decDeg * RADIANS];
  return [Math.cos(dec) * Math.cos(ra), Math.cos(dec) * Math.sin(ra), Math.sin(dec)];
}

export const meshOf = (sky: Schemas["HduSky"]): Mesh => ({
  x: sky.x,
  y: sky.y,
  knots: sky.ra_deg.map((row, j) =>
    row.map((ra, i) => {
      const dec = sky.dec_deg[j]?.[i];
      return ra == null || dec == null ? null : vectorOf(ra, dec);
    }),
  ),
});

/** The direction of a pixel; beyond the mesh its outer cells are drawn on. `null` where the projection has none. */
export function directionAt(mesh: Mesh, x: number, y: number): Vector | null {
  const [columns, rows] = [mesh.x.length - 1, mesh.y.length - 1];
  const [left = 0, low = 0] = [mesh.x[0], mesh.y[0]];
  const [u, v] = [((x - left) / ((mesh.x[columns] ?? 1) - left)) * columns, ((y - low) / ((mesh.y[rows] ?? 1) - low)) * rows];
  const [i, j] = [Math.max(0, Math.min(columns - 1, Math.floor(u))), Math.max(0, Math.min(rows - 1, Math.floor(v)))];
  const [s, t] = [u - i, v - j];
  const corners = [mesh.knots[j]?.[i], mesh.knots[j]?.[i + 1], mesh.knots[j + 1]?.[i], mesh.knots[j + 1]?.[i + 1]];
  const weights = [(1 - s) * (1 - t), s * (1 - t), (1 - s) * t, s * t];
  const sum: Vector = [0, 0, 0];
  for (let k = 0; k < 4; k += 1) {
    const corner = corners[k];
    if (!corner) return null;
    for (let axis = 0; axis < 3; axis += 1) sum[axis]! += corner[axis]! * weights[k]!;
  }
  const length = Math.hypot(...sum);
  return length > 0.2 ? [sum[0] / length, sum[1] / length, sum[2] / length] : null;
}

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

/** The pixel of a direction, by Newton's way from the middle on; `null` where none is found near the image. */
export function pixelOf(mesh: Mesh, wanted: Vector): Point | null {
  const width = (mesh.x.at(-1) ?? 1) - (mesh.x[0] ?? 0);
  const height = (mesh.y.at(-1) ?? 1) - (mesh.y[0] ?? 0);
  let [x, y] = [(mesh.x[0] ?? 0) + width / 2, (mesh.y[0] ?? 0) + height / 2];
  const step = Math.max(width, height) / 200;
  for (let round = 0; round < 25; round += 1) {
    const at = directionAt(mesh, x, y);
    const right = directionAt(mesh, x + step, y);
    const up = directionAt(mesh, x, y + step);
    if (!at || !right || !up) return null;
    const [a, b, off] = [minus(right, at), minus(up, at), minus(wanted, at)];
    const [aa, ab, bb] = [dot(a, a), dot(a, b), dot(b, b)];
    const determinant = aa * bb - ab * ab;
    if (!(determinant > 0)) return null;
    const dx = ((dot(off, a) * bb - dot(off, b) * ab) / determinant) * step;
    const dy = ((dot(off, b) * aa - dot(off, a) * ab) / determinant) * step;
    x += Math.max(-width, Math.min(width, dx));
    y += Math.max(-height, Math.min(height, dy));
    if (Math.abs(x) > 20 * width || Math.abs(y) > 20 * height) return null;
    if (Math.hypot(dx, dy) < 0.01) return { x, y };
  }
  return null;
}

/** How another image lies on this one where both show the same sky: linear, about the middle of this one. */
export function aligned(here: Mesh, there: Mesh): Affine | null {
  const size = (mesh: Mesh) => ({
    width: (mesh.x.at(-1) ?? 1) - (mesh.x[0] ?? 0),
    height: (mesh.y.at(-1) ?? 1) - (mesh.y[0] ?? 0),
  });
  const [mine, other] = [size(here), size(there)];
  const points = [[0.5, 0.5], [0.8, 0.5], [0.5, 0.8]].map(([s = 0, t = 0]) => {
    const [x, y] = [0.5 + s * mine.width, 0.5 + t * mine.height];
    const direction = directionAt(here, x, y);
    const found = direction && pixelOf(there, direction);
    return found && { here: { x: x - 0.5, y: mine.height + 0.5 - y }, there: { x: found.x - 0.5, y: other.height + 0.5 - found.y } };
  });
  const [p, q, r] = points;
  if (!p || !q || !r) return null;
  const [qx, qy, rx, ry] = [q.there.x - p.there.x, q.there.y - p.there.y, r.there.x - p.there.x, r.there.y - p.there.y];
  const determinant = qx * ry - rx * qy;
  if (!(Math.abs(determinant) > 1e-9)) return null;
  const solve = (dq: number, dr: number): [number, number] => [(dq * ry - dr * qy) / determinant, (dr * qx - dq * rx) / determinant];
  const [a, c] = solve(q.here.x - p.here.x, r.here.x - p.here.x);
  const [b, d] = solve(q.here.y - p.here.y, r.here.y - p.here.y);
  return { a, b, c, d, e: p.here.x - a * p.there.x - c * p.there.y, f: p.here.y - b * p.there.x - d * p.there.y };
}

export function inverse({ a, b, c, d, e, f }: Affine): Affine {
  const determinant = a * d - b * c;
  const [ia, ib, ic, id] = [d / determinant, -b / determinant, -c / determinant, a / determinant];
  return { a: ia, b: ib, c: ic, d: id, e: -(ia * e + ic * f), f: -(ib * e + id * f) };
}

export const applied = (affine: Affine, x: number, y: number): [number, number] => [
  affine.a * x + affine.c * y + affine.e,
  affine.b * x + affine.d * y + affine.f,
];
