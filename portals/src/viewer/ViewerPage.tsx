// A frame over the whole page: its tiles, what is under the pointer, how it is shown, and its header beside it.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Schemas } from "../api/client";
import { frameQuery, framesQuery, hdusQuery } from "../api/queries";
import { Header } from "../pages/frames/Header";
import { PageHead } from "../parts/PageHead";
import { Empty, Shown } from "../parts/states";
import { Time } from "../parts/times";
import { Controls } from "./Controls";
import type { Track } from "./draw";
import type { Grid, TilePlace, View } from "./geometry";
import { Readout } from "./Readout";
import { painting, type ViewerSearch } from "./search";
import { TileCanvas } from "./TileCanvas";

const BLINK_MS = 800;
const WRITE_AFTER_MS = 300;

export default function ViewerPage() {
  const { organisation, frame: id } = useParams({ from: "/inside/$organisation/frames/$frame/view" });
  const frame = useQuery(frameQuery(organisation, id));
  const hdus = useQuery(hdusQuery(organisation, id));
  return (
    <Shown of={frame} lines={10} page>
      {(told) => (
        <div className="viewer-page">
          <PageHead
            title={told.object ?? told.frame_type ?? "Frame"}
            under={
              <>
                <Time at={told.start_at} date seconds /> · <bdi>{told.path}</bdi>
              </>
            }
          >
            <Link className="button" to="/$organisation/frames/$frame" params={{ organisation, frame: id }}>
              Facts
            </Link>
          </PageHead>
          <Shown of={hdus} lines={10}>
            {(list) =>
              list.items.some((each) => each.tiles) ? (
                <Opened key={id} organisation={organisation} frame={told} hdus={list.items} />
              ) : (
                <>
                  <Empty title="There is no image in it to look at">
                    <p>It holds tables, or no FITS image of two axes; its header is here all the same.</p>
                  </Empty>
                  <Header organisation={organisation} frame={id} />
                </>
              )
            }
          </Shown>
        </div>
      )}
    </Shown>
  );
}

type OpenedProps = { organisation: string; frame: Schemas["FrameDetail"]; hdus: Schemas["Hdu"][] };

function Opened({ organisation, frame, hdus }: OpenedProps) {
  const search = useSearch({ from: "/inside/$organisation/frames/$frame/view" });
  const navigate = useNavigate({ from: "/$organisation/frames/$frame/view" });
  const images = hdus.filter((each) => each.tiles);
  const hdu = images.find((each) => each.index === search.hdu) ?? images[0]!;
  const [pixel, point] = useState<{ x: number; y: number } | null>(null);
  const change = useCallback(
    (changed: ViewerSearch) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true }),
    [navigate],
  );
  const [view, look] = useView(search, hdu.index, change);
  const isOther = useBlink(search.blink);
  const others = useInfiniteQuery({
    ...framesQuery(organisation, { object: frame.object ?? undefined, telescope: frame.telescope ?? undefined }, "-start_at", 100),
  });
  const grid: Grid = useMemo(
    () => ({ width: hdu.width_px ?? 1, height: hdu.height_px ?? 1, tilePx: hdu.tiles?.size_px ?? 256, zooms: hdu.tiles?.zooms ?? 1 }),
    [hdu],
  );
  const painted = painting(search);
  const shown = isOther && search.blink ? search.blink : frame.id;
  const source = useCallback(
    (place: TilePlace) =>
      `/api/v1/organisations/${encodeURIComponent(organisation)}/frames/${shown}/hdus/${hdu.index}/tiles/${place.zoom}/${place.x}/${place.y}?${painted}`,
    [organisation, shown, hdu.index, painted],
  );
  const all = useMemo(() => tracksOf(frame, hdu.index, grid.height), [frame, hdu.index, grid.height]);
  return (
    <div className="viewer">
      <TileCanvas
        name={`Picture of ${frame.object ?? "the frame"}`}
        grid={grid}
        source={source}
        tracks={search.tracks === false || isOther ? [] : all}
        view={view}
        look={look}
        point={point}
      />
      <aside aria-label="How it is shown">
        <Readout organisation={organisation} frame={shown} hdu={hdu.index} plane={search.plane ?? 0} pixel={pixel} />
        <Controls
          hdus={hdus}
          hdu={hdu}
          search={search}
          change={change}
          tracks={all.length}
          others={(others.data?.pages[0]?.items ?? []).filter(
            (each) => each.id !== frame.id && each.width_px === frame.width_px && each.height_px === frame.height_px,
          )}
          isOther={isOther}
        />
        <Header organisation={organisation} frame={frame.id} />
      </aside>
    </div>
  );
}

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

/** Whether it is the other frame's turn; slower than what could hurt anybody. */
function useBlink(other: string | undefined): boolean {
  const [isOther, set] = useState(false);
  useEffect(() => {
    set(false);
    if (!other) return;
    const timer = setInterval(() => set((before) => !before), BLINK_MS);
    return () => clearInterval(timer);
  }, [other]);
  return isOther;
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
