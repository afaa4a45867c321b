// The licences that are offered first; the service knows the others by their SPDX names.
export const LICENCES = [
  ["CC-BY-4.0", "Attribution: use freely, name the source"],
  ["CC0-1.0", "No conditions at all"],
  ["CC-BY-SA-4.0", "Attribution, and the same licence for what is made of it"],
  ["CC-BY-NC-4.0", "Attribution, not commercially"],
] as const;
