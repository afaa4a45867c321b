// A host of the organisation's own for its public page: named, proven by a DNS record, and given up.
import { useRef, useState } from "react";
import type { Schemas } from "../../api/client";
import { useProveHost, useRemoveHost, useSetHost } from "../../api/webhooks";
import { CopyButton } from "../../parts/CopyButton";
import { written } from "../../parts/forms";
import { Failed } from "../../parts/states";
import { Question, Sure } from "../../parts/Sure";

export function HostPanel({ organisation, look }: { organisation: string; look: Schemas["Portal"] }) {
  const set = useSetHost(organisation);
  const remove = useRemoveHost(organisation);
  const { host } = look;
  const asked = useRef<HTMLDialogElement>(null);
  const [another, setAnother] = useState("");
  return (
    <section className="panel form" aria-label="Own host">
      <div className="panel-head">
        <h2>Own host</h2>
        {host ? (
          <span className={host.proven_at ? "badge published" : "badge"}>{host.proven_at ? "proven" : "not proven"}</span>
        ) : null}
      </div>
      {host?.proven_at ? (
        <p>
          The public page is at <a href={host.address}>{host.address}</a>
          {look.is_public ? "." : " once everybody may see it."}
        </p>
      ) : null}
      {host && !host.proven_at ? <Proof organisation={organisation} host={host} /> : null}
      <form
        className="entry-form"
        onSubmit={(event) => {
          const named = written(event).word("host");
          setAnother(named);
          if (host?.proven_at) asked.current?.showModal();
          else set.mutate({ host: named });
        }}
        key={host?.host}
      >
        <label>
          {host ? "Another one" : "Name of a host of yours; the page is shown there, and nothing else"}
          <input name="host" required maxLength={253} placeholder="data.myobservatory.org" autoCapitalize="none" />
        </label>
        {set.error ? <Failed error={set.error} /> : null}
        {remove.error ? <Failed error={remove.error} /> : null}
        <div className="row">
          <button type="submit" disabled={set.isPending}>
            Name it
          </button>
        </div>
      </form>
      {host ? (
        <>
          <Question dialog={asked} title={`Leave ${host.host} for ${another}?`} yes="Name it" act={() => set.mutate({ host: another })}>
            <p>The public page is no longer at {host.host}, at once; at {another} it is once that is proven.</p>
          </Question>
          <div className="row">
            <Sure
              name={`Give ${host.host} up`}
              title={`Give ${host.host} up?`}
              disabled={remove.isPending}
              act={() => remove.mutate()}
            >
              <p>{host.proven_at ? "The public page is no longer there, at once. " : ""}To have it again, it has to be proven anew.</p>
            </Sure>
          </div>
        </>
      ) : null}
    </section>
  );
}

function Proof({ organisation, host }: { organisation: string; host: Schemas["PortalHost"] }) {
  const prove = useProveHost(organisation);
  return (
    <>
      <p>
        Lead {host.host} to this service, and set a TXT record where you keep its DNS, so that it is known to be yours:
      </p>
      <dl className="record">
        <dt>Name</dt>
        <dd>
          <code>{host.record_name}</code> <CopyButton name="Copy the name" text={host.record_name} />
        </dd>
        <dt>Value</dt>
        <dd>
          <code>{host.record_value}</code> <CopyButton name="Copy the value" text={host.record_value} />
        </dd>
      </dl>
      {prove.error ? <Failed error={prove.error} /> : null}
      <div className="row">
        <button type="button" className="first" disabled={prove.isPending} onClick={() => prove.mutate()}>
          {prove.isPending ? "Looking it up …" : "Look it up"}
        </button>
      </div>
    </>
  );
}
