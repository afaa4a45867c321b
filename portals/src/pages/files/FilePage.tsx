// One file of whatever kind: what it is, and what is in it, as far as that can be shown without running anything.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { contentAddress } from "../../api/client";
import { fileQuery } from "../../api/queries";
import { CopyButton } from "../../parts/CopyButton";
import { bytes } from "../../parts/format";
import { PageHead } from "../../parts/PageHead";
import { Shown } from "../../parts/states";
import { Time } from "../../parts/times";
import { Contents } from "./Contents";
import { plain } from "./plain";

export default function FilePage() {
  const { organisation, file: id } = useParams({ from: "/inside/$organisation/files/$file" });
  const file = useQuery(fileQuery(organisation, id));
  return (
    <Shown of={file} lines={10} page>
      {(told) => (
        <>
          <PageHead
            title={plain(told.path.split("/").pop() ?? told.path)}
            under={
              <>
                <bdi>{plain(told.path)}</bdi> · {told.media_type} · <Time at={told.created_at} date />
              </>
            }
          >
            <CopyButton name="Copy as CLI" text={`uraniborg get ${told.id}`} />
            {told.frame ? (
              <Link className="button" to="/$organisation/frames/$frame" params={{ organisation, frame: told.frame }}>
                Its frame
              </Link>
            ) : null}
            <a className="button first" href={contentAddress(organisation, id)} download>
              <Download size={16} aria-hidden="true" /> {bytes(told.size_bytes)}
            </a>
          </PageHead>
          {told.problems.length ? (
            <ul className="problems">
              {told.problems.map((problem) => (
                <li key={problem.code + problem.detail}>{problem.detail}</li>
              ))}
            </ul>
          ) : null}
          <section className="panel" aria-label="Contents">
            <Contents organisation={organisation} file={told} />
          </section>
        </>
      )}
    </Shown>
  );
}
