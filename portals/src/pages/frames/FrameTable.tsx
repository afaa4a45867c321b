// A hundred thousand rows, of which only those in sight are drawn; the next come when the last is near.
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useRef } from "react";
import type { Schemas } from "../../api/client";
import { degrees, exposure } from "../../parts/format";
import { Failed } from "../../parts/states";
import { Time } from "../../parts/times";

type Frame = Schemas["Frame"];
export type MoreFrames = { has: boolean; failed: Error | null; fetch: () => void };
type Props = {
  organisation: string;
  frames: Frame[];
  more: MoreFrames;
  chosen: ReadonlyMap<string, Frame>;
  choose: (frame: Frame) => void;
  sort: string;
  sortBy: (name: string) => void;
};

const ROW_PX = 36;
const AHEAD = 60; // rows before the end at which the next page is asked for
const COLUMNS: [string, string | null, string][] = [
  // title, what it sorts by, class
  ["Start", "start_at", ""],
  ["Object", "object", ""],
  ["Type", null, ""],
  ["Filter", "filter", ""],
  ["Exposure", "exposure_s", "num"],
  ["Airmass", "airmass", "num"],
  ["Crossed", null, "num"],
  ["Telescope", null, ""],
  ["File", null, ""],
];

export function FrameTable({ organisation, frames, more, chosen, choose, sort, sortBy }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: frames.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const drawn = rows.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more.has && !more.failed && last >= frames.length - AHEAD) more.fetch();
  }, [last, frames.length, more]);

  const sorted = sort.replace("-", "");
  return (
    <>
      <div className="frame-table" ref={scroller} role="table" aria-label="Frames" aria-rowcount={more.has ? -1 : frames.length + 1} tabIndex={0}>
        <div role="rowgroup" className="head">
          <div role="row" className="frame-row">
            <span role="columnheader">
              <span className="unseen">Chosen</span>
            </span>
            {COLUMNS.map(([title, key, kind]) => (
              <span
                key={title}
                role="columnheader"
                className={kind}
                aria-sort={key === sorted ? (sort.startsWith("-") ? "descending" : "ascending") : undefined}
              >
                {key ? (
                  <button type="button" onClick={() => sortBy(sort === `-${key}` ? key : `-${key}`)}>
                    {title}
                    {key === sorted ? (sort.startsWith("-") ? " ↓" : " ↑") : ""}
                  </button>
                ) : (
                  title
                )}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="body" style={{ height: rows.getTotalSize() }}>
          {drawn.map((row) => {
            const frame = frames[row.index];
            if (!frame) return null;
            return (
              <Row
                key={frame.id}
                organisation={organisation}
                frame={frame}
                index={row.index}
                top={row.start}
                isChosen={chosen.has(frame.id)}
                choose={choose}
              />
            );
          })}
        </div>
      </div>
      {more.failed ? <Failed error={more.failed} retry={more.fetch} /> : null}
    </>
  );
}

type RowProps = {
  organisation: string;
  frame: Frame;
  index: number;
  top: number;
  isChosen: boolean;
  choose: (frame: Frame) => void;
};

/** One row; while one scrolls, those that stay in sight are not made again. */
const Row = memo(function Row({ organisation, frame, index, top, isChosen, choose }: RowProps) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={isChosen ? "frame-row chosen-row" : "frame-row"}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell">
        <input type="checkbox" aria-label={`Choose ${frame.path}`} checked={isChosen} onChange={() => choose(frame)} />
      </span>
      <span role="cell">
        <Link to="/$organisation/frames/$frame" params={{ organisation, frame: frame.id }} preload={false}>
          {frame.start_at ? <Time at={frame.start_at} date seconds /> : "unknown"}
        </Link>
      </span>
      <span role="cell">
        <bdi>{frame.object ?? "–"}</bdi>
      </span>
      <span role="cell">{frame.frame_type ?? "–"}</span>
      <span role="cell">
        <bdi>{frame.filter ?? "–"}</bdi>
      </span>
      <span role="cell" className="num">
        {exposure(frame.exposure_s)}
      </span>
      <span role="cell" className="num">
        {frame.airmass?.toFixed(2) ?? "–"}
      </span>
      <span role="cell" className="num">
        {frame.crossings ?? "–"}
      </span>
      <span role="cell">{frame.telescope ?? "–"}</span>
      <span role="cell" title={`${frame.path}, ${degrees(frame.center_ra_deg ?? frame.ra_deg)}`}>
        {frame.problems.length ? <b title={frame.problems[0]?.detail}>! </b> : null}
        <bdi>{frame.path.split("/").pop()}</bdi>
      </span>
    </div>
  );
});
