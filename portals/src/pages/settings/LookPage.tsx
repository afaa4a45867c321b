// How the organisation looks to the public, and whether it is seen at all.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { lookQuery, useSetLook } from "../../api/webhooks";
import { written } from "../../parts/forms";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed, Shown } from "../../parts/states";
import { useRole } from "../../parts/useRole";
import { HostPanel } from "./HostPanel";
import { LogoPanel } from "./LogoPanel";

export default function LookPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/settings" });
  const { role, isAdmin, isOwner } = useRole(organisation);
  const look = useQuery({ ...lookQuery(organisation), enabled: isAdmin });
  return (
    <>
      <PageHead title="Public portal" under="One page for the world: who observes, with what, and what was published" />
      {role && !isAdmin ? (
        <Empty title="For administrators">
          <p>Owners and administrators look after it. You are a {role}: ask one of them.</p>
        </Empty>
      ) : (
        <Shown of={look}>
          {(data) => (
            <>
              <Look organisation={organisation} look={data} key={data.changed_at} />
              {isOwner ? <LogoPanel organisation={organisation} look={data} /> : null}
              {isOwner ? <HostPanel organisation={organisation} look={data} /> : null}
            </>
          )}
        </Shown>
      )}
    </>
  );
}

function Look({ organisation, look }: { organisation: string; look: Schemas["Portal"] }) {
  const { isOwner } = useRole(organisation);
  const set = useSetLook(organisation);
  return (
    <form
      className="panel form"
      onSubmit={(event) => {
        const { word, has } = written(event);
        set.mutate({
          is_public: has("public"),
          title: word("title"),
          text: word("text"),
          colour: word("colour"),
          second_colour: word("second"),
        });
      }}
    >
      <div className="panel-head">
        <h2>{look.is_public ? <a href={look.address}>{look.address}</a> : look.address}</h2>
        <span className={look.is_public ? "badge published" : "badge"}>{look.is_public ? "public" : "not public"}</span>
      </div>
      <fieldset disabled={!isOwner} className="entry-form">
        <label className="check">
          <input type="checkbox" name="public" defaultChecked={look.is_public} /> Everybody may see it
        </label>
        <label>
          Title; empty: the organisation&apos;s name
          <input name="title" maxLength={200} defaultValue={look.title} />
        </label>
        <label>
          Text; a blank line begins a paragraph
          <textarea name="text" rows={7} maxLength={20_000} defaultValue={look.text} />
        </label>
        <div className="row">
          <label>
            Colour of the logo
            <input name="colour" type="color" defaultValue={look.colour} />
          </label>
          <label>
            Second colour
            <input name="second" type="color" defaultValue={look.second_colour} />
          </label>
        </div>
        {set.error ? <Failed error={set.error} /> : null}
        {isOwner ? (
          <div className="row">
            <button type="submit" className="first" disabled={set.isPending}>
              Save
            </button>
          </div>
        ) : (
          <p>Only owners change it.</p>
        )}
      </fieldset>
    </form>
  );
}
