// Draws what is in sight on black: tiles as they come, coarser ones in place of those to come, tracks over them.
import { currentMode } from "../parts/settings";
import { factorOf, type Grid, type Size, toScreen, type TilePlace, type View } from "./geometry";
import type { TileStore } from "./TileStore";

export type Source = (place: TilePlace) => string; // the address of a tile
export type Track = { name: string; points: [number, number][]; isSure: boolean }; // in picture coordinates
const FADE_MS = 160;

/** Draws, and tells whether a tile is still coming up out of the black. */
export function draw(
  canvas: HTMLCanvasElement,
  view: View,
  grid: Grid,
  tiles: TilePlace[],
  source: Source,
  store: TileStore,
  tracks: Track[],
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
  for (const place of tiles) {
    const tile = store.get(source(place));
    const age = tile ? performance.now() - tile.since : 0;
    const alpha = tile ? (isStill ? 1 : Math.min(1, age / FADE_MS)) : 0;
    if (alpha < 1) drawCoarser(context, view, screen, grid, place, source, store);
    if (tile) {
      context.globalAlpha = alpha;
      drawTile(context, view, screen, grid, place, tile.bitmap);
      context.globalAlpha = 1;
      isFading ||= alpha < 1;
    }
  }
  drawTracks(context, view, screen, tracks);
  return isFading;
}

function drawTile(
  context: CanvasRenderingContext2D, view: View, screen: Size, grid: Grid, place: TilePlace, bitmap: ImageBitmap,
): void {
  const factor = factorOf(grid, place.zoom);
  const side = grid.tilePx * factor;
  const [left, top] = toScreen(view, screen, place.x * side, place.y * side).map(Math.round) as [number, number];
  const [right, bottom] = toScreen(
    view, screen, place.x * side + bitmap.width * factor, place.y * side + bitmap.height * factor,
  ).map(Math.round) as [number, number];
  context.drawImage(bitmap, left, top, right - left, bottom - top);
}

/** Puts the part of a coarser tile, if one is there, in the place of a tile that is still to come. */
function drawCoarser(
  context: CanvasRenderingContext2D, view: View, screen: Size, grid: Grid, place: TilePlace, source: Source, store: TileStore,
): void {
  const side = grid.tilePx * factorOf(grid, place.zoom);
  for (let up = 1; up <= place.zoom; up += 1) {
    const parent = { zoom: place.zoom - up, x: place.x >> up, y: place.y >> up };
    const tile = store.get(source(parent));
    if (!tile) continue;
    context.save();
    context.beginPath();
    const [left, top] = toScreen(view, screen, place.x * side, place.y * side);
    context.rect(left, top, side * view.scale, side * view.scale);
    context.clip();
    drawTile(context, view, screen, grid, parent, tile.bitmap);
    context.restore();
    return;
  }
}

function drawTracks(context: CanvasRenderingContext2D, view: View, screen: Size, tracks: Track[]): void {
  // Seen through red glass, only what is white is bright.
  const bright = currentMode() === "red" ? "#fff" : "#ffb347";
  context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
  for (const track of tracks) {
    context.setLineDash(track.isSure ? [] : [6, 5]);
    const places = track.points.map(([x, y]) => toScreen(view, screen, x, y));
    for (const [width, colour] of [[4, "#000a"], [1.6, bright]] as const) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.beginPath();
      for (const [x, y] of places) context.lineTo(x, y);
      context.stroke();
    }
    const inside = places.filter(([x, y]) => x > 0 && y > 14 && x < screen.width - 60 && y < screen.height);
    const at = inside[Math.floor(inside.length / 2)];
    if (!at) continue;
    context.setLineDash([]);
    context.lineWidth = 3;
    context.strokeStyle = "#000c";
    context.strokeText(track.name.slice(0, 40), at[0] + 7, at[1] - 7);
    context.fillStyle = bright;
    context.fillText(track.name.slice(0, 40), at[0] + 7, at[1] - 7);
  }
}
