// A draft that is changed before it is published, and the next version of what is published already.
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useChangeDraft, useNewVersion } from "../../api/datasets";
import { Failed } from "../../parts/states";
import { PackageForm } from "./PackageForm";

type DraftingProps = { organisation: string; slug: string; version: Schemas["PackageVersion"] };

export function EditDraft({ organisation, slug, version }: DraftingProps) {
  const [open, setOpen] = useState(false);
  const change = useChangeDraft(organisation, slug, version.version);
  if (!open)
    return (
      <div className="row">
        <button type="button" onClick={() => setOpen(true)}>
          Edit the draft
        </button>
      </div>
    );
  return (
    <>
      <PackageForm
        organisation={organisation}
        told={version}
        act="Save the draft"
        busy={change.isPending}
        error={change.error}
        save={(told) => change.mutate(told, { onSuccess: () => setOpen(false) })}
      />
      <div className="row">
        <button type="button" onClick={() => setOpen(false)}>
          Leave it as it is
        </button>
      </div>
    </>
  );
}

export function NewVersion({ organisation, slug }: { organisation: string; slug: string }) {
  const add = useNewVersion(organisation, slug);
  return (
    <>
      <button type="button" disabled={add.isPending} onClick={() => add.mutate()}>
        Draft a new version
      </button>
      {add.error ? <Failed error={add.error} /> : null}
    </>
  );
}
