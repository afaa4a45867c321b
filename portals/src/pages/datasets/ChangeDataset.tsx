// What of a dataset can be changed: its words, its rule, whether it still grows, and frames that are added to it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { frameCountQuery, useAddFound, useChangeDataset, useCloseDataset } from "../../api/datasets";
import type { FrameFilter } from "../../api/keys";
import { count, plural } from "../../parts/format";
import { written } from "../../parts/forms";
import { Empty, Failed, Shown } from "../../parts/states";
import { RuleFields, ruleOf } from "./RuleFields";

type ChangeProps = { organisation: string; dataset: Schemas["Dataset"] };

export function ChangeDataset({ organisation, dataset }: ChangeProps) {
  const change = useChangeDataset(organisation, dataset.slug);
  const close = useCloseDataset(organisation, dataset.slug);
  const wrong = change.error ?? close.error;
  const isOpen = dataset.state === "open";
  return (
    <details className="panel">
      <summary>Change it</summary>
      <form
        className="entry-form"
        onSubmit={(event) => {
          const given = written(event);
          change.mutate({ name: given.word("name"), description: given.word("description"), rule: ruleOf(given) });
        }}
      >
        <label>
          Name
          <input name="name" required maxLength={200} defaultValue={dataset.name} />
        </label>
        <label>
          Description
          <textarea name="description" rows={3} maxLength={10_000} defaultValue={dataset.description} />
        </label>
        <fieldset>
          <legend>Frames that match all of this join by themselves; empty: none</legend>
          <RuleFields organisation={organisation} rule={dataset.rule} />
        </fieldset>
        {wrong ? <Failed error={wrong} /> : null}
        {change.isSuccess ? <p role="status">Saved.</p> : null}
        <div className="row">
          <button type="submit" className="first" disabled={change.isPending}>
            Save
          </button>
          <button type="button" disabled={close.isPending} onClick={() => close.mutate(isOpen ? "closed" : "open")}>
            {isOpen ? "Close it: nothing joins any more" : "Open it again"}
          </button>
        </div>
      </form>
    </details>
  );
}

/** Finds frames by a few words, tells how many there are, and adds them all. */
export function AddFrames({ organisation, dataset }: ChangeProps) {
  const [filter, setFilter] = useState<FrameFilter | null>(null);
  const found = useQuery({ ...frameCountQuery(organisation, filter ?? {}), enabled: filter !== null });
  const add = useAddFound(organisation, dataset.slug);
  return (
    <details className="panel">
      <summary>Add frames</summary>
      <form
        className="entry-form"
        onSubmit={(event) => {
          const rule = ruleOf(written(event));
          add.reset();
          setFilter({
            object: rule?.object ?? undefined,
            type: rule?.frame_type ?? undefined,
            filter: rule?.filter ?? undefined,
            telescope: rule?.telescope ?? undefined,
            night: rule?.night ?? undefined,
          });
        }}
      >
        <RuleFields organisation={organisation} />
        <div className="row">
          <button type="submit">Find them</button>
        </div>
      </form>
      {add.error ? <Failed error={add.error} /> : null}
      {add.data === undefined ? null : <p role="status">{plural(add.data, "frame")} are in it now.</p>}
      {filter && add.data === undefined ? (
        <Shown of={found} lines={1}>
          {({ count: total }) =>
            total ? (
              <div className="row" role="status">
                <button type="button" className="first" disabled={add.isPending} onClick={() => add.mutate(filter)}>
                  {add.isPending ? "Adding …" : `Add ${plural(total, "frame")}`}
                </button>
              </div>
            ) : (
              <Empty title={`${count(0)} frames are like that`}>
                <p>Ask for less.</p>
              </Empty>
            )
          }
        </Shown>
      ) : null}
    </details>
  );
}
