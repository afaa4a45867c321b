// Aladin Lite in a frame of its own: it draws what its parent tells it, asks for nothing else, and says what was chosen.
import "./alone";
import type { Drawn, FromFrame, ToFrame } from "./words";

const LEAST_DEG = 0.05; // of a field that tells no size
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
    gridOptions: { enabled: true, color: "rgb(110, 125, 150)", opacity: 0.7 },
    backgroundColor: "rgb(6, 9, 18)",
  });
  const overlay = A.graphicOverlay({ name: "Frames", color: "#f0c060", lineWidth: 2 });
  aladin.addOverlay(overlay);
  aladin.on("footprintClicked", (shape) => shape?.id && say({ kind: "chosen", id: shape.id }));
  aladin.on("objectClicked", (shape) => shape?.id && say({ kind: "chosen", id: shape.id }));
  return (fields) => {
    overlay.removeAll();
    for (const field of fields) {
      const shapes = field.outlines.length
        ? field.outlines.map((outline) => A.polygon(outline))
        : [A.circle(field.raDeg, field.decDeg, Math.max(field.radiusDeg, LEAST_DEG))];
      for (const shape of shapes) {
        shape.id = field.id;
        overlay.add(shape);
      }
    }
    const [first] = fields;
    if (first) aladin.gotoRaDec(first.raDeg, first.decDeg);
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
