// Draws what is in sight on black: tiles as they come, coarser ones in place of those to come, and over them the rest.
import { factorOf, type Grid, type Size, toScreen, type TilePlace, type View } from "./geometry";
import { drawOverlays, type Overlays } from "./overlays";
import type { Affine } from "./skyMesh";
import type { TileStore } from "./TileStore";

export type Source = (place: TilePlace) => string; // the address of a tile
/** An image as it lies on the picture that is looked at: itself, or another that is turned onto it. */
export type Layer = { grid: Grid; source: Source; onto: Affine | null };
const FADE_MS = 160;

/** Draws, and tells whether a tile is still coming up out of the black. */
export function draw(
  canvas: HTMLCanvasElement,
  view: View,
  grid: Grid,
  layer: Layer,
  tiles: TilePlace[],
  store: TileStore,
  over: Overlays,
  isStill: boolean,
): boolean {
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return false;
  const ratio = canvas.width / Math.max(1, canvas.clientWidth);
  const screen: Size = { width: canvas.clientWidth, height: canvas.clientHeight };
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalAlpha = 1;
  context.fillStyle = "#000";
  context.fillRect(0, 0, screen.width, screen.height);
  context.imageSmoothingEnabled = view.scale * ratio < 1;
  let isFading = false;
  context.save();
  const placing = layer.onto ? turn(context, view, screen, layer.onto) : straight(view, screen);
  const { source } = layer;
  for (const place of tiles) {
    const tile = store.get(source(place));
    const age = tile ? performance.now() - tile.since : 0;
    const alpha = tile ? (isStill ? 1 : Math.min(1, age / FADE_MS)) : 0;
    if (alpha < 1) drawCoarser(context, placing, layer, place, store);
    if (tile) {
      context.globalAlpha = alpha;
      drawTile(context, placing, layer.grid, place, tile.bitmap);
      context.globalAlpha = 1;
      isFading ||= alpha < 1;
    }
  }
  context.restore();
  drawOverlays(context, view, screen, grid, over);
  return isFading;
}

type Placing = (x: number, y: number) => [number, number];

/** Whole pixels of the screen, so that tiles meet without a seam. */
const straight = (view: View, screen: Size): Placing => (x, y) =>
  toScreen(view, screen, x, y).map(Math.round) as [number, number];

/** Turns what is drawn, and draws it where it is in its own image. */
function turn(context: CanvasRenderingContext2D, view: View, screen: Size, onto: Affine): Placing {
  const [left, top] = toScreen(view, screen, 0, 0);
  context.transform(view.scale, 0, 0, view.scale, left, top);
  context.transform(onto.a, onto.b, onto.c, onto.d, onto.e, onto.f);
  return (x, y) => [x, y];
}

function drawTile(context: CanvasRenderingContext2D, placing: Placing, grid: Grid, place: TilePlace, bitmap: ImageBitmap): void {
  const factor = factorOf(grid, place.zoom);
  const side = grid.tilePx * factor;
  const [left, top] = placing(place.x * side, place.y * side);
  const [right, bottom] = placing(place.x * side + bitmap.width * factor, place.y * side + bitmap.height * factor);
  context.drawImage(bitmap, left, top, right - left, bottom - top);
}

/** Puts the part of a coarser tile, if one is there, in the place of a tile that is still to come. */
function drawCoarser(
  context: CanvasRenderingContext2D, placing: Placing, { grid, source }: Layer, place: TilePlace, store: TileStore,
): void {
  const side = grid.tilePx * factorOf(grid, place.zoom);
  for (let up = 1; up <= place.zoom; up += 1) {
    const parent = { zoom: place.zoom - up, x: place.x >> up, y: place.y >> up };
    const tile = store.get(source(parent));
    if (!tile) continue;
    context.save();
    context.beginPath();
    const [left, top] = placing(place.x * side, place.y * side);
    const [right, bottom] = placing((place.x + 1) * side, (place.y + 1) * side);
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    drawTile(context, placing, grid, parent, tile.bitmap);
    context.restore();
    return;
  }
}
