// The picture one moves over: drag, wheel, two fingers, arrow keys; what is under the pointer is told to whoever asks.
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { currentMode, onMode } from "../parts/settings";
import { draw, type Layer } from "./draw";
import { bounded, fitted, type Grid, pixelAt, sightOf, type Size, type TilePlace, tilesInSight, type View, zoomed } from "./geometry";
import type { Overlays } from "./overlays";
import { MOST_TILES, TileStore } from "./TileStore";

type Props = {
  name: string;
  grid: Grid;
  layer: Layer;
  next: Layer | null; // what comes in its place soon, and is fetched meanwhile
  over: Overlays;
  view: View | null; // null: all of it
  look: (view: View | null) => void;
  point: (pixel: { x: number; y: number } | null) => void;
};
const STEP_PX = 60;
const MOST_IN_SIGHT = MOST_TILES - 2; // beside the coarsest of all

export function TileCanvas({ name, grid, layer, next, over, view, look, point }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [screen, setScreen] = useState<Size>({ width: 1, height: 1 });
  const [, again] = useState(0);
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const [store, setStore] = useState<TileStore | null>(null);
  useEffect(() => {
    const made = new TileStore(() => again((n) => n + 1));
    setStore(made);
    return () => made.close();
  }, []);
  useSyncExternalStore(onMode, currentMode); // another mode is drawn anew
  const isStill = useMemo(() => matchMedia("(prefers-reduced-motion: reduce)").matches, []);
  const shown = view ? bounded(view, grid, screen) : fitted(grid, screen);
  const now = useRef({ shown, screen, grid, look });
  now.current = { shown, screen, grid, look };

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const watch = new ResizeObserver(() => {
      element.width = Math.round(element.clientWidth * devicePixelRatio);
      element.height = Math.round(element.clientHeight * devicePixelRatio);
      setScreen({ width: Math.max(1, element.clientWidth), height: Math.max(1, element.clientHeight) });
    });
    watch.observe(element);
    // The page must not scroll while one zooms: React's own wheel listener could not forbid it.
    function wheel(event: WheelEvent) {
      event.preventDefault();
      const { shown, screen, grid, look } = now.current;
      const lines = event.deltaMode === 1 ? 16 : 1;
      look(zoomed(shown, 2 ** (-event.deltaY * lines / 240), { x: event.offsetX, y: event.offsetY }, grid, screen));
    }
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      watch.disconnect();
      element.removeEventListener("wheel", wheel);
    };
  }, []);

  useEffect(() => {
    if (!store || screen.width <= 1) return;
    const tilesOf = ({ grid, onto }: Layer) => {
      const sight = onto ? sightOf(shown, screen, onto) : { view: shown, screen };
      return tilesInSight(sight.view, sight.screen, grid, devicePixelRatio, MOST_IN_SIGHT);
    };
    // The coarsest tile comes first: it stands in for all others.
    const wanted = ({ source }: Layer, tiles: TilePlace[]) => [source({ zoom: 0, x: 0, y: 0 }), ...tiles.map(source)];
    const tiles = tilesOf(layer);
    store.want([...wanted(layer, tiles), ...(next ? wanted(next, tilesOf(next)) : [])]);
    let frame = 0;
    const paint = () => {
      if (!canvas.current) return;
      if (draw(canvas.current, shown, grid, layer, tiles, store, over, isStill)) frame = requestAnimationFrame(paint);
    };
    frame = requestAnimationFrame(paint);
    return () => cancelAnimationFrame(frame);
  });

  function down(event: PointerEvent<HTMLCanvasElement>) {
    event.currentTarget.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, place(event));
  }

  function move(event: PointerEvent<HTMLCanvasElement>) {
    const before = fingers.current.get(event.pointerId);
    const here = place(event);
    if (!before) return point(pixelAt(shown, screen, grid, here));
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const by = Math.hypot(here.x - other.x, here.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
      look(zoomed(shown, by, { x: (here.x + other.x) / 2, y: (here.y + other.y) / 2 }, grid, screen));
    } else {
      const moved = { ...shown, x: shown.x - (here.x - before.x) / shown.scale, y: shown.y - (here.y - before.y) / shown.scale };
      look(bounded(moved, grid, screen));
    }
    fingers.current.set(event.pointerId, here);
  }

  function pressed(event: KeyboardEvent) {
    const step = STEP_PX / shown.scale;
    const middle = { x: screen.width / 2, y: screen.height / 2 };
    const moves: Record<string, () => View | null> = {
      ArrowLeft: () => bounded({ ...shown, x: shown.x - step }, grid, screen),
      ArrowRight: () => bounded({ ...shown, x: shown.x + step }, grid, screen),
      ArrowUp: () => bounded({ ...shown, y: shown.y - step }, grid, screen),
      ArrowDown: () => bounded({ ...shown, y: shown.y + step }, grid, screen),
      "+": () => zoomed(shown, 2, middle, grid, screen),
      "=": () => zoomed(shown, 2, middle, grid, screen),
      "-": () => zoomed(shown, 0.5, middle, grid, screen),
      "0": () => null,
      "1": () => bounded({ ...shown, scale: 1 }, grid, screen),
    };
    const wanted = moves[event.key];
    if (!wanted || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = wanted();
    look(next);
    point(pixelAt(next ?? fitted(grid, screen), screen, grid, middle));
  }

  const lift = (event: PointerEvent) => fingers.current.delete(event.pointerId);
  return (
    <div className="tile-view">
      <canvas
        ref={canvas}
        role="application"
        aria-label={`${name}: arrows move, + and − zoom, 0 shows all, 1 is pixel for pixel`}
        tabIndex={0}
        data-tiles={store?.size ?? 0}
        data-loading={!store || store.isLoading}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={lift}
        onPointerCancel={lift}
        onKeyDown={pressed}
      />
      <div className="zoom-buttons" role="group" aria-label="Zoom">
        <button type="button" aria-label="Nearer" onClick={() => look(zoomed(shown, 2, { x: screen.width / 2, y: screen.height / 2 }, grid, screen))}>+</button>
        <button type="button" aria-label="Farther" onClick={() => look(zoomed(shown, 0.5, { x: screen.width / 2, y: screen.height / 2 }, grid, screen))}>−</button>
        <button type="button" aria-pressed={!view} onClick={() => look(null)}>Fit</button>
        <button type="button" aria-pressed={shown.scale === 1} onClick={() => look(bounded({ ...shown, scale: 1 }, grid, screen))}>1:1</button>
        <small>{shown.scale >= 1 ? `${Number(shown.scale.toFixed(1))}×` : `1/${Number((1 / shown.scale).toFixed(1))}`}</small>
      </div>
      {store?.missing ? (
        <div className="failed" role="alert">
          <p>Some of the picture did not come.</p>
          <button type="button" onClick={() => store.tryAgain()}>Try again</button>
        </div>
      ) : null}
    </div>
  );
}

const place = (event: PointerEvent<HTMLCanvasElement>) => {
  const box = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
};
