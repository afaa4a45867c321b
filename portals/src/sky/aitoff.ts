// The whole sky on a plane by Aitoff's projection: 0h in the middle, east to the left, as one sees it from inside.
const RADIAN = Math.PI / 180;

export type Plane = { x: number; y: number };
/** Half the width and height of the sky, in units of the projection. */
export const HALF_WIDTH = Math.PI;
export const HALF_HEIGHT = Math.PI / 2;

/** Right ascension from the middle, degrees in (-180, 180]. */
export const fromMiddle = (raDeg: number): number => {
  const turned = ((raDeg % 360) + 360) % 360;
  return turned > 180 ? turned - 360 : turned;
};

/**
 * Projects a place that is `offsetDeg` of right ascension from the middle; x grows to the left, y to the north.
 * Source: Calabretta & Greisen 2002 (FITS WCS Paper II), sect. 5.4.3 for the family; Snyder 1987 for Aitoff's own.
 */
export function project(offsetDeg: number, decDeg: number): Plane {
  const half = (offsetDeg * RADIAN) / 2;
  const dec = decDeg * RADIAN;
  const angle = Math.acos(Math.cos(dec) * Math.cos(half));
  const stretch = angle < 1e-9 ? 1 : angle / Math.sin(angle);
  return { x: -2 * stretch * Math.cos(dec) * Math.sin(half), y: stretch * Math.sin(dec) };
}

/** A circle on the sky as places (right ascension, declination; degrees) around it. */
export function circle(raDeg: number, decDeg: number, radiusDeg: number, points = 36): [number, number][] {
  const [ra, dec, radius] = [raDeg * RADIAN, decDeg * RADIAN, radiusDeg * RADIAN];
  return Array.from({ length: points + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / points;
    const sine = Math.sin(dec) * Math.cos(radius) + Math.cos(dec) * Math.sin(radius) * Math.cos(angle);
    const there = Math.asin(Math.max(-1, Math.min(1, sine)));
    const turn = Math.atan2(
      Math.sin(angle) * Math.sin(radius) * Math.cos(dec),
      Math.cos(radius) - Math.sin(dec) * sine,
    );
    return [(ra + turn) / RADIAN, there / RADIAN];
  });
}

/** Projects a line of places, cut where it leaves the sky at one edge and comes back at the other. */
export function trace(places: Iterable<[number, number]>): Plane[][] {
  const lines: Plane[][] = [];
  let before: number | null = null;
  for (const [raDeg, decDeg] of places) {
    const offset = fromMiddle(raDeg);
    if (before === null || Math.abs(offset - before) > 180) lines.push([]);
    lines.at(-1)?.push(project(offset, decDeg));
    before = offset;
  }
  return lines;
}
