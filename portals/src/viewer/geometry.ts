// Where an image lies on the screen, and which tiles are in sight. Picture coordinates grow right and down from its
// upper left; FITS rows grow upwards from 1, and the middle of a pixel is a whole number.
import { type Affine, applied, inverse } from "./skyMesh";

export type View = { x: number; y: number; scale: number }; // picture point in the middle; screen px per image px
export type Size = { width: number; height: number };
export type Grid = Size & { tilePx: number; zooms: number };
export type TilePlace = { zoom: number; x: number; y: number };

const MOST_SCALE = 64;

export const fitted = (image: Size, screen: Size): View => ({
  x: image.width / 2,
  y: image.height / 2,
  scale: Math.min(MOST_SCALE, screen.width / image.width, screen.height / image.height) || 1,
});

/** Keeps some of the image in sight, and the scale within reason. */
export function bounded(view: View, image: Size, screen: Size): View {
  const least = Math.min(1, fitted(image, screen).scale / 2);
  return {
    x: Math.min(image.width, Math.max(0, view.x)),
    y: Math.min(image.height, Math.max(0, view.y)),
    scale: Math.min(MOST_SCALE, Math.max(least, view.scale)),
  };
}

/** Zooms about a place of the screen, which stays over the same pixel. */
export function zoomed(view: View, by: number, at: { x: number; y: number }, image: Size, screen: Size): View {
  const scale = bounded({ ...view, scale: view.scale * by }, image, screen).scale;
  const [dx, dy] = [at.x - screen.width / 2, at.y - screen.height / 2];
  return bounded({ x: view.x + dx / view.scale - dx / scale, y: view.y + dy / view.scale - dy / scale, scale }, image, screen);
}

export const toScreen = (view: View, screen: Size, x: number, y: number): [number, number] => [
  screen.width / 2 + (x - view.x) * view.scale,
  screen.height / 2 + (y - view.y) * view.scale,
];

/** The FITS pixel, counted from 1, under a place of the screen; null beside the image. */
export function pixelAt(view: View, screen: Size, image: Size, at: { x: number; y: number }) {
  const x = Math.floor(view.x + (at.x - screen.width / 2) / view.scale) + 1;
  const y = image.height - Math.floor(view.y + (at.y - screen.height / 2) / view.scale);
  return x >= 1 && y >= 1 && x <= image.width && y <= image.height ? { x, y } : null;
}

export const factorOf = (grid: Grid, zoom: number): number => 2 ** (grid.zooms - 1 - zoom);

/** What is in sight of another image, which is turned onto the picture: a view and a screen that hold all of it. */
export function sightOf(view: View, screen: Size, onto: Affine): { view: View; screen: Size } {
  const back = inverse(onto);
  const [halfX, halfY] = [screen.width / 2 / view.scale, screen.height / 2 / view.scale];
  const corners = [[-1, -1], [1, -1], [-1, 1], [1, 1]].map(([s = 0, t = 0]) => applied(back, view.x + s * halfX, view.y + t * halfY));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const scale = view.scale * Math.sqrt(Math.abs(onto.a * onto.d - onto.b * onto.c));
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return {
    view: { x: (left + right) / 2, y: (top + bottom) / 2, scale },
    screen: { width: (right - left) * scale, height: (bottom - top) * scale },
  };
}

/** The tiles in sight at the zoom that suits, those in the middle first; of a coarser one where they would be too many. */
export function tilesInSight(view: View, screen: Size, grid: Grid, pixelRatio: number, most: number): TilePlace[] {
  const coarser = Math.max(0, Math.floor(Math.log2(1 / (view.scale * pixelRatio)) + 0.001));
  for (let zoom = Math.max(0, grid.zooms - 1 - coarser); ; zoom -= 1) {
    const tiles = tilesAt(zoom, view, screen, grid);
    if (tiles.length <= most || zoom === 0) return tiles;
  }
}

function tilesAt(zoom: number, view: View, screen: Size, grid: Grid): TilePlace[] {
  const side = grid.tilePx * factorOf(grid, zoom);
  const [halfX, halfY] = [screen.width / 2 / view.scale, screen.height / 2 / view.scale];
  const last = (length: number) => Math.ceil(length / side) - 1;
  const found: TilePlace[] = [];
  const [right, bottom] = [
    Math.min(last(grid.width), Math.floor((view.x + halfX) / side)),
    Math.min(last(grid.height), Math.floor((view.y + halfY) / side)),
  ];
  for (let y = Math.max(0, Math.floor((view.y - halfY) / side)); y <= bottom; y += 1) {
    for (let x = Math.max(0, Math.floor((view.x - halfX) / side)); x <= right; x += 1) found.push({ zoom, x, y });
  }
  const away = (t: TilePlace) => Math.hypot((t.x + 0.5) * side - view.x, (t.y + 0.5) * side - view.y);
  return found.sort((a, b) => away(a) - away(b));
}
