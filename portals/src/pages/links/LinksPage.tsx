// Links: what is shown to people without an account, for how long, and taken back at once.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useMakeLink, useRevokeLink } from "../../api/mutations";
import { datasetsQuery, linksQuery } from "../../api/queries";
import { CopyButton } from "../../parts/CopyButton";
import { NamedOptions } from "../../parts/NamedOptions";
import { count } from "../../parts/format";
import { More } from "../../parts/More";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed, Shown } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { Time } from "../../parts/times";

export default function LinksPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/links" });
  const search = useSearch({ from: "/inside/$organisation/links" });
  const links = useInfiniteQuery(linksQuery(organisation));
  const revoke = useRevokeLink(organisation);
  return (
    <>
      <PageHead title="Links" under="Who has one sees what it shows, without an account, until it is revoked" />
      <NewLink key={search.dataset} organisation={organisation} given={search.dataset} />
      {revoke.error ? <Failed error={revoke.error} /> : null}
      <Shown of={links}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          return items.length ? (
            <section className="panel">
              <div className="scroll" tabIndex={0} role="group" aria-label="Links">
                <table>
                  <thead>
                    <tr>
                      <th>Link</th>
                      <th>Shows</th>
                      <th>State</th>
                      <th className="num">Downloads</th>
                      <th>Ends</th>
                      <th>
                        <span className="unseen">Revoke</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((each) => (
                      <tr key={each.id}>
                        <td>
                          {each.name} <small>…{each.hint}</small>
                        </td>
                        <td>{each.dataset ?? each.folder ?? each.package}</td>
                        <td>
                          <span className={`badge ${each.state === "works" ? "published" : "withdrawn"}`}>{each.state}</span>
                        </td>
                        <td className="num">
                          {count(each.downloads)}
                          {each.downloads_allowed ? ` of ${count(each.downloads_allowed)}` : ""}
                        </td>
                        <td>{each.expires_at ? <Time at={each.expires_at} date /> : "never"}</td>
                        <td>
                          {each.state === "works" ? (
                            <Sure
                              name="Revoke"
                              label={`Revoke ${each.name}`}
                              title={`Revoke ${each.name}?`}
                              disabled={revoke.isPending}
                              act={() => revoke.mutate(each.id)}
                            >
                              <p>Who has it sees nothing any more, at once, and it cannot be brought back.</p>
                            </Sure>
                          ) : null}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              <More of={links} />
            </section>
          ) : (
            <Empty title="No link yet">
              <p>Make one for a referee, a student or the press: choose a dataset above.</p>
            </Empty>
          );
        }}
      </Shown>
    </>
  );
}

function NewLink({ organisation, given }: { organisation: string; given: string | undefined }) {
  const [dataset, setDataset] = useState(given ?? "");
  const datasets = useInfiniteQuery(datasetsQuery(organisation));
  const make = useMakeLink(organisation);
  const items = datasets.data?.pages.flatMap((page) => page.items) ?? [];
  const isBeyond = dataset !== "" && !items.some((each) => each.slug === dataset);

  function sent(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const written = new FormData(event.currentTarget);
    make.mutate({
      name: String(written.get("name")),
      dataset,
      days: Number(written.get("days")),
      password: String(written.get("password")) || null,
      anonymous: written.has("anonymous"),
    });
  }

  return (
    <section className="panel" aria-label="New link">
      <form className="row" onSubmit={sent}>
        <label>
          For whom
          <input name="name" required maxLength={200} placeholder="The referee of paper II" />
        </label>
        <label>
          Dataset
          {/* Never one that nobody chose: a link shows it to strangers. */}
          <select name="dataset" required value={dataset} onChange={(event) => setDataset(event.target.value)}>
            <option value="" disabled>
              Choose one
            </option>
            {isBeyond ? <option value={dataset}>{dataset}</option> : null}
            <NamedOptions of={items} />
          </select>
        </label>
        <More of={datasets} />
        <label>
          Days it works
          <input name="days" type="number" className="short" required min={1} max={365} defaultValue={90} />
        </label>
        <label>
          Password, if any
          <input name="password" type="password" minLength={8} maxLength={1000} autoComplete="new-password" />
        </label>
        <label className="check">
          <input type="checkbox" name="anonymous" /> without our names
        </label>
        <button type="submit" className="first" disabled={make.isPending}>
          Make a link
        </button>
      </form>
      {make.error ? <Failed error={make.error} /> : null}
      {make.data ? (
        <p className="row" role="status">
          <span className="grow">Copy it now: it is shown this once.</span>
          <code className="words">{make.data.url}</code>
          <CopyButton name="Copy the link" text={make.data.url} />
        </p>
      ) : null}
    </section>
  );
}
