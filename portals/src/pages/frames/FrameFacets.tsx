// What there is to choose from, with counts, and the fields of a search.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef } from "react";
import type { FrameFilter } from "../../api/keys";
import { facetsQuery } from "../../api/queries";
import { count } from "../../parts/format";
import { Failed, Loading } from "../../parts/states";

const FACETS = [
  ["type", "Type"],
  ["filter", "Filter"],
  ["object", "Object"],
  ["telescope", "Telescope"],
  ["night", "Night"],
  ["quality", "Quality"],
] as const;

type Props = { organisation: string; filter: FrameFilter; change: (changed: FrameFilter) => void };

export function FrameFacets({ organisation, filter, change }: Props) {
  const facets = useQuery(facetsQuery(organisation, filter));
  const form = useRef<HTMLFormElement>(null);
  const address = JSON.stringify(filter);
  useEffect(() => {
    form.current?.reset(); // the fields show what the address says, also after going back
    void address;
  }, [address]);

  function sent(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? "").trim() || undefined;
    const where = text("where")
      ?.split(/\n|;/)
      .map((each) => each.trim())
      .filter(Boolean);
    change({
      text: text("text"),
      near: text("near"),
      radius: text("near") && text("radius") ? Number(text("radius")) : undefined,
      first_night: text("first_night"),
      last_night: text("last_night"),
      where: where?.length ? where : undefined,
      crossed: given.get("crossed") ? true : undefined,
    });
  }

  return (
    <aside className="facets" aria-label="Search">
      <form ref={form} onSubmit={sent}>
        <label>
          Words
          <input name="text" type="search" maxLength={500} placeholder="in path, object, observer …" defaultValue={filter.text} />
        </label>
        <div className="row even">
          <label>
            Near
            <input name="near" maxLength={200} placeholder="M31" defaultValue={filter.near} />
          </label>
          <label>
            Radius, °
            <input name="radius" type="number" min={0.01} max={180} step="any" placeholder="0.5" defaultValue={filter.radius} />
          </label>
        </div>
        <div className="row even">
          <label>
            First night
            <input name="first_night" type="date" defaultValue={filter.first_night} />
          </label>
          <label>
            Last night
            <input name="last_night" type="date" defaultValue={filter.last_night} />
          </label>
        </div>
        <label>
          Header, one comparison a line
          <textarea name="where" rows={2} placeholder={"GAIN>1.4\nexposure_s>=30"} defaultValue={filter.where?.join("\n")} />
        </label>
        <label className="check">
          <input name="crossed" type="checkbox" defaultChecked={filter.crossed} />
          Crossed by satellites
        </label>
        <div className="row">
          <button type="submit" className="first">
            Find
          </button>
        </div>
      </form>
      {facets.error ? <Failed error={facets.error} retry={() => void facets.refetch()} /> : null}
      {facets.isPending ? <Loading lines={6} /> : null}
      {FACETS.map(([name, title]) => {
        const values = facets.data?.facets[name] ?? [];
        const chosen = filter[name];
        if (!values.length && !chosen) return null;
        return (
          <fieldset key={name}>
            <legend>{title}</legend>
            {chosen ? (
              <button type="button" className="facet" aria-pressed="true" onClick={() => change({ [name]: undefined })}>
                <bdi>{chosen}</bdi>
                <small aria-label="take it away">×</small>
              </button>
            ) : (
              values
                .filter((each) => each.value !== null)
                .map((each) => (
                  <button
                    key={each.value}
                    type="button"
                    className="facet"
                    aria-pressed="false"
                    onClick={() => change({ [name]: each.value })}
                  >
                    <bdi>{each.value}</bdi>
                    <small>{count(each.count)}</small>
                  </button>
                ))
            )}
          </fieldset>
        );
      })}
    </aside>
  );
}
