// What frames must be to join a dataset by themselves; the same words find frames to add by hand.
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { telescopesQuery } from "../../api/queries";
import { NamedOptions } from "../../parts/NamedOptions";
import type { written } from "../../parts/forms";
import { FRAME_TYPES } from "../../parts/frameTypes";

type Rule = Schemas["DatasetRule"];

/** Reads the fields; null where nothing narrows it down. */
export function ruleOf({ word }: Pick<ReturnType<typeof written>, "word">): Rule | null {
  const frame_type = FRAME_TYPES.find((each) => each === word("frame_type")) ?? null;
  const rule = {
    telescope: word("telescope") || null,
    night: word("night") || null,
    object: word("object") || null,
    filter: word("filter") || null,
    frame_type,
  };
  return Object.values(rule).some((each) => each !== null) ? rule : null;
}

export const ruleText = (rule: Rule): string =>
  [rule.frame_type, rule.object, rule.filter && `in ${rule.filter}`, rule.telescope && `by ${rule.telescope}`, rule.night && `of ${rule.night}`]
    .filter(Boolean)
    .join(" ");

export function RuleFields({ organisation, rule }: { organisation: string; rule?: Rule | null }) {
  const telescopes = useQuery(telescopesQuery(organisation));
  return (
    <div className="row">
      <label>
        Object
        <input name="object" maxLength={200} placeholder="M31" defaultValue={rule?.object ?? ""} />
      </label>
      <label>
        Type
        <select name="frame_type" defaultValue={rule?.frame_type ?? ""}>
          <option value="">any</option>
          {FRAME_TYPES.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <label>
        Filter
        <input name="filter" className="short" maxLength={200} placeholder="R" defaultValue={rule?.filter ?? ""} />
      </label>
      <label>
        Telescope
        <select name="telescope" defaultValue={rule?.telescope ?? ""} key={telescopes.data?.items.length}>
          <option value="">any</option>
          <NamedOptions of={telescopes.data?.items} />
        </select>
      </label>
      <label>
        Night
        <input name="night" type="date" defaultValue={rule?.night ?? ""} />
      </label>
    </div>
  );
}
