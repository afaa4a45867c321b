// A frame's picture, or why there is none.
import { useState } from "react";
import type { Schemas } from "../api/client";

type Frame = Pick<Schemas["Frame"], "id" | "preview" | "path" | "frame_type" | "object">;

export function Preview({ organisation, frame, size }: { organisation: string; frame: Frame; size: 128 | 512 | 2048 }) {
  const [broken, setBroken] = useState(false);
  const told = `${frame.object ?? frame.frame_type ?? "Frame"}, ${frame.path.split("/").pop() ?? ""}`;
  if (frame.preview !== "ready" || broken) {
    const why = broken ? "no picture" : frame.preview === "none" ? "no image" : frame.preview;
    return <span className="picture none">{why}</span>;
  }
  return (
    <span className="picture">
      <img
        src={`/api/v1/organisations/${encodeURIComponent(organisation)}/frames/${frame.id}/preview/${size}`}
        alt={told}
        loading="lazy"
        decoding="async"
        onError={() => setBroken(true)}
      />
    </span>
  );
}
