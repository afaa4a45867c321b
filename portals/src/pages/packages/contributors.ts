// Who made a package, as lines of a form: a name, and an ORCID iD where one has it.
import type { Schemas } from "../../api/client";

type Contributor = Schemas["Contributor"];
const ORCID = /\s+(?:https:\/\/orcid\.org\/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])$/;

export const contributorLines = (all: Contributor[]): string =>
  all.map((each) => (each.orcid ? `${each.name} ${each.orcid}` : each.name)).join("\n");

/** Reads the lines. What else was known of somebody, by their name, stays: affiliations, roles. */
export function readContributors(text: string, before: Contributor[]): Contributor[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const orcid = ORCID.exec(line)?.[1] ?? null;
      const name = line.replace(ORCID, "");
      const known = before.find((each) => each.name === name);
      return orcid || known?.orcid ? { ...known, name, orcid } : { ...known, name };
    });
}
