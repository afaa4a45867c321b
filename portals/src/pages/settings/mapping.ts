// How an instrument's headers are read, as it is typed: keywords to try in order, and values under other names.
import type { Schemas } from "../../api/client";
import type { Fields } from "../../parts/forms";

export const FACTS = [
  "frame_type", "start_at", "exposure_s", "filter", "object", "airmass", "gain", "binning_x", "binning_y",
  "detector_temperature_c", "telescope_name", "instrument_name", "observer", "ra_deg", "dec_deg",
] as const;

export type Mapping = Schemas["HeaderMapping"];

export const keywordsText = (mapping: Mapping | undefined, fact: string): string =>
  (mapping?.keywords?.[fact] ?? []).join(", ");

export const valuesText = (mapping: Mapping | undefined, fact: string): string =>
  Object.entries(mapping?.values?.[fact] ?? {})
    .map(([from, to]) => `${from}=${to}`)
    .join(", ");

/** Reads what the form says of headers; what is empty is left out. */
export function readMapping({ word, number, has }: Fields): Mapping {
  const keywords: Record<string, string[]> = {};
  const values: Record<string, Record<string, string>> = {};
  const parts = (text: string) => text.split(",").map((each) => each.trim()).filter(Boolean);
  for (const fact of FACTS) {
    const tried = parts(word(`keywords ${fact}`));
    if (tried.length) keywords[fact] = tried;
    const renamed = parts(word(`values ${fact}`))
      .map((each) => [each.slice(0, each.lastIndexOf("=")).trim(), each.slice(each.lastIndexOf("=") + 1).trim()] as const)
      .filter(([from]) => from !== "");
    if (renamed.length) values[fact] = Object.fromEntries(renamed);
  }
  return { keywords, values, time_offset_s: number("offset") ?? 0, use_translator: has("translator") };
}
