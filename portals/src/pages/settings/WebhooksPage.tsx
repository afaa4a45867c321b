// Webhooks: who is told of what happens, and what became of each message.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useAddWebhook, useChangeWebhook, usePing, useRemoveWebhook, useRotate, webhooksQuery } from "../../api/webhooks";
import { written } from "../../parts/forms";
import { Listed } from "../../parts/Listed";
import { PageHead } from "../../parts/PageHead";
import { Secret } from "../../parts/Secret";
import { Empty, Failed } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { useRole } from "../../parts/useRole";
import { Deliveries } from "./Deliveries";

export default function WebhooksPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/settings" });
  const { role, isAdmin } = useRole(organisation);
  if (role && !isAdmin)
    return (
      <>
        <PageHead title="Webhooks" />
        <Empty title="For administrators">
          <p>Owners and administrators register webhooks. You are a {role}: ask one of them.</p>
        </Empty>
      </>
    );
  return <Webhooks organisation={organisation} />;
}

function Webhooks({ organisation }: { organisation: string }) {
  const webhooks = useInfiniteQuery(webhooksQuery(organisation));
  const add = useAddWebhook(organisation);
  return (
    <>
      <PageHead title="Webhooks" under="Signed messages to an address of yours when something happens" />
      <section className="panel" aria-label="New webhook">
        <form
          className="row"
          onSubmit={(event) => {
            const { word, list, form } = written(event);
            add.mutate(
              { url: word("url"), kinds: list("kinds"), description: word("description") },
              { onSuccess: () => form.reset() },
            );
          }}
        >
          <label className="grow">
            Address
            <input name="url" type="url" required maxLength={2000} placeholder="https://hooks.example.org/uraniborg" />
          </label>
          <label>
            Kinds of events, with commas between; empty: all
            <input name="kinds" maxLength={3000} placeholder="package.published" />
          </label>
          <label>
            What it is for
            <input name="description" maxLength={500} />
          </label>
          <button type="submit" className="first" disabled={add.isPending}>
            Register
          </button>
        </form>
        {add.error ? <Failed error={add.error} /> : null}
        {add.data ? <Secret what="Messages are signed with this secret." text={add.data.secret} /> : null}
      </section>
      <Listed
        of={webhooks}
        empty={
          <Empty title="No webhook yet">
            <p>Register one, for a chat room or your own pipeline.</p>
          </Empty>
        }
      >
        {(items) => items.map((each) => <One key={each.id} organisation={organisation} webhook={each} />)}
      </Listed>
    </>
  );
}

function One({ organisation, webhook }: { organisation: string; webhook: Schemas["Webhook"] }) {
  const change = useChangeWebhook(organisation, webhook.id);
  const remove = useRemoveWebhook(organisation, webhook.id);
  const ping = usePing(organisation, webhook.id);
  const rotate = useRotate(organisation, webhook.id);
  const [log, showLog] = useState(false);
  const wrong = change.error ?? remove.error ?? ping.error ?? rotate.error;
  return (
    <section className="panel" aria-label={webhook.url}>
      <div className="panel-head">
        <h2 className="words">{webhook.url}</h2>
        <span className={webhook.state === "active" ? "badge published" : "badge withdrawn"}>{webhook.state}</span>
      </div>
      {webhook.description ? <p className="words">{webhook.description}</p> : null}
      <p>
        <small>{webhook.kinds.join(", ") || "all kinds of events"}</small>
      </p>
      {webhook.disabled_reason ? <p className="problems">{webhook.disabled_reason}</p> : null}
      {wrong ? <Failed error={wrong} /> : null}
      {rotate.data ? <Secret what="The new secret; the old one signs as well for 24 hours." text={rotate.data.secret} /> : null}
      {ping.data ? (
        <p role="status" className={ping.data.delivered ? "" : "problems"}>
          {ping.data.delivered ? `It answered ${ping.data.status} in ${ping.data.duration_ms} ms.` : `It did not arrive: ${ping.data.error}`}
        </p>
      ) : null}
      <div className="row">
        <button type="button" disabled={ping.isPending} onClick={() => ping.mutate()}>
          {ping.isPending ? "Asking …" : "Try it"}
        </button>
        <button type="button" aria-expanded={log} onClick={() => showLog(!log)}>
          {log ? "Hide the deliveries" : "Show the deliveries"}
        </button>
        <button type="button" disabled={change.isPending} onClick={() => change.mutate({ enabled: webhook.state !== "active" })}>
          {webhook.state === "active" ? "Disable" : "Enable"}
        </button>
        <Sure name="New secret" title="Make a new secret?" disabled={rotate.isPending} act={() => rotate.mutate()}>
          <p>Messages carry signatures of both for 24 hours, so that the receiver can change.</p>
        </Sure>
        <Sure
          name="Remove"
          title="Remove this webhook?"
          disabled={remove.isPending}
          act={() => {
            showLog(false); // nobody asks for the log of what is no more
            remove.mutate();
          }}
        >
          <p className="words">{webhook.url} is told nothing any more.</p>
        </Sure>
      </div>
      {log ? <Deliveries organisation={organisation} webhook={webhook.id} /> : null}
    </section>
  );
}
