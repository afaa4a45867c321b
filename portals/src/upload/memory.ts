// What uploads leave behind in this browser: digests, and which files did not arrive. Bytes and secrets never stand here.
import type { Sums } from "./digest.worker";

const NAME = "uraniborg-uploads";
const KEPT_MS = 14 * 86_400_000;

/** A file that was chosen and has not arrived, in this life of the page or an earlier one. */
export type Unfinished = { key: string; target: string; path: string; size: number };
type Kept = { key: string; sums?: Sums; at: number }; // an older portal kept the SHA-256 alone

let opened: Promise<IDBDatabase | null> | null = null;

function database(): Promise<IDBDatabase | null> {
  opened ??= new Promise((resolve) => {
    try {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("digests", { keyPath: "key" });
        asked.result.createObjectStore("unfinished", { keyPath: "key" });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => resolve(null); // storage is closed to us: everything is summed up anew
    } catch {
      resolve(null);
    }
  });
  return opened;
}

async function run<T>(store: string, change: boolean, what: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  const there = await database();
  if (!there) return undefined;
  return new Promise((resolve) => {
    const asked = what(there.transaction(store, change ? "readwrite" : "readonly").objectStore(store));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(undefined);
  });
}

const identity = (path: string, file: File) => `${path}\n${file.size}\n${file.lastModified}`;

export async function recallDigest(path: string, file: File): Promise<Sums | undefined> {
  const kept = await run<Kept | undefined>("digests", false, (store) => store.get(identity(path, file)));
  return kept && Date.now() - kept.at < KEPT_MS ? kept.sums : undefined;
}

export const rememberDigest = (path: string, file: File, sums: Sums) =>
  run("digests", true, (store) => store.put({ key: identity(path, file), sums, at: Date.now() }));

export const unfinishedKey = (target: string, path: string) => `${target}\n${path}`;

export const rememberUnfinished = (target: string, path: string, size: number) =>
  run("unfinished", true, (store) => store.put({ key: unfinishedKey(target, path), target, path, size }));

export const forgetUnfinished = (target: string, path: string) =>
  run("unfinished", true, (store) => store.delete(unfinishedKey(target, path)));

export async function recallUnfinished(target: string): Promise<Unfinished[]> {
  const all = await run<Unfinished[]>("unfinished", false, (store) => store.getAll());
  return (all ?? []).filter((each) => each.target === target);
}
