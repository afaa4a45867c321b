// The API's types, written from the service's own OpenAPI document; with --check: whether they still fit it.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));
const target = fileURLToPath(new URL("../src/api/schema.d.ts", import.meta.url));
const python = process.env.URANIBORG_PYTHON ?? `${root}.venv/bin/python`;

const document = JSON.parse(
  execFileSync(python, ["-m", "service.server", "openapi"], { cwd: root, maxBuffer: 64 * 1024 * 1024 }).toString(),
);

// Problems all have one shape, and words are for readers: without both the types are a tenth as long.
for (const methods of Object.values(document.paths)) {
  for (const operation of Object.values(methods)) {
    if (!operation.responses) continue;
    for (const status of Object.keys(operation.responses)) if (/^[45]/.test(status)) delete operation.responses[status];
  }
}
function withoutWords(part) {
  if (part === null || typeof part !== "object") return;
  if (typeof part.description === "string") delete part.description;
  if (typeof part.summary === "string") delete part.summary;
  // The client's own types know lists, and no tuples.
  if (Array.isArray(part.prefixItems)) {
    part.items = part.prefixItems[0];
    delete part.prefixItems;
  }
  for (const inner of Object.values(part)) withoutWords(inner);
}
withoutWords(document.paths);
withoutWords(document.components);
const head = "// Written by build/api-types.mjs from the OpenAPI document: change the service, then `make portal-types`.\n";
const text = head + astToString(await openapiTS(document, { alphabetize: true, defaultNonNullable: false }));
const before = existsSync(target) ? readFileSync(target, "utf8") : "";
if (process.argv.includes("--check")) {
  if (before !== text) {
    console.error("The API changed: portals/src/api/schema.d.ts no longer fits it. Run: make portal-types");
    process.exit(1);
  }
} else if (before !== text) {
  writeFileSync(target, text);
}
