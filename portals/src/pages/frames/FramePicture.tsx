// The frame's picture at its largest. Where a viewer with tiles is served, this is the place for it.
import type { Schemas } from "../../api/client";
import { Preview } from "../../parts/Preview";

export function FramePicture({ organisation, frame }: { organisation: string; frame: Schemas["FrameDetail"] }) {
  return (
    <div className="big-picture">
      <Preview organisation={organisation} frame={frame} size={2048} />
    </div>
  );
}
