// Closing the observatory, after its name was typed once more; and reopening it.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { organisationQuery, useClose, useReopen } from "../../api/closing";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed, Shown } from "../../parts/states";
import { Time } from "../../parts/times";
import { useRole } from "../../parts/useRole";

export default function ClosingPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/settings" });
  const { isOwner } = useRole(organisation);
  const itself = useQuery(organisationQuery(organisation));
  return (
    <>
      <PageHead title="Closing" under="Nothing new is taken; what is stored can be read and exported for a while, then it is deleted" />
      <Shown of={itself}>
        {(data) => (
          <section className="panel" aria-label="Close the observatory">
            {data.closed_at ? <Closed organisation={data} isOwner={isOwner} /> : null}
            {!data.closed_at && isOwner ? <Close organisation={organisation} /> : null}
            {!data.closed_at && !isOwner ? (
              <Empty title="For owners">
                <p>Only an owner closes the observatory.</p>
              </Empty>
            ) : null}
          </section>
        )}
      </Shown>
    </>
  );
}

function Close({ organisation }: { organisation: string }) {
  const close = useClose(organisation);
  const [typed, setTyped] = useState("");
  return (
    <>
      <h2>Close the observatory</h2>
      <p>
        From then on nothing new is taken, nobody is invited, nothing is changed, and a subscription ends. Until its grace is over
        everything can be read, exported and deleted, and you can reopen it. Afterwards the files are deleted, those of teams it
        hosts too; published packages stay. Owners hear of it a week and a day before.
      </p>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          close.mutate(typed);
        }}
      >
        <label>
          To close it, type {organisation}
          <input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" maxLength={64} />
        </label>
        <button type="submit" disabled={typed !== organisation || close.isPending}>
          Close the observatory
        </button>
      </form>
      {close.error ? <Failed error={close.error} /> : null}
    </>
  );
}

function Closed({ organisation, isOwner }: { organisation: Schemas["Organisation"]; isOwner: boolean }) {
  const reopen = useReopen(organisation.slug);
  return (
    <>
      <h2>The observatory is closed</h2>
      <p className="note bad" role="status">
        Closed since <Time at={organisation.closed_at} date />. Its files can be read and exported until{" "}
        <Time at={organisation.removal_at} date />; afterwards they are deleted.
      </p>
      {isOwner ? (
        <button type="button" className="first" disabled={reopen.isPending} onClick={() => reopen.mutate()}>
          Reopen it
        </button>
      ) : null}
      {reopen.error ? <Failed error={reopen.error} /> : null}
    </>
  );
}
