// A hundred thousand rows, of which only those in sight are drawn, and only the pages around them kept.
import { useRouter } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, type MouseEvent, useEffect, useRef } from "react";
import type { Schemas } from "../../api/client";
import { degrees, exposure } from "../../parts/format";
import { Failed } from "../../parts/states";
import { Time } from "../../parts/times";
import { plain } from "../files/plain";
import type { FrameWindow } from "./useFrameWindow";

type Frame = Schemas["Frame"];
type Props = {
  organisation: string;
  frames: FrameWindow;
  chosen: ReadonlyMap<string, Frame>;
  choose: (frame: Frame) => void;
  sort: string;
  sortBy: (name: string) => void;
};

const ROW_PX = 36;
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

export function FrameTable({ organisation, frames, chosen, choose, sort, sortBy }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: frames.rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    useFlushSync: false, // a row that is a picture late is not seen; a scroll event that waits for React is
  });
  const drawn = rows.getVirtualItems();
  const [first, last] = [drawn[0]?.index ?? 0, drawn.at(-1)?.index ?? 0];
  useEffect(() => frames.look(first, last));

  // One listener for all rows: a router's link in each would cost more than all else in it.
  const router = useRouter();
  const address = (frame: Frame) => `/app/${encodeURIComponent(organisation)}/frames/${frame.id}`;
  function followed(event: MouseEvent<HTMLDivElement>) {
    const link = (event.target as Element).closest("a");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.history.push(link.pathname);
  }

  const sorted = sort.replace("-", "");
  return (
    <>
      <div className="frame-table" ref={scroller} role="table" aria-label="Frames" aria-rowcount={frames.hasMore ? -1 : frames.rows + 1} tabIndex={0} data-pages={frames.kept}>
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
        <div role="rowgroup" className="body" style={{ height: rows.getTotalSize() }} onClick={followed}>
          {drawn.map((row) => {
            const frame = frames.at(row.index);
            if (!frame) return <Waiting key={row.index} index={row.index} top={row.start} />;
            return (
              <Row
                key={frame.id}
                address={address(frame)}
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
      {frames.failed ? <Failed error={frames.failed} retry={frames.retry} /> : null}
    </>
  );
}

/** A row whose page is on its way. */
function Waiting({ index, top }: { index: number; top: number }) {
  return (
    <div role="row" aria-rowindex={index + 2} className="frame-row" style={{ transform: `translateY(${top}px)` }}>
      <span role="cell" />
      <span role="cell">…</span>
    </div>
  );
}

type RowProps = {
  address: string;
  frame: Frame;
  index: number;
  top: number;
  isChosen: boolean;
  choose: (frame: Frame) => void;
};

/** One row; while one scrolls, those that stay in sight are not made again. */
const Row = memo(function Row({ address, frame, index, top, isChosen, choose }: RowProps) {
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
        <a href={address}>
          {frame.start_at ? <Time at={frame.start_at} date seconds /> : "unknown"}
        </a>
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
      <span role="cell" title={`${plain(frame.path)}, ${degrees(frame.center_ra_deg ?? frame.ra_deg)}`}>
        {frame.problems.length ? <b title={frame.problems[0]?.detail}>! </b> : null}
        <bdi>{plain(frame.path.split("/").pop() ?? "")}</bdi>
      </span>
    </div>
  );
});
