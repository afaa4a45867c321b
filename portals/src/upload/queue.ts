// Everything this page is sending, whichever page of the portal is looked at: one queue, which pages subscribe to.
import { useSyncExternalStore } from "react";
import type { Chosen } from "./chosen";
import type { Sums } from "./digest.worker";
import { digestOf } from "./digests";
import { type Target, targetName } from "./doors";
import { forgetUnfinished, rememberUnfinished } from "./memory";
import { sendBatch } from "./send";

export type State = "waiting" | "reading" | "sending" | "stored" | "known" | "failed";
export type Sent = { id: number; target: Target; path: string; file: File; state: State; done: number; why: string };
type Ready = { item: Sent; sums: Sums };

const BATCH_FILES = 100;
const BATCH_BYTES = 256 * 1024 * 1024;
const TELL_MS = 100;

let all: Sent[] = [];
let shown: Sent[] = [];
let last = 0;
let telling: ReturnType<typeof setTimeout> | undefined;
let running = false;
const listeners = new Set<() => void>();
const arrivals = new Set<() => void>();

function tell() {
  telling ??= setTimeout(() => {
    telling = undefined;
    shown = all.map((each) => ({ ...each }));
    for (const listener of listeners) listener();
  }, TELL_MS);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useUploads = (): Sent[] => useSyncExternalStore(subscribe, () => shown);

/** Tells when files have arrived, so that lists are asked for again. */
export function onArrival(listener: () => void): () => void {
  arrivals.add(listener);
  return () => arrivals.delete(listener);
}

export function addUploads(target: Target, chosen: Chosen[]): void {
  for (const { path, file } of chosen) {
    all.push({ id: (last += 1), target, path, file, state: "waiting", done: 0, why: "" });
    void rememberUnfinished(targetName(target), path, file.size);
  }
  tell();
  void run();
}

export function retryUploads(): void {
  for (const each of all) if (each.state === "failed") Object.assign(each, { state: "waiting", done: 0, why: "" });
  tell();
  void run();
}

export function clearUploads(): void {
  all = all.filter((each) => each.state === "waiting" || each.state === "reading" || each.state === "sending");
  tell();
}

export const isSending = (): boolean => running;

/** Lets the page be left without a question: who signs in here next is not to send what somebody else chose. */
export function abandonUploads(): void {
  window.removeEventListener("beforeunload", warn);
}

function fail(item: Sent, why: string) {
  Object.assign(item, { state: "failed", why });
  tell();
}

function takeBatch(): Sent[] {
  const batch: Sent[] = [];
  let size = 0;
  for (const each of all) {
    if (each.state !== "waiting") continue;
    if (batch.length && (each.target !== batch[0]?.target || batch.length >= BATCH_FILES || size + each.file.size > BATCH_BYTES)) break;
    each.state = "reading";
    batch.push(each);
    size += each.file.size;
  }
  return batch;
}

/** Reads a batch's digests; what cannot be read fails alone. */
async function read(batch: Sent[]): Promise<Ready[]> {
  const ready: Ready[] = [];
  for (const item of batch) {
    try {
      const sums = await digestOf(item.path, item.file, (done) => {
        item.done = done;
        tell();
      });
      ready.push({ item, sums });
    } catch (error) {
      fail(item, error instanceof Error ? error.message : "It cannot be read.");
    }
  }
  return ready;
}

async function send(ready: Ready[]): Promise<void> {
  const first = ready[0];
  if (!first) return;
  const of = new Map(ready.map(({ item }) => [item.id, item]));
  for (const { item } of ready) Object.assign(item, { state: "sending", done: 0 });
  tell();
  try {
    await sendBatch(
      first.item.target,
      ready.map(({ item, sums }) => ({ id: item.id, path: item.path, file: item.file, ...sums })),
      {
        progress: ({ id }, done) => {
          const item = of.get(id);
          if (item) item.done = done;
          tell();
        },
        fate: ({ id }, fate) => {
          const item = of.get(id);
          if (!item) return;
          if (fate.state === "failed") return fail(item, fate.why);
          Object.assign(item, { state: fate.state, done: item.file.size });
          void forgetUnfinished(targetName(item.target), item.path);
          tell();
        },
      },
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : "It was not sent.";
    for (const { item } of ready) if (item.state === "sending") fail(item, why);
  }
  for (const listener of arrivals) listener();
}

async function run(): Promise<void> {
  if (running) return;
  running = true;
  window.addEventListener("beforeunload", warn);
  try {
    // One batch is read while the one before it is sent.
    let reading = read(takeBatch());
    for (;;) {
      const ready = await reading;
      const next = takeBatch();
      if (!ready.length && !next.length) break;
      reading = read(next);
      await send(ready);
    }
  } finally {
    running = false;
    window.removeEventListener("beforeunload", warn);
  }
  if (all.some((each) => each.state === "waiting")) void run();
}

function warn(event: BeforeUnloadEvent) {
  event.preventDefault();
}
