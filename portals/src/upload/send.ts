// A batch of files on its way: announced together, sent a few at a time, completed together.
import type { Schemas } from "../api/client";
import type { Sums } from "./digest.worker";
import { completeUpload, getUpload, signParts, startUpload, type Target } from "./doors";
import { ask, carry, hasBroken, isSilence } from "./line";
import { put } from "./put";

export type Item = Sums & { id: number; path: string; file: File };
export type Fate = { state: "stored" | "known" } | { state: "failed"; why: string };
type Report = { progress: (item: Item, sent: number) => void; fate: (item: Item, fate: Fate) => void };

const FILES_AT_ONCE = 4;
const PARTS_AT_ONCE = 3;
const PARTS_SIGNED = 24;
const SMALL_BYTES = 5 * 1024 * 1024; // stores take no smaller parts

/** Does each of some things, a few at once, until one fails; what is under way then is waited for. */
async function each<T>(things: T[], atOnce: number, what: (thing: T) => Promise<void>): Promise<void> {
  const left = [...things];
  const one = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await what(next);
  };
  const failures: unknown[] = [];
  const stop = (error: unknown) => {
    left.length = 0;
    failures.push(error);
  };
  await Promise.all(Array.from({ length: atOnce }, () => one().catch(stop)));
  if (failures.length) throw failures[0];
}

async function sendWhole(target: Target, upload: string, file: Schemas["UploadFile"], item: Item, report: Report, patient: boolean) {
  let address = file.put;
  const once = async () => {
    if (address) await put(address, item.file, (sent) => report.progress(item, sent));
  };
  // An address may have lived too long: there is a fresh one for whatever is still wanted.
  const renew = async () => {
    const again = await ask(() => getUpload(target, upload));
    address = again.files.find((one) => one.position === file.position)?.put;
  };
  await carry(once, renew, patient);
}

async function sendInParts(target: Target, upload: string, file: Schemas["UploadFile"], item: Item, report: Report, patient: boolean) {
  const size = file.part_size_bytes ?? item.file.size;
  const count = Math.ceil(item.file.size / size);
  const sign = (first: number, many: number) => ask(() => signParts(target, upload, file.position, first, many));
  const begun = await sign(1, 1);
  const arrived = new Map(begun.stored.map((number) => [number, Math.min(size, item.file.size - (number - 1) * size)]));
  const tell = () => report.progress(item, [...arrived.values()].reduce((sum, sent) => sum + sent, 0));
  tell();
  for (let first = 1; first <= count; first += PARTS_SIGNED) {
    const signed = await sign(first, Math.min(PARTS_SIGNED, count - first + 1));
    await each(signed.parts, PARTS_AT_ONCE, async (part) => {
      const bytes = item.file.slice(part.offset_bytes, part.offset_bytes + part.size_bytes);
      let address: Schemas["SignedPut"] | undefined = part.put;
      const once = async () => {
        if (!address) return; // it arrived after all
        await put(address, bytes, (sent) => {
          arrived.set(part.number, sent);
          tell();
        });
      };
      const renew = async () => {
        arrived.delete(part.number);
        address = (await sign(part.number, 1)).parts[0]?.put;
      };
      await carry(once, renew, patient);
    });
  }
}

/**
 * Sends a batch whose digests are known; each item gets its fate, and one that fails stops none beside it. What the
 * line broke under goes once more, in parts as small as can be; or in those in which much of it has arrived before.
 */
export async function sendBatch(target: Target, items: Item[], report: Report, inSmall = hasBroken()): Promise<void> {
  const announced = items.map(({ path, file, sha256, crc32, crc32c }) => ({ path, size_bytes: file.size, sha256, crc32, crc32c }));
  const upload = await ask(() => startUpload(target, announced, inSmall ? SMALL_BYTES : undefined));
  const arrived: Schemas["CompletedFile"][] = [];
  const sent = new Set<string>();
  const failed = new Map<string, string>();
  const tooLarge: Item[] = [];
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
    const canBeSmaller = !inSmall && item.file.size > SMALL_BYTES;
    try {
      await (file.put ? sendWhole : sendInParts)(target, upload.id, file, item, report, !canBeSmaller);
      sent.add(item.sha256);
      arrived.push({ position: file.position, sha256: item.sha256 });
    } catch (error) {
      if (canBeSmaller && isSilence(error)) return void tooLarge.push(item);
      const why = error instanceof Error ? error.message : "It was not sent.";
      failed.set(item.sha256, why);
      report.fate(item, { state: "failed", why });
    }
  });
  for (const file of twins) {
    const item = at(file);
    if (sent.has(item.sha256)) arrived.push({ position: file.position, sha256: item.sha256 });
    else if (tooLarge.some((one) => one.sha256 === item.sha256)) tooLarge.push(item);
    else report.fate(item, { state: "failed", why: failed.get(item.sha256) ?? "Its content was not sent." });
  }
  if (arrived.length) {
    const completed = await ask(() => completeUpload(target, upload.id, arrived));
    for (const file of completed.files) {
      const good = file.state === "stored" || file.state === "known";
      report.fate(at(file), good ? { state: "stored" } : { state: "failed", why: file.problem?.detail ?? "It did not arrive whole." });
    }
  }
  if (tooLarge.length) await sendBatch(target, tooLarge, report, true);
}
