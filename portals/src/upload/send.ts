// A batch of files on its way: announced together, sent a few at a time, completed together.
import type { Schemas } from "../api/client";
import type { Sums } from "./digest.worker";
import { completeUpload, getUpload, signParts, startUpload, type Target } from "./doors";
import { NotSent, put } from "./put";

export type Item = Sums & { id: number; path: string; file: File };
export type Fate = { state: "stored" | "known" } | { state: "failed"; why: string };
type Report = { progress: (item: Item, sent: number) => void; fate: (item: Item, fate: Fate) => void };

const FILES_AT_ONCE = 4;
const PARTS_AT_ONCE = 3;
const PARTS_SIGNED = 24;
const ATTEMPTS = 4;
const pause = (attempt: number) => new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));

/** Does each of some things, a few at once. */
async function each<T>(things: T[], atOnce: number, what: (thing: T) => Promise<void>): Promise<void> {
  const left = [...things];
  const one = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await what(next);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

async function sendWhole(target: Target, upload: string, file: Schemas["UploadFile"], item: Item, report: Report) {
  let address = file.put;
  for (let attempt = 0; address; attempt += 1) {
    try {
      return await put(address, item.file, (sent) => report.progress(item, sent));
    } catch (error) {
      if (attempt + 1 >= ATTEMPTS) throw error;
      await pause(attempt);
      // It may have lived too long: there is a fresh one for whatever is still wanted.
      const again = await getUpload(target, upload);
      address = again.files.find((one) => one.position === file.position)?.put;
    }
  }
}

async function sendInParts(target: Target, upload: string, file: Schemas["UploadFile"], item: Item, report: Report) {
  const size = file.part_size_bytes ?? item.file.size;
  const count = Math.ceil(item.file.size / size);
  const begun = await signParts(target, upload, file.position, 1, 1);
  const arrived = new Map(begun.stored.map((number) => [number, Math.min(size, item.file.size - (number - 1) * size)]));
  const tell = () => report.progress(item, [...arrived.values()].reduce((sum, sent) => sum + sent, 0));
  tell();
  for (let first = 1; first <= count; first += PARTS_SIGNED) {
    const signed = await signParts(target, upload, file.position, first, Math.min(PARTS_SIGNED, count - first + 1));
    await each(signed.parts, PARTS_AT_ONCE, async (part) => {
      const bytes = item.file.slice(part.offset_bytes, part.offset_bytes + part.size_bytes);
      let address = part.put;
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await put(address, bytes, (sent) => {
            arrived.set(part.number, sent);
            tell();
          });
        } catch (error) {
          arrived.delete(part.number);
          if (attempt + 1 >= ATTEMPTS) throw error;
          await pause(attempt);
          const fresh = (await signParts(target, upload, file.position, part.number, 1)).parts[0];
          if (!fresh) return; // it arrived after all
          address = fresh.put;
        }
      }
    });
  }
}

/** Sends a batch whose digests are known; each item gets its fate, and one that fails stops none beside it. */
export async function sendBatch(target: Target, items: Item[], report: Report): Promise<void> {
  const announced = items.map(({ path, file, sha256, crc32, crc32c }) => ({ path, size_bytes: file.size, sha256, crc32, crc32c }));
  const upload = await startUpload(target, announced);
  const arrived: Schemas["CompletedFile"][] = [];
  const sent = new Set<string>();
  const failed = new Map<string, string>();
  const twins: Schemas["UploadFile"][] = [];
  const at = (file: Schemas["UploadFile"]) => items[file.position] as Item;
  const wanted: Schemas["UploadFile"][] = [];
  for (const file of upload.files) {
    if (file.state === "known" || file.state === "stored") report.fate(at(file), { state: "known" });
    else if (file.state === "failed") report.fate(at(file), { state: "failed", why: file.problem?.detail ?? "It is refused." });
    else if (file.put || file.part_size_bytes) wanted.push(file);
    else twins.push(file);
  }
  await each(wanted, FILES_AT_ONCE, async (file) => {
    const item = at(file);
    try {
      await (file.put ? sendWhole : sendInParts)(target, upload.id, file, item, report);
      sent.add(item.sha256);
      arrived.push({ position: file.position, sha256: item.sha256 });
    } catch (error) {
      const why = error instanceof NotSent || error instanceof Error ? error.message : "It was not sent.";
      failed.set(item.sha256, why);
      report.fate(item, { state: "failed", why });
    }
  });
  for (const file of twins) {
    const item = at(file);
    if (sent.has(item.sha256)) arrived.push({ position: file.position, sha256: item.sha256 });
    else report.fate(item, { state: "failed", why: failed.get(item.sha256) ?? "Its content was not sent." });
  }
  if (!arrived.length) return;
  const completed = await completeUpload(target, upload.id, arrived);
  for (const file of completed.files) {
    const good = file.state === "stored" || file.state === "known";
    report.fate(at(file), good ? { state: "stored" } : { state: "failed", why: file.problem?.detail ?? "It did not arrive whole." });
  }
}
