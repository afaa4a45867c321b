// An image: its tiles on the canvas, what lies over them, what is under the pointer, and how it is shown.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Schemas } from "../api/client";
import { objectsQuery, skyQuery } from "../api/looking";
import { framesQuery } from "../api/queries";
import { Header } from "../pages/frames/Header";
import { Controls } from "./Controls";
import type { Layer } from "./draw";
import type { Grid, View } from "./geometry";
import { ObjectList } from "./ObjectList";
import type { Overlays, Track } from "./overlays";
import { Readout } from "./Readout";
import { painting, type ViewerSearch } from "./search";
import { meshOf } from "./skyMesh";
import { TileCanvas } from "./TileCanvas";
import { type Other, useBlink, useOther } from "./useOther";

const WRITE_AFTER_MS = 300;

type Props = {
  organisation: string;
  frame: Schemas["FrameDetail"];
  hdus: Schemas["Hdu"][];
  hdu: Schemas["Hdu"];
  search: ViewerSearch;
  change: (changed: ViewerSearch) => void;
};

export function ImageView({ organisation, frame, hdus, hdu, search, change }: Props) {
  const [pixel, point] = useState<{ x: number; y: number } | null>(null);
  const [view, look] = useView(search, hdu.index, change);
  const others = useInfiniteQuery({
    ...framesQuery(organisation, { object: frame.object ?? undefined, telescope: frame.telescope ?? undefined }, "-start_at", 100),
  });
  const grid: Grid = useMemo(
    () => ({ width: hdu.width_px ?? 1, height: hdu.height_px ?? 1, tilePx: hdu.tiles?.size_px ?? 256, zooms: hdu.tiles?.zooms ?? 1 }),
    [hdu],
  );
  const isOnSky = frame.footprints.some((each) => each.unit_index === hdu.index);
  const sky = useQuery({ ...skyQuery(organisation, frame.id, hdu.index), enabled: isOnSky });
  const objects = useQuery({ ...objectsQuery(organisation, frame.id, hdu.index), enabled: isOnSky && search.objects === true });
  const mesh = useMemo(() => (sky.data ? meshOf(sky.data) : null), [sky.data]);
  const other = useOther(organisation, search.blink, hdu.index, mesh, search.align === "pixels");
  const isOther = useBlink(other !== null) && other !== null;
  const [painted, otherPainted] = [painting(search, hdu.planes ?? 1), painting(search, other?.planes ?? 1)];
  const own = useMemo(
    () => layerOf(organisation, { frame: frame.id, hdu: hdu.index, grid, onto: null }, painted),
    [organisation, frame.id, hdu.index, grid, painted],
  );
  const theirs = useMemo(() => other && layerOf(organisation, other, otherPainted), [organisation, other, otherPainted]);
  const tracks = useMemo(() => tracksOf(frame, hdu.index, grid.height), [frame, hdu.index, grid.height]);
  const over: Overlays = useMemo(
    () => ({
      tracks: search.tracks === false || isOther ? [] : tracks,
      mesh: search.grid ? mesh : null,
      objects: (search.objects && objects.data?.items) || [],
    }),
    [search.tracks, search.grid, search.objects, isOther, tracks, mesh, objects.data],
  );
  return (
    <div className="viewer">
      <TileCanvas name={`Picture of ${frame.object ?? "the frame"}`} grid={grid} layer={(isOther && theirs) || own} next={isOther ? own : theirs} over={over} view={view} look={look} point={point} />
      <aside aria-label="How it is shown">
        <Readout organisation={organisation} frame={frame.id} hdu={hdu.index} plane={search.plane ?? 0} pixel={pixel} />
        <Controls
          hdus={hdus}
          hdu={hdu}
          search={search}
          change={change}
          tracks={tracks.length}
          isOnSky={mesh !== null}
          others={(others.data?.pages[0]?.items ?? []).filter((each) => each.id !== frame.id)}
          other={other}
          isOther={isOther}
        />
        {search.objects && isOnSky ? <ObjectList of={objects} go={(x, y) => look({ x: x - 0.5, y: grid.height + 0.5 - y, scale: Math.max(1, view?.scale ?? 1) })} /> : null}
        <Header organisation={organisation} frame={frame.id} />
      </aside>
    </div>
  );
}

const layerOf = (organisation: string, { frame, hdu, grid, onto }: Omit<Other, "planes" | "bySky">, painted: string): Layer => ({
  grid,
  onto,
  source: ({ zoom, x, y }) =>
    `/api/v1/organisations/${encodeURIComponent(organisation)}/frames/${frame}/hdus/${hdu}/tiles/${zoom}/${x}/${y}?${painted}`,
});

/** Where one looks: moved at once, and written into the address when it rests. */
function useView(search: ViewerSearch, hdu: number, change: (changed: ViewerSearch) => void) {
  const { x, y, scale } = search;
  const asked: View | null = x !== undefined && y !== undefined && scale !== undefined ? { x, y, scale } : null;
  const [view, setView] = useState<View | null>(asked);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(waiting.current), []);
  const last = useRef(hdu);
  useEffect(() => {
    if (last.current !== hdu) setView(null);
    last.current = hdu;
  }, [hdu]);
  const look = useCallback(
    (next: View | null) => {
      setView(next);
      clearTimeout(waiting.current);
      const round = (value: number | undefined) => (value === undefined ? undefined : Number(value.toPrecision(7)));
      waiting.current = setTimeout(
        () => change({ x: round(next?.x), y: round(next?.y), scale: round(next?.scale) }),
        WRITE_AFTER_MS,
      );
    },
    [change],
  );
  return [view, look] as const;
}

function tracksOf(frame: Schemas["FrameDetail"], hdu: number, height: number): Track[] {
  return frame.crossed_by.flatMap((crossing) =>
    crossing.pixel_paths
      .filter((path) => path.unit_index === hdu)
      .map((path) => ({
        name: crossing.name,
        isSure: crossing.status === "certain",
        points: path.points_px.map(([x = 0, y = 0]): [number, number] => [x + 0.5, height - y - 0.5]),
      })),
  );
}
