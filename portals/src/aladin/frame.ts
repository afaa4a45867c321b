// Aladin Lite in a frame of its own: it draws what its parent tells it, asks for nothing else, and says what was chosen.
import "./alone";
import type { Drawn, FromFrame, ToFrame } from "./words";

const LEAST_DEG = 0.05; // of a field that tells no size
const RADIAN = Math.PI / 180;

/** Where to look so that all fields are seen: around their middle where they are together, else at the whole sky. */
function all(fields: Drawn[]): { raDeg: number; decDeg: number; widthDeg: number } {
  const places = fields.map(({ raDeg, decDeg }) => {
    const [ra, dec] = [raDeg * RADIAN, decDeg * RADIAN];
    return [Math.cos(dec) * Math.cos(ra), Math.cos(dec) * Math.sin(ra), Math.sin(dec)] as const;
  });
  const [x, y, z] = [0, 1, 2].map((axis) => places.reduce((sum, place) => sum + (place[axis] ?? 0), 0)) as [number, number, number];
  const long = Math.hypot(x, y, z) || 1;
  const raDeg = Math.atan2(y, x) / RADIAN;
  const away = places.map((place) => Math.acos(Math.min(1, Math.max(-1, (place[0] * x + place[1] * y + place[2] * z) / long))));
  const reachDeg = Math.max(...away.map((angle, i) => angle / RADIAN + (fields[i]?.radiusDeg ?? 0)), 0);
  if (reachDeg > 40) return { raDeg, decDeg: 0, widthDeg: 360 };
  return { raDeg, decDeg: Math.asin(z / long) / RADIAN, widthDeg: Math.max(2.6 * reachDeg, 0.5) };
}

const say = (words: FromFrame) => window.parent.postMessage(words, "*"); // who frames it is held by its policy

async function start(): Promise<(fields: Drawn[]) => void> {
  const { default: A } = await import("aladin-lite");
  await A.init;
  const aladin = A.aladin(document.getElementById("sky") as HTMLElement, {
    survey: [], // what would be fetched from elsewhere
    hipsList: [],
    log: false,
    samp: false,
    fov: 180,
    projection: "AIT",
    target: "0 +0",
    showCooLocation: false, // asks a name server of the stars
    showLayersControl: false,
    showProjectionControl: false,
    showFullscreenControl: false,
    showFrame: false,
    showContextMenu: false,
    showReticle: false,
    gridOptions: { enabled: true, color: "rgb(110, 125, 150)", opacity: 0.4, labelSize: 11, thickness: 1 },
    backgroundColor: "rgb(6, 9, 18)",
  });
  const overlay = A.graphicOverlay({ name: "Frames", color: "#f0c060", lineWidth: 2 });
  aladin.addOverlay(overlay);
  // A field of half a degree is nothing on the whole sky: what marks it is as large at any distance.
  const marks = A.catalog({ name: "Fields", shape: "circle", sourceSize: 12, color: "#f0c060" });
  aladin.addCatalog(marks);
  for (const event of ["footprintClicked", "objectClicked"])
    aladin.on(event, (chosen) => {
      const id = chosen?.data?.id ?? chosen?.id;
      if (id) say({ kind: "chosen", id });
    });
  let goneTo = "";
  return (fields) => {
    overlay.removeAll();
    marks.removeAll();
    marks.addSources(fields.map((field) => A.source(field.raDeg, field.decDeg, { id: field.id, name: field.name })));
    for (const field of fields) {
      const shapes = field.outlines.length
        ? field.outlines.map((outline) => A.polygon(outline))
        : [A.circle(field.raDeg, field.decDeg, Math.max(field.radiusDeg, LEAST_DEG))];
      for (const shape of shapes) {
        shape.id = field.id;
        overlay.add(shape);
      }
    }
    const ids = fields.map(({ id }) => id).sort().join(" ");
    if (ids !== goneTo) {
      // Their outlines come later: whoever moved meanwhile is left where they went.
      const seen = all(fields);
      aladin.gotoRaDec(seen.raDeg, seen.decDeg);
      aladin.setFoV(seen.widthDeg);
      goneTo = ids;
    }
    document.body.dataset.fields = String(fields.length);
  };
}

start().then(
  (draw) => {
    window.addEventListener("message", (event: MessageEvent<ToFrame>) => {
      if (event.source === window.parent && event.data?.kind === "draw") draw(event.data.fields);
    });
    say({ kind: "ready" });
  },
  (error: unknown) => say({ kind: "failed", why: error instanceof Error ? error.message : String(error) }),
);
