// Sums files up beside the page, block by block, so that neither size nor number makes it stutter.
import { sha256 } from "@noble/hashes/sha2.js";

const BLOCK_BYTES = 4 * 1024 * 1024;
const IN_ONE_PIECE_BYTES = 32 * 1024 * 1024; // what the browser's own, quicker code is given whole

export type Asked = { id: number; file: File };
export type Told = { id: number; done: number } | { id: number; sha256: string } | { id: number; unreadable: string };

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const tell = (told: Told) => self.postMessage(told);

async function digest(id: number, file: File): Promise<string> {
  // Browsers lend their own code to secure pages alone.
  if (file.size <= IN_ONE_PIECE_BYTES && self.crypto?.subtle) {
    return hex(new Uint8Array(await self.crypto.subtle.digest("SHA-256", await file.arrayBuffer())));
  }
  const sum = sha256.create();
  for (let at = 0; at < file.size; at += BLOCK_BYTES) {
    sum.update(new Uint8Array(await file.slice(at, at + BLOCK_BYTES).arrayBuffer()));
    tell({ id, done: Math.min(at + BLOCK_BYTES, file.size) });
  }
  return hex(sum.digest());
}

self.onmessage = (message: MessageEvent<Asked>) => {
  const { id, file } = message.data;
  digest(id, file).then(
    (sum) => tell({ id, sha256: sum }),
    () => tell({ id, unreadable: "The browser cannot read it: it was moved, changed or taken away." }),
  );
};
