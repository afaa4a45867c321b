// What is drawn over the picture: satellites' tracks, the grid of the sky, and the catalogue's objects.
import type { Schemas } from "../api/client";
import { currentMode } from "../parts/settings";
import { type Grid, type Size, toScreen, type View } from "./geometry";
import { type Box, gridLines } from "./skyGrid";
import type { Mesh } from "./skyMesh";

export type Track = { name: string; points: [number, number][]; isSure: boolean }; // in picture coordinates
export type Overlays = { tracks: Track[]; mesh: Mesh | null; objects: Schemas["ObjectPlace"][] };

const MOST_NAMES = 60;
type Label = { x: number; y: number; width: number };

export function drawOverlays(context: CanvasRenderingContext2D, view: View, screen: Size, grid: Grid, over: Overlays): void {
  context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
  context.lineJoin = "round";
  const taken: Label[] = [];
  const at = (x: number, y: number) => toScreen(view, screen, x - 0.5, grid.height + 0.5 - y); // of a FITS pixel
  if (over.mesh) drawGrid(context, inSight(view, screen, grid), over.mesh, at, screen, taken);
  drawObjects(context, over.objects, at, screen, view.scale, taken);
  drawTracks(context, view, screen, over.tracks);
}

/** What of the image is on the screen, in FITS pixels. */
function inSight(view: View, screen: Size, grid: Grid): Box {
  const [halfX, halfY] = [screen.width / 2 / view.scale, screen.height / 2 / view.scale];
  return {
    left: Math.max(0, view.x - halfX) + 0.5,
    right: Math.min(grid.width, view.x + halfX) + 0.5,
    low: grid.height - Math.min(grid.height, view.y + halfY) + 0.5,
    high: grid.height - Math.max(0, view.y - halfY) + 0.5,
  };
}

type At = (x: number, y: number) => [number, number];

/** Writes a text where no other stands yet. */
function write(context: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string, screen: Size, taken: Label[]): boolean {
  const width = context.measureText(text).width;
  const [left, base] = [Math.max(4, Math.min(screen.width - width - 4, x)), Math.max(14, Math.min(screen.height - 6, y))];
  if (taken.some((each) => left < each.x + each.width + 6 && left + width + 6 > each.x && Math.abs(base - each.y) < 15)) return false;
  taken.push({ x: left, y: base, width });
  context.lineWidth = 3;
  context.strokeStyle = "#000c";
  context.strokeText(text, left, base);
  context.fillStyle = colour;
  context.fillText(text, left, base);
  return true;
}

function drawGrid(context: CanvasRenderingContext2D, box: Box, mesh: Mesh, at: At, screen: Size, taken: Label[]): void {
  const colour = currentMode() === "red" ? "#fff" : "#8fc7ff";
  const lines = gridLines(mesh, box).map((line) => ({
    ...line,
    drawn: line.segments.map(([x1, y1, x2, y2]) => [...at(x1, y1), ...at(x2, y2)] as [number, number, number, number]),
  }));
  context.setLineDash([]);
  for (const [width, stroke, alpha] of [[3, "#000", 0.35], [1, colour, 0.75]] as const) {
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.globalAlpha = alpha;
    context.beginPath();
    for (const { drawn } of lines) {
      for (const [x1, y1, x2, y2] of drawn) {
        context.moveTo(x1, y1);
        context.lineTo(x2, y2);
      }
    }
    context.stroke();
  }
  context.globalAlpha = 1;
  // Right ascensions are written where their line is lowest, declinations where theirs is farthest left.
  for (const { drawn, isRa, text } of lines) {
    const ends = drawn.flatMap(([x1, y1, x2, y2]) => [[x1, y1], [x2, y2]] as [number, number][]);
    const end = ends.reduce((best, each) => (isRa ? each[1] > best[1] : each[0] < best[0]) ? each : best);
    if (isRa) write(context, text, end[0] + 4, Math.min(screen.height - 44, end[1] - 6), colour, screen, taken);
    else write(context, text, end[0] + 4, end[1] - 4, colour, screen, taken);
  }
}

function drawObjects(
  context: CanvasRenderingContext2D, objects: Schemas["ObjectPlace"][], at: At, screen: Size, scale: number, taken: Label[],
): void {
  const colour = currentMode() === "red" ? "#fff" : "#9df2b8";
  const shown = objects
    .map((each) => ({ each, place: at(each.x, each.y) }))
    .filter(({ place: [x, y] }) => x > -20 && y > -20 && x < screen.width + 20 && y < screen.height + 20)
    .slice(0, MOST_NAMES);
  const radius = Math.max(6, Math.min(14, 6 + scale));
  context.setLineDash([]);
  for (const { each, place: [x, y] } of shown) {
    for (const [width, stroke] of [[3, "#000a"], [1.4, colour]] as const) {
      context.lineWidth = width;
      context.strokeStyle = stroke;
      context.beginPath();
      // Stars are round, everything else has corners.
      if (each.kind.includes("star")) context.arc(x, y, radius, 0, 2 * Math.PI);
      else context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
      context.stroke();
    }
    write(context, each.name.slice(0, 40), x + radius + 4, y + 4, colour, screen, taken);
  }
}

function drawTracks(context: CanvasRenderingContext2D, view: View, screen: Size, tracks: Track[]): void {
  // Seen through red glass, only what is white is bright.
  const bright = currentMode() === "red" ? "#fff" : "#ffb347";
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
  context.setLineDash([]);
}
