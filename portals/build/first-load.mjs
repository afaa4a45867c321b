// How much JavaScript the first page needs, as it travels: what index.html names, gzipped. Fails beyond the limit.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 250;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const page = readFileSync(`${dist}index.html`, "utf8");
const named = [...page.matchAll(/(?:src|href)="\/app\/([^"]+\.js)"/g)].map((match) => match[1]);
const first = named.reduce((sum, name) => sum + gzipSync(readFileSync(dist + name), { level: 9 }).length, 0);

// What is sent compressed is compressed once, here.
for (const name of readdirSync(`${dist}assets`)) {
  if (/\.(js|css|svg)$/.test(name)) {
    writeFileSync(`${dist}assets/${name}.gz`, gzipSync(readFileSync(`${dist}assets/${name}`), { level: 9 }));
  }
}
writeFileSync(`${dist}first-load.json`, JSON.stringify({ files: named, gzipped_bytes: first }));
console.log(`First load: ${(first / 1000).toFixed(1)} kB of JavaScript gzipped, of at most ${LIMIT_KB} kB.`);
if (first > LIMIT_KB * 1000) process.exit(1);
