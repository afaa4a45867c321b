// Lines of equal right ascension and declination over what is in sight: where a function on the sphere is zero, found cell
// by cell, so that neither the poles nor 0h are special.
import { directionAt, type Mesh, type Vector } from "./skyMesh";

export type Segment = [number, number, number, number]; // FITS pixels
export type GridLine = { text: string; isRa: boolean; segments: Segment[] };
export type Box = { left: number; right: number; low: number; high: number }; // FITS pixels

const CELLS = 48;
const WANTED = 5; // lines across what is in sight
const RADIANS = Math.PI / 180;
const DEC_STEPS_ARCSEC = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18_000, 36_000, 72_000, 108_000];
const RA_STEPS_S = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800];
const MOST_LINES = 40;

type Lattice = { x: number[]; y: number[]; at: (Vector | null)[][] };

function lattice(mesh: Mesh, box: Box): Lattice {
  const even = (from: number, to: number) => Array.from({ length: CELLS + 1 }, (_, i) => from + ((to - from) * i) / CELLS);
  const [x, y] = [even(box.left, box.right), even(box.low, box.high)];
  return { x, y, at: y.map((row) => x.map((column) => directionAt(mesh, column, row))) };
}

export function gridLines(mesh: Mesh, box: Box): GridLine[] {
  if (!(box.right > box.left) || !(box.high > box.low)) return [];
  const seen = lattice(mesh, box);
  const all = seen.at.flat().filter((each) => each !== null);
  const centre = seen.at[CELLS / 2]?.[CELLS / 2] ?? all[Math.floor(all.length / 2)];
  if (!centre || all.length < 4) return [];
  const decs = all.map((each) => Math.asin(Math.max(-1, Math.min(1, each[2]))) / RADIANS);
  const [least, most] = [Math.min(...decs), Math.max(...decs)];
  const radius = Math.max(...all.map((each) => angle(each, centre)));
  const isPolar = angle(centre, [0, 0, Math.sign(centre[2]) || 1]) < radius * 1.02;
  const [low, high] = isPolar ? (centre[2] > 0 ? [least, 90] : [-90, most]) : [least, most];

  const decStep = (DEC_STEPS_ARCSEC.find((each) => (radius * 2 * 3600) / each <= WANTED + 1) ?? 108_000) / 3600;
  const lines: GridLine[] = [];
  for (let k = Math.ceil(low / decStep); k * decStep <= high && lines.length < MOST_LINES; k += 1) {
    const dec = k * decStep;
    if (Math.abs(dec) > 90 - 1e-9) continue;
    const height = Math.sin(dec * RADIANS);
    lines.push({ text: decText(dec, decStep), isRa: false, segments: crossed(seen, (v) => v[2] - height) });
  }

  const middle = Math.atan2(centre[1], centre[0]) / RADIANS;
  const turned = all.map((each) => ((Math.atan2(each[1], each[0]) / RADIANS - middle + 540) % 360) - 180);
  const [first, last] = isPolar ? [-180, 180 - 1e-9] : [Math.min(...turned), Math.max(...turned)];
  const raStep = ((RA_STEPS_S.find((each) => ((last - first) * 240) / each <= (isPolar ? 12 : WANTED + 1)) ?? 10_800) * 15) / 3600;
  const begun = lines.length;
  for (let k = Math.ceil((middle + first) / raStep); k * raStep <= middle + last && lines.length - begun < MOST_LINES; k += 1) {
    const ra = k * raStep;
    const [cos, sin] = [Math.cos(ra * RADIANS), Math.sin(ra * RADIANS)];
    lines.push({
      text: raText(ra, raStep),
      isRa: true,
      segments: crossed(seen, (v) => v[1] * cos - v[0] * sin, (v) => v[0] * cos + v[1] * sin > 0),
    });
  }
  return lines.filter((line) => line.segments.length);
}

function angle(a: Vector, b: Vector): number {
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return (2 * Math.asin(Math.min(1, chord / 2))) / RADIANS;
}

/** Where a function is zero in the cells of a lattice; `isMeant` tells a great circle's near half from its far one. */
function crossed(seen: Lattice, value: (v: Vector) => number, isMeant: (v: Vector) => boolean = () => true): Segment[] {
  const values = seen.at.map((row) => row.map((v) => (v ? value(v) : NaN)));
  const found: Segment[] = [];
  for (let j = 0; j < CELLS; j += 1) {
    for (let i = 0; i < CELLS; i += 1) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]] as const;
      const cuts: [number, number][] = [];
      for (let k = 0; k < 4; k += 1) {
        const [ai, aj] = corners[k]!;
        const [bi, bj] = corners[(k + 1) % 4]!;
        const [a, b] = [values[aj]![ai]!, values[bj]![bi]!];
        if (a < 0 === b < 0 || Number.isNaN(a) || Number.isNaN(b)) continue;
        const part = a / (a - b);
        cuts.push([seen.x[ai]! + part * (seen.x[bi]! - seen.x[ai]!), seen.y[aj]! + part * (seen.y[bj]! - seen.y[aj]!)]);
      }
      const near = seen.at[j]![i];
      if (!near || !(isMeant(near) || isMeant(seen.at[j + 1]![i + 1] ?? near))) continue;
      if (cuts.length >= 2) found.push([...cuts[0]!, ...cuts[1]!]);
      if (cuts.length === 4) found.push([...cuts[2]!, ...cuts[3]!]);
    }
  }
  return found;
}

function parts(units: number, digits: number): [number, number, string] {
  const scale = 10 ** digits;
  const total = Math.round(units * scale);
  const seconds = ((total % (60 * scale)) / scale).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  return [Math.floor(total / (3600 * scale)), Math.floor(total / (60 * scale)) % 60, seconds];
}

const decimals = (step: number) => Math.max(0, -Math.floor(Math.log10(step) + 1e-9));

export function raText(raDeg: number, stepDeg: number): string {
  const step = stepDeg * 240;
  const [h, m, s] = parts((((raDeg % 360) + 360) % 360) * 240, step < 1 ? decimals(step) : 0);
  const minutes = String(m).padStart(2, "0");
  return step >= 3600 ? `${h % 24}ʰ` : step >= 60 ? `${h % 24}ʰ${minutes}ᵐ` : `${h % 24}ʰ${minutes}ᵐ${s}ˢ`;
}

export function decText(decDeg: number, stepDeg: number): string {
  const step = stepDeg * 3600;
  const [d, m, s] = parts(Math.abs(decDeg) * 3600, step < 1 ? decimals(step) : 0);
  const sign = decDeg < 0 ? "−" : "+";
  const minutes = String(m).padStart(2, "0");
  return step >= 3600 ? `${sign}${d}°` : step >= 60 ? `${sign}${d}°${minutes}′` : `${sign}${d}°${minutes}′${s}″`;
}
