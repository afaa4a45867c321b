// Bringing files in with the browser: whose they are, which are on their way, and which did not arrive last time.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { keys } from "../../api/keys";
import { instrumentsQuery, telescopesQuery } from "../../api/queries";
import { NamedOptions } from "../../parts/NamedOptions";
import { bytes, plural } from "../../parts/format";
import { FRAME_TYPES } from "../../parts/frameTypes";
import { PageHead } from "../../parts/PageHead";
import { Shown } from "../../parts/states";
import { DropZone } from "../../upload/DropZone";
import { targetName } from "../../upload/doors";
import { forgetUnfinished, recallUnfinished, type Unfinished } from "../../upload/memory";
import { addUploads, onArrival, useUploads } from "../../upload/queue";
import { UploadList } from "../../upload/UploadList";
import "../../upload/upload.css";

export default function UploadPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/upload" });
  const queries = useQueryClient();
  const telescopes = useQuery(telescopesQuery(organisation));
  const instruments = useQuery(instrumentsQuery(organisation));
  const files = useUploads().filter((each) => "organisation" in each.target && each.target.organisation === organisation);
  const form = useRef<HTMLFormElement>(null);
  const [telescope, setTelescope] = useState("");
  const only = telescopes.data?.items.length === 1 ? telescopes.data.items[0]?.slug : undefined;
  const chosen = telescope || only || "";

  useEffect(
    () => onArrival(() => void queries.invalidateQueries({ queryKey: keys.organisation(organisation) })),
    [queries, organisation],
  );

  function take(found: { path: string; file: File }[]) {
    const given = new FormData(form.current ?? undefined);
    const word = (name: string) => String(given.get(name) ?? "").trim() || undefined;
    const frame_type = FRAME_TYPES.find((each) => each === word("frame_type"));
    const terms = { telescope: chosen || undefined, instrument: word("instrument"), frame_type, dataset: word("dataset") };
    addUploads({ organisation, ...terms }, found);
  }

  return (
    <>
      <PageHead title="Upload" under="Straight to the store, each file verified by its checksum">
        <Link className="button" to="/$organisation/frames" params={{ organisation }} search={{}}>
          Frames
        </Link>
      </PageHead>
      <form ref={form} className="row" onSubmit={(event) => event.preventDefault()}>
        <label>
          Telescope
          <select name="telescope" value={chosen} onChange={(event) => setTelescope(event.target.value)}>
            <option value="">As the headers say</option>
            <NamedOptions of={telescopes.data?.items} />
          </select>
        </label>
        <label>
          Instrument
          <select name="instrument">
            <option value="">As the headers say</option>
            <NamedOptions of={instruments.data?.items.filter((each) => !chosen || each.telescope === chosen)} />
          </select>
        </label>
        <label>
          Type, where headers tell none
          <select name="frame_type">
            <option value="">None</option>
            {FRAME_TYPES.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label>
          Dataset, made if there is none
          <input name="dataset" maxLength={200} placeholder="2026-11-20 M31" />
        </label>
      </form>
      <Shown of={telescopes}>
        {() => <DropZone what="Drop files or folders here. What the observatory has already is not sent again." take={take} />}
      </Shown>
      <LeftOver organisation={organisation} busy={files.length} />
      <UploadList files={files} />
    </>
  );
}

/** What an earlier life of this page did not bring to its end. */
function LeftOver({ organisation, busy }: { organisation: string; busy: number }) {
  const target = targetName({ organisation });
  const [left, setLeft] = useState<Unfinished[]>([]);
  useEffect(() => {
    if (!busy) void recallUnfinished(target).then(setLeft);
  }, [target, busy]);
  if (busy || !left.length) return null;
  const forget = () => void Promise.all(left.map((each) => forgetUnfinished(target, each.path))).then(() => setLeft([]));
  return (
    <section className="panel" aria-label="Not arrived">
      <div className="panel-head">
        <h2>{plural(left.length, "file")} did not arrive last time</h2>
        <small>{bytes(left.reduce((sum, each) => sum + each.size, 0))}</small>
      </div>
      <p>Choose them again: what arrived is not sent again, of large files not even the parts that arrived.</p>
      <ul>
        {left.slice(0, 8).map((each) => (
          <li key={each.key}>
            <bdi>{each.path}</bdi> <small>{bytes(each.size)}</small>
          </li>
        ))}
      </ul>
      <div className="row">
        <button type="button" onClick={forget}>
          Forget them
        </button>
      </div>
    </section>
  );
}
