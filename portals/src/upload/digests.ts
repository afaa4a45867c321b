// SHA-256 of files, by a worker; what was summed up once is remembered with the file's size and time.
import type { Told } from "./digest.worker";
import { recallDigest, rememberDigest } from "./memory";

type Waiting = { resolve: (sum: string) => void; reject: (why: Error) => void; progress: (done: number) => void };

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
    if ("sha256" in data) asked.resolve(data.sha256);
    else asked.reject(new Error(data.unreadable));
  };
  worker.onerror = () => {
    for (const asked of waiting.values()) asked.reject(new Error("The browser's worker ended."));
    waiting.clear();
    worker = null;
  };
  return worker;
}

export async function digestOf(path: string, file: File, progress: (done: number) => void): Promise<string> {
  const known = await recallDigest(path, file);
  if (known) return known;
  const id = (last += 1);
  const sum = await new Promise<string>((resolve, reject) => {
    waiting.set(id, { resolve, reject, progress });
    theWorker().postMessage({ id, file });
  });
  await rememberDigest(path, file, sum);
  return sum;
}
