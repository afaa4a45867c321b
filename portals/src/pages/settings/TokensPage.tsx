// Tokens: made with no more than they need, shown once, revoked at once.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { tokensQuery, useMakeToken, useRevokeToken } from "../../api/account";
import { written } from "../../parts/forms";
import { Listed } from "../../parts/Listed";
import { PageHead } from "../../parts/PageHead";
import { Secret } from "../../parts/Secret";
import { Empty, Failed } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";
import { SCOPES } from "./scopes";

export default function TokensPage() {
  const tokens = useInfiniteQuery(tokensQuery);
  const revoke = useRevokeToken();
  return (
    <>
      <PageHead title="Tokens" under="For scripts, the command line and telescope computers: what one may do, and until when" />
      <NewToken />
      {revoke.error ? <Failed error={revoke.error} /> : null}
      <section className="panel" aria-label="Tokens">
        <Listed
          of={tokens}
          empty={
            <Empty title="No token yet">
              <p>
                Make one above, or run <code>uraniborg login</code>.
              </p>
            </Empty>
          }
        >
          {(items) => (
            <Table name="Tokens" heads={["Token", "May", "Made", "Last used", "Ends", { unseen: "Revoke" }]}>
              {items.map((each) => (
                <tr key={each.id}>
                  <td>
                    <bdi>{each.name}</bdi> <small>…{each.hint}</small>
                  </td>
                  <td className="path">{each.scopes.length > 6 ? `${each.scopes.length} scopes` : each.scopes.join(", ") || "nothing"}</td>
                  <td>
                    <Time at={each.created_at} date />
                  </td>
                  <td>{each.last_used_at ? <Time at={each.last_used_at} date /> : "never"}</td>
                  <td>{each.expires_at ? <Time at={each.expires_at} date /> : "never"}</td>
                  <td>
                    {each.revoked_at ? (
                      <span className="badge withdrawn">revoked</span>
                    ) : (
                      <Sure
                        name="Revoke"
                        label={`Revoke ${each.name}`}
                        title={`Revoke ${each.name}?`}
                        disabled={revoke.isPending}
                        act={() => revoke.mutate(each.id)}
                      >
                        <p>Whatever uses it stops at once, and it cannot be brought back.</p>
                      </Sure>
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </Listed>
      </section>
    </>
  );
}

function NewToken() {
  const { organisation } = useParams({ from: "/inside/$organisation/settings" });
  const make = useMakeToken();
  const [kind, setKind] = useState("scopes");
  const [isEmpty, setEmpty] = useState(false);
  return (
    <section className="panel" aria-label="New token">
      <form
        className="entry-form"
        onChange={() => setEmpty(false)}
        onSubmit={(event) => {
          const { word, number, all, has } = written(event);
          const without = kind === "scopes" && !all("scope").length;
          setEmpty(without);
          if (without) return;
          make.mutate({
            name: word("name"),
            kind: kind === "upload-only" ? "upload-only" : "personal",
            scopes: kind === "scopes" ? all("scope") : null,
            organisation: has("bound") || kind === "upload-only" ? organisation : null,
            expires_in_days: number("days"),
          });
        }}
      >
        <div className="row">
          <label>
            What it is for
            <input name="name" required maxLength={200} placeholder="Reduction script" />
          </label>
          <label>
            It may
            <select name="kind" value={kind} onChange={(event) => setKind(event.target.value)}>
              <option value="scopes">do what is chosen below</option>
              <option value="upload-only">only send files: for a telescope's computer</option>
              <option value="all">do all that I may</option>
            </select>
          </label>
          <label>
            Days until it ends; empty: never
            <input name="days" type="number" className="short" min={1} max={3650} defaultValue={90} />
          </label>
          <label className="check">
            <input type="checkbox" name="bound" defaultChecked /> in {organisation} alone
          </label>
        </div>
        {kind === "scopes" ? (
          <fieldset>
            <legend>Scopes</legend>
            <div className="scopes" tabIndex={0} role="group" aria-label="Scopes">
              {SCOPES.map(([scope, told]) => (
                <label key={scope} className="check">
                  <input type="checkbox" name="scope" value={scope} defaultChecked={scope === "files:read"} />
                  <span>
                    {scope} <small>{told}</small>
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
        ) : null}
        {isEmpty ? (
          <p className="wrong" role="alert">
            Nothing is chosen that it may do: choose a scope.
          </p>
        ) : null}
        <div className="row">
          <button type="submit" className="first" disabled={make.isPending}>
            Make a token
          </button>
        </div>
      </form>
      {make.error ? <Failed error={make.error} /> : null}
      {make.data ? <Secret what={`The token ${make.data.name}.`} text={make.data.secret} /> : null}
    </section>
  );
}
