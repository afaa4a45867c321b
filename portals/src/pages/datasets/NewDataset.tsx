// A dataset begun by its name, to be filled by hand, or by a rule that frames join by.
import { useNavigate } from "@tanstack/react-router";
import { useAddDataset } from "../../api/datasets";
import { written } from "../../parts/forms";
import { Failed } from "../../parts/states";
import { RuleFields, ruleOf } from "./RuleFields";

export function NewDataset({ organisation }: { organisation: string }) {
  const add = useAddDataset(organisation);
  const navigate = useNavigate();
  return (
    <details className="panel">
      <summary>New dataset, by hand or by rule</summary>
      <form
        className="entry-form"
        onSubmit={(event) => {
          const given = written(event);
          add.mutate(
            { name: given.word("name"), description: given.word("description"), rule: ruleOf(given) },
            {
              onSuccess: (made) =>
                void navigate({ to: "/$organisation/datasets/$dataset", params: { organisation, dataset: made.slug } }),
            },
          );
        }}
      >
        <label>
          Name
          <input name="name" required maxLength={200} placeholder="M31 in R, autumn 2026" />
        </label>
        <label>
          Description
          <textarea name="description" rows={2} maxLength={10_000} />
        </label>
        <fieldset>
          <legend>Frames that match all of this join by themselves, those of today and those to come; empty: none</legend>
          <RuleFields organisation={organisation} />
        </fieldset>
        {add.error ? <Failed error={add.error} /> : null}
        <div className="row">
          <button type="submit" className="first" disabled={add.isPending}>
            Make the dataset
          </button>
        </div>
      </form>
    </details>
  );
}
