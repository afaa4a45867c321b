// Drafting a package: which datasets, what it is called, who made it, and what may be done with it.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useMakePackage } from "../../api/mutations";
import { datasetsQuery, meQuery } from "../../api/queries";
import { bytes, plural } from "../../parts/format";
import { More } from "../../parts/More";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed, Shown } from "../../parts/states";
import { LICENCES } from "./licences";

export default function NewPackagePage() {
  const { organisation } = useParams({ from: "/inside/$organisation/packages/new" });
  const search = useSearch({ from: "/inside/$organisation/packages/new" });
  const navigate = useNavigate();
  const me = useQuery(meQuery);
  const datasets = useInfiniteQuery(datasetsQuery(organisation));
  const make = useMakePackage(organisation);
  const hasDatasets = datasets.data?.pages.some((page) => page.items.length) ?? false; // a form without one is refused

  function sent(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const lines = (name: string, by: RegExp) =>
      String(given.get(name))
        .split(by)
        .map((each) => each.trim())
        .filter(Boolean);
    make.mutate(
      {
        title: String(given.get("title")),
        description: String(given.get("description")),
        licence: String(given.get("licence")),
        keywords: lines("keywords", /,/),
        contributors: lines("people", /\n/).map((name) => ({ name })),
        datasets: given.getAll("dataset").map(String),
      },
      {
        onSuccess: (made) =>
          void navigate({ to: "/$organisation/packages/$package", params: { organisation, package: made.slug } }),
      },
    );
  }

  return (
    <>
      <PageHead title="New package" under="A draft first: nothing is published until you say so" />
      <form className="panel form" onSubmit={sent}>
        <label>
          Title
          <input name="title" required maxLength={500} placeholder="Night of 2026-11-20 at Uranienborg" />
        </label>
        <label>
          Description
          <textarea name="description" rows={4} maxLength={10_000} />
        </label>
        <label>
          Contributors, one a line
          <textarea name="people" rows={2} defaultValue={me.data?.name} key={me.data?.name} />
        </label>
        <label>
          Keywords, with commas between
          <input name="keywords" maxLength={1000} placeholder="photometry, M31" />
        </label>
        <label>
          Licence
          <select name="licence">
            {LICENCES.map(([id, told]) => (
              <option key={id} value={id}>
                {id}: {told}
              </option>
            ))}
          </select>
        </label>
        <fieldset>
          <legend>Datasets</legend>
          <Shown of={datasets} lines={2}>
            {(data) => {
              const items = data.pages.flatMap((page) => page.items);
              return items.length ? (
                <>
                  {items.map((each) => (
                    <label key={each.slug} className="check">
                      <input type="checkbox" name="dataset" value={each.slug} defaultChecked={each.slug === search.dataset} />
                      {each.name}
                      <small>
                        {plural(each.file_count, "file")}, {bytes(each.size_bytes)}, {each.state}
                      </small>
                    </label>
                  ))}
                  <More of={datasets} />
                </>
              ) : (
                <Empty title="No dataset yet">
                  <p>Select frames first, and make a dataset of them.</p>
                </Empty>
              );
            }}
          </Shown>
        </fieldset>
        {make.error ? <Failed error={make.error} /> : null}
        <div className="row">
          <button type="submit" className="first" disabled={make.isPending || !hasDatasets}>
            Make the draft
          </button>
        </div>
      </form>
    </>
  );
}
