// Sums files up beside the page, block by block, so that neither size nor number makes it stutter.
import { sha256 } from "@noble/hashes/sha2.js";
import { Crcs } from "./crc";

const BLOCK_BYTES = 4 * 1024 * 1024;
const IN_ONE_PIECE_BYTES = 32 * 1024 * 1024; // what the browser's own, quicker code is given whole

export type Asked = { id: number; file: File };
/** What a content adds up to: SHA-256 in hexadecimal, the others in base64, as the service takes them. */
export type Sums = { sha256: string; crc32: string; crc32c: string };
export type Told = { id: number; done: number } | { id: number; sums: Sums } | { id: number; unreadable: string };

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const tell = (told: Told) => self.postMessage(told);

async function digest(id: number, file: File): Promise<Sums> {
  const crcs = new Crcs();
  // Browsers lend their own code to secure pages alone.
  if (file.size <= IN_ONE_PIECE_BYTES && self.crypto?.subtle) {
    const content = await file.arrayBuffer();
    const summed = self.crypto.subtle.digest("SHA-256", content);
    crcs.update(new Uint8Array(content)); // while the browser sums up beside
    return { sha256: hex(new Uint8Array(await summed)), ...crcs.told() };
  }
  const sum = sha256.create();
  for (let at = 0; at < file.size; at += BLOCK_BYTES) {
    const block = new Uint8Array(await file.slice(at, at + BLOCK_BYTES).arrayBuffer());
    sum.update(block);
    crcs.update(block);
    tell({ id, done: Math.min(at + BLOCK_BYTES, file.size) });
  }
  return { sha256: hex(sum.digest()), ...crcs.told() };
}

self.onmessage = (message: MessageEvent<Asked>) => {
  const { id, file } = message.data;
  digest(id, file).then(
    (sums) => tell({ id, sums }),
    () => tell({ id, unreadable: "The browser cannot read it: it was moved, changed or taken away." }),
  );
};
