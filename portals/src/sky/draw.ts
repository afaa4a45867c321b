// Draws the map: the sky's edge and grid, then the fields, in the colours of the mode.
import { circle, HALF_HEIGHT, HALF_WIDTH, type Plane, project, fromMiddle, trace } from "./aitoff";
import type { Field } from "./fields";

const LEAST_PX = 3; // radius below which a field would not be seen
const MARGIN_PX = 14;

export type Sheet = { width: number; height: number; scale: number };

/** How large the sky is drawn on so many pixels. */
export function sheet(width: number, height: number): Sheet {
  const scale = Math.min((width - 2 * MARGIN_PX) / (2 * HALF_WIDTH), (height - 2 * MARGIN_PX) / (2 * HALF_HEIGHT));
  return { width, height, scale: Math.max(scale, 1) };
}

const toPixels = (on: Sheet, at: Plane): Plane => ({ x: on.width / 2 + at.x * on.scale, y: on.height / 2 - at.y * on.scale });

export const middle = (on: Sheet, field: Field): Plane => toPixels(on, project(fromMiddle(field.raDeg), field.decDeg));

/** The field nearest to a pixel, if the pointer is on it or all but on it. */
export function fieldAt(on: Sheet, fields: Field[], x: number, y: number): Field | null {
  let nearest: Field | null = null;
  let least = Infinity;
  for (const field of fields) {
    const at = middle(on, field);
    const distance = Math.hypot(at.x - x, at.y - y);
    const reach = Math.max(9, (field.radiusDeg * Math.PI * on.scale) / 180);
    if (distance <= reach && distance < least) [nearest, least] = [field, distance];
  }
  return nearest;
}

function stroke(context: CanvasRenderingContext2D, on: Sheet, places: Iterable<[number, number]>): void {
  context.beginPath();
  for (const line of trace(places)) {
    for (const [i, point] of line.entries()) {
      const at = toPixels(on, point);
      if (i) context.lineTo(at.x, at.y);
      else context.moveTo(at.x, at.y);
    }
  }
}

function* meridian(raDeg: number): Generator<[number, number]> {
  for (let dec = -90; dec <= 90; dec += 3) yield [raDeg, dec];
}

function* parallel(decDeg: number): Generator<[number, number]> {
  for (let ra = -179.99; ra < 180; ra += 3) yield [ra, decDeg];
  yield [179.99, decDeg];
}

export function drawSky(canvas: HTMLCanvasElement, on: Sheet, fields: Field[], chosen: Field | null): void {
  const dots = window.devicePixelRatio || 1;
  [canvas.width, canvas.height] = [Math.round(on.width * dots), Math.round(on.height * dots)];
  const context = canvas.getContext("2d");
  if (!context) return;
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  context.setTransform(dots, 0, 0, dots, 0, 0);
  context.clearRect(0, 0, on.width, on.height);

  context.beginPath();
  context.ellipse(on.width / 2, on.height / 2, HALF_WIDTH * on.scale, HALF_HEIGHT * on.scale, 0, 0, 2 * Math.PI);
  context.fillStyle = colour("--ground");
  context.fill();
  context.strokeStyle = colour("--line");
  context.lineWidth = 1;
  context.stroke();
  for (let ra = -150; ra < 180; ra += 30) {
    stroke(context, on, meridian(ra));
    context.stroke();
  }
  for (let dec = -60; dec <= 60; dec += 30) {
    stroke(context, on, parallel(dec));
    context.stroke();
  }

  context.strokeStyle = colour("--accent");
  context.fillStyle = colour("--accent");
  context.lineWidth = 1.2;
  for (const field of fields) if (field !== chosen) drawField(context, on, field, 0.28);
  drawLabels(context, on, colour("--soft"));
  if (!chosen) return;
  context.strokeStyle = colour("--words");
  context.fillStyle = colour("--words");
  context.lineWidth = 2;
  drawField(context, on, chosen, 0.4);
  const at = middle(on, chosen);
  context.beginPath();
  context.arc(at.x, at.y, 9, 0, 2 * Math.PI);
  context.stroke();
}

function drawField(context: CanvasRenderingContext2D, on: Sheet, field: Field, fill: number): void {
  if ((field.radiusDeg * Math.PI * on.scale) / 180 < LEAST_PX) {
    const at = middle(on, field);
    context.beginPath();
    context.arc(at.x, at.y, LEAST_PX, 0, 2 * Math.PI);
  } else {
    stroke(context, on, circle(field.raDeg, field.decDeg, field.radiusDeg));
  }
  context.globalAlpha = fill;
  context.fill();
  context.globalAlpha = 1;
  context.stroke();
}

function drawLabels(context: CanvasRenderingContext2D, on: Sheet, colour: string): void {
  context.fillStyle = colour;
  context.font = "11px system-ui, 'DejaVu Sans', sans-serif";
  context.textAlign = "center";
  const every = on.width < 500 ? 60 : 30;
  for (let ra = -180 + every; ra < 180; ra += every) {
    const at = toPixels(on, project(ra, 0));
    context.fillText(`${(ra + 360) % 360 / 15}h`, at.x, at.y + 13);
  }
  for (const dec of [-60, -30, 30, 60]) {
    const at = toPixels(on, project(0, dec));
    context.fillText(`${dec > 0 ? "+" : "−"}${Math.abs(dec)}°`, at.x + 16, at.y - 3);
  }
}
