// What a package says of itself, and which datasets it holds: for a new draft, and for one that is changed.
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { datasetsQuery } from "../../api/queries";
import { bytes, plural } from "../../parts/format";
import { written } from "../../parts/forms";
import { More } from "../../parts/More";
import { Empty, Failed, Shown } from "../../parts/states";
import { contributorLines, readContributors } from "./contributors";
import { LICENCES } from "./licences";

type Told = Pick<Schemas["PackageVersion"], "title" | "description" | "licence" | "keywords" | "contributors" | "datasets">;
export type Written = Required<Pick<Schemas["NewPackage"], "title" | "description" | "licence" | "keywords" | "contributors" | "datasets">>;
type PackageFormProps = {
  organisation: string;
  told: Partial<Told>;
  act: string;
  save: (written: Written) => void;
  busy: boolean;
  error: Error | null;
};

export function PackageForm({ organisation, told, act, save, busy, error }: PackageFormProps) {
  const datasets = useInfiniteQuery(datasetsQuery(organisation));
  const hasDatasets = datasets.data?.pages.some((page) => page.items.length) ?? false; // a form without one is refused
  const before = told.contributors ?? [];
  return (
    <form
      className="panel form"
      onSubmit={(event) => {
        const { word, list, all } = written(event);
        save({
          title: word("title"),
          description: word("description"),
          licence: word("licence"),
          keywords: list("keywords", /,/),
          contributors: readContributors(word("people"), before),
          datasets: all("dataset"),
        });
      }}
    >
      <label>
        Title
        <input name="title" required maxLength={500} placeholder="Night of 2026-11-20 at Uranienborg" defaultValue={told.title} />
      </label>
      <label>
        Description
        <textarea name="description" rows={4} maxLength={10_000} defaultValue={told.description} />
      </label>
      <label>
        Contributors, one a line; an ORCID iD may follow the name
        <textarea name="people" rows={2} defaultValue={contributorLines(before)} key={contributorLines(before)} />
      </label>
      <label>
        Keywords, with commas between
        <input name="keywords" maxLength={1000} placeholder="photometry, M31" defaultValue={told.keywords?.join(", ")} />
      </label>
      <label>
        Licence
        <select name="licence" defaultValue={told.licence}>
          {LICENCES.map(([id, meaning]) => (
            <option key={id} value={id}>
              {id}: {meaning}
            </option>
          ))}
          {told.licence && !LICENCES.some(([id]) => id === told.licence) ? <option>{told.licence}</option> : null}
        </select>
      </label>
      <fieldset>
        <legend>Datasets</legend>
        <Shown of={datasets} lines={2}>
          {(data) => {
            const items = data.pages.flatMap((page) => page.items);
            const beyond = told.datasets?.filter((slug) => !items.some((each) => each.slug === slug)) ?? [];
            return items.length ? (
              <>
                {items.map((each) => (
                  <label key={each.slug} className="check">
                    <input type="checkbox" name="dataset" value={each.slug} defaultChecked={told.datasets?.includes(each.slug)} />
                    {each.name}
                    <small>
                      {plural(each.file_count, "file")}, {bytes(each.size_bytes)}, {each.state}
                    </small>
                  </label>
                ))}
                {beyond.map((slug) => (
                  <label key={slug} className="check">
                    <input type="checkbox" name="dataset" value={slug} defaultChecked /> {slug}
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
      {error ? <Failed error={error} /> : null}
      <div className="row">
        <button type="submit" className="first" disabled={busy || !hasDatasets}>
          {act}
        </button>
      </div>
    </form>
  );
}
