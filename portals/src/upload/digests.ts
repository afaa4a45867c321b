// Checksums of files, by a worker; what was summed up once is remembered with the file's size and time.
import type { Sums, Told } from "./digest.worker";
import { recallDigest, rememberDigest } from "./memory";

type Waiting = { resolve: (sums: Sums) => void; reject: (why: Error) => void; progress: (done: number) => void };

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, Waiting>();

function theWorker(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL("./digest.worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    const asked = waiting.get(data.id);
    if (!asked) return;
    if ("done" in data) return asked.progress(data.done);
    waiting.delete(data.id);
    if ("sums" in data) asked.resolve(data.sums);
    else asked.reject(new Error(data.unreadable));
  };
  worker.onerror = () => {
    for (const asked of waiting.values()) asked.reject(new Error("The browser's worker ended."));
    waiting.clear();
    worker = null;
  };
  return worker;
}

export async function digestOf(path: string, file: File, progress: (done: number) => void): Promise<Sums> {
  const known = await recallDigest(path, file);
  if (known) return known;
  const id = (last += 1);
  const sums = await new Promise<Sums>((resolve, reject) => {
    waiting.set(id, { resolve, reject, progress });
    theWorker().postMessage({ id, file });
  });
  await rememberDigest(path, file, sums);
  return sums;
}
