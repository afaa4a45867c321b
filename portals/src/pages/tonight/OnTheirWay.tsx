// Frames on their way: what watch agents on thin lines show of files that are not here yet; nothing where there are none.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { comingQuery } from "../../api/queries";
import { bytes } from "../../parts/format";
import { Time } from "../../parts/times";
import { useRole } from "../../parts/useRole";

const POLL_MS = 20_000;
const SHOWN = 24;

export function OnTheirWay({ organisation }: { organisation: string }) {
  const { role } = useRole(organisation);
  const isMember = role !== undefined && role !== "guest"; // guests are shown none
  const coming = useQuery({ ...comingQuery(organisation, SHOWN), enabled: isMember, refetchInterval: POLL_MS });
  if (!isMember || !coming.data?.items.length) return null;
  return (
    <section className="panel" aria-label="On their way">
      <div className="panel-head">
        <h2>On their way</h2>
        {coming.data.next_cursor ? <small>The newest {SHOWN}</small> : null}
      </div>
      <ul className="thumbs">
        {coming.data.items.map((frame) => (
          <li key={frame.id}>
            <Frame frame={frame} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Frame({ frame }: { frame: Schemas["ComingFrame"] }) {
  const [broken, setBroken] = useState(false);
  const name = frame.path.split("/").pop() ?? "";
  return (
    <figure title={`${frame.path}, from ${frame.agent}`}>
      {broken || !frame.preview ? (
        <span className="picture none">no preview</span>
      ) : (
        <span className="picture">
          <img
            src={frame.preview}
            alt={`${frame.object ?? "Frame"}, ${name}`}
            loading="lazy"
            decoding="async"
            onError={() => setBroken(true)}
          />
        </span>
      )}
      <figcaption>
        <span>{name}</span>
        <small>
          <Time at={frame.announced_at} /> {bytes(frame.size_bytes)}
        </small>
      </figcaption>
    </figure>
  );
}
