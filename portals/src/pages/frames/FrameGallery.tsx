// What was found, as pictures; rows of them are drawn as they come in sight.
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import type { Schemas } from "../../api/client";
import { exposure } from "../../parts/format";
import { Preview } from "../../parts/Preview";
import { Failed } from "../../parts/states";
import { Time } from "../../parts/times";
import type { MoreFrames } from "./FrameTable";

type Props = { organisation: string; frames: Schemas["Frame"][]; more: MoreFrames };
const CARD_PX = 172;
const CARD_HEIGHT_PX = 216;

export function FrameGallery({ organisation, frames, more }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [across, setAcross] = useState(2);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setAcross(Math.max(2, Math.floor(element.clientWidth / CARD_PX))));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const lines = Math.ceil(frames.length / across);
  const rows = useVirtualizer({
    count: lines,
    getScrollElement: () => scroller.current,
    estimateSize: () => CARD_HEIGHT_PX,
    overscan: 3,
  });
  const drawn = rows.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more.has && !more.failed && last >= lines - 4) more.fetch();
  }, [last, lines, more]);
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
              {frames.slice(row.index * across, (row.index + 1) * across).map((frame) => (
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
      {more.failed ? <Failed error={more.failed} retry={more.fetch} /> : null}
    </>
  );
}
