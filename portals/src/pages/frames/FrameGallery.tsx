// What was found, as pictures; rows of them are drawn as they come in sight.
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { exposure } from "../../parts/format";
import { Preview } from "../../parts/Preview";
import { Failed } from "../../parts/states";
import { Time } from "../../parts/times";
import type { FrameWindow } from "./useFrameWindow";

type Props = { organisation: string; frames: FrameWindow };
const CARD_PX = 172;
const CARD_HEIGHT_PX = 216;

export function FrameGallery({ organisation, frames }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [across, setAcross] = useState(2);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setAcross(Math.max(2, Math.floor(element.clientWidth / CARD_PX))));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const lines = Math.ceil(frames.rows / across);
  const rows = useVirtualizer({
    count: lines,
    getScrollElement: () => scroller.current,
    estimateSize: () => CARD_HEIGHT_PX,
    overscan: 3,
  });
  const drawn = rows.getVirtualItems();
  const [first, last] = [drawn[0]?.index ?? 0, drawn.at(-1)?.index ?? 0];
  useEffect(() => frames.look(first * across, (last + 1) * across));
  const inLine = (line: number) =>
    Array.from({ length: across }, (_, i) => frames.at(line * across + i)).filter((frame) => frame !== undefined);
  return (
    <>
      <div className="frame-gallery" ref={scroller} tabIndex={0} role="group" aria-label="Pictures of frames">
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {drawn.map((row) => (
            <ul
              key={row.key}
              className="gallery-row"
              style={{ transform: `translateY(${row.start}px)`, gridTemplateColumns: `repeat(${across}, 1fr)` }}
            >
              {inLine(row.index).map((frame) => (
                <li key={frame.id}>
                  <Link to="/$organisation/frames/$frame" params={{ organisation, frame: frame.id }} preload={false}>
                    <Preview organisation={organisation} frame={frame} size={512} />
                    <span>
                      <bdi>{frame.object ?? frame.frame_type ?? "unknown"}</bdi> {frame.filter}
                    </span>
                    <small>
                      <Time at={frame.start_at} date /> · {exposure(frame.exposure_s)}
                    </small>
                  </Link>
                </li>
              ))}
            </ul>
          ))}
        </div>
      </div>
      {frames.failed ? <Failed error={frames.failed} retry={frames.retry} /> : null}
    </>
  );
}
