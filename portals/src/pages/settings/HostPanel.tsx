// A host of the organisation's own for its public page: named, proven by a DNS record, and given up.
import type { Schemas } from "../../api/client";
import { useProveHost, useRemoveHost, useSetHost } from "../../api/webhooks";
import { CopyButton } from "../../parts/CopyButton";
import { written } from "../../parts/forms";
import { Failed } from "../../parts/states";

export function HostPanel({ organisation, look }: { organisation: string; look: Schemas["Portal"] }) {
  const set = useSetHost(organisation);
  const remove = useRemoveHost(organisation);
  const { host } = look;
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
        onSubmit={(event) => set.mutate({ host: written(event).word("host") })}
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
          {host ? (
            <button type="button" disabled={remove.isPending} onClick={() => remove.mutate()}>
              Give {host.host} up
            </button>
          ) : null}
        </div>
      </form>
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
