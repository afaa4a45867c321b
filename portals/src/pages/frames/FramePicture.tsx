// The frame's picture, and the way into the viewer, which shows every pixel of it.
import { Link } from "@tanstack/react-router";
import { ZoomIn } from "lucide-react";
import type { Schemas } from "../../api/client";
import { Preview } from "../../parts/Preview";

export function FramePicture({ organisation, frame }: { organisation: string; frame: Schemas["FrameDetail"] }) {
  return (
    <div className="big-picture">
      <Preview organisation={organisation} frame={frame} size={2048} />
      <Link className="button" to="/$organisation/frames/$frame/view" params={{ organisation, frame: frame.id }} search={{}}>
        <ZoomIn size={16} aria-hidden="true" /> Open in the viewer
      </Link>
    </div>
  );
}
