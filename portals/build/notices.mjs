// Writes dist/notices.txt: whose work besides ours the portal carries, and under which licence, with its text.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const LICENCE_FILE = /^(licen[cs]e|copying)(\.\w+)?$/i;
const told = (name) => {
  const folder = at(`node_modules/${name}/`);
  const { version, license, repository } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  const source = typeof repository === "string" ? repository : (repository?.url ?? "");
  const texts = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  return [
    `${"=".repeat(100)}\n${name} ${version}, ${license}${source ? `, ${source}` : ""}\n`,
    name === "aladin-lite"
      ? "A program of its own in a document of its own, loaded on demand and unchanged: Aladin Lite, CDS, Strasbourg.\n"
      : "",
    ...texts.map((file) => readFileSync(`${folder}${file}`, "utf8").trim()),
  ].join("\n");
};
const { dependencies } = JSON.parse(readFileSync(at("package.json"), "utf8"));
if (!existsSync(at("dist"))) throw new Error("There is no build: run it first.");
const names = Object.keys(dependencies).sort();
writeFileSync(at("dist/notices.txt"), `The portal carries these works of others.\n\n${names.map(told).join("\n\n")}\n`);
