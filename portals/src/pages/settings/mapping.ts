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

/** A pair a line: names have commas in them, and keep what stands in them. */
export const valuesText = (mapping: Mapping | undefined, fact: string): string =>
  Object.entries(mapping?.values?.[fact] ?? {})
    .map(([from, to]) => `${from}=${to}`)
    .join("\n");

/** Reads pairs of a value and its other name. The last "=" parts them: it is in headers' values rather than in names. */
function readValues(text: string): Record<string, string> | "wrong" {
  const pairs: [string, string][] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    const at = line.lastIndexOf("=");
    if (line && at < 1) return "wrong";
    if (line) pairs.push([line.slice(0, at).trim(), line.slice(at + 1).trim()]);
  }
  return Object.fromEntries(pairs);
}

/** The facts of whose values a line says nothing that can be read. */
export const wrongFacts = ({ word }: Fields): string[] => FACTS.filter((fact) => readValues(word(`values ${fact}`)) === "wrong");

/** Reads what the form says of headers; what is empty is left out, and what nobody touched is as it was. */
export function readMapping({ word, number, has, list }: Fields, before: Mapping | undefined): Mapping {
  const keywords: Record<string, string[]> = {};
  const values: Record<string, Record<string, string>> = {};
  for (const fact of FACTS) {
    const tried = list(`keywords ${fact}`);
    if (tried.length) keywords[fact] = tried;
    const text = word(`values ${fact}`);
    const isAsItWas = text === valuesText(before, fact).trim();
    const renamed = isAsItWas ? (before?.values?.[fact] ?? {}) : readValues(text);
    if (renamed !== "wrong" && Object.keys(renamed).length) values[fact] = renamed;
  }
  return { keywords, values, time_offset_s: number("offset") ?? 0, use_translator: has("translator") };
}
