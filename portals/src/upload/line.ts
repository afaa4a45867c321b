// The line to the store: how much goes over it side by side, and what is sent again. Where it breaks, it breaks under
// all that is on its way, so little is to be on its way then.
import { Problem } from "../api/client";

const MOST = 6; // browsers open no more connections to one host
const REFUSALS = 4; // of one thing
const SILENCES = 6; // one after the other, while nothing else arrives
const LONGEST_MS = 8000;

let places = MOST;
let taken = 0;
let brokeAt = 0;
let arrivals = 0;
let waiting: (() => void)[] = [];

const pause = (times: number) => new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** times, LONGEST_MS)));

export const isSilence = (error: unknown): boolean => error instanceof Problem && error.status === 0;

/** Tells whether it broke lately: since then less goes over it at once than may. */
export const hasBroken = (): boolean => places < MOST;

async function takePlace(): Promise<void> {
  while (taken >= Math.floor(places)) await new Promise<void>((resolve) => waiting.push(resolve));
  taken += 1;
}

function leavePlace(): void {
  taken -= 1;
  const woken = waiting;
  waiting = [];
  for (const wake of woken) wake();
}

function broke(began: number): void {
  if (began < brokeAt) return; // with the others
  brokeAt = performance.now();
  places = Math.max(1, places / 2);
}

/**
 * Sends something when it is its turn, and once more when it did not arrive: as long as anything arrives if the line
 * breaks, a few times if it is refused. What is not `patient` is given up once the line has broken.
 */
export async function carry(once: () => Promise<void>, renew: () => Promise<void>, patient: boolean): Promise<void> {
  let refusals = 0;
  let silences = 0;
  let seen = arrivals;
  for (;;) {
    await takePlace();
    if (!patient && hasBroken()) {
      leavePlace();
      throw new Problem(0, "No answer", "The line broke.");
    }
    const began = performance.now();
    try {
      await once();
      arrivals += 1;
      places = Math.min(MOST, places + 1 / (2 * places));
      return;
    } catch (error) {
      if (isSilence(error)) {
        broke(began);
        silences = arrivals === seen ? silences + 1 : 1;
        seen = arrivals;
      } else if (error instanceof Problem) refusals += 1;
      else throw error; // the file's own
      if (silences >= (patient ? SILENCES : 1) || refusals >= REFUSALS) throw error;
    } finally {
      leavePlace();
    }
    await pause(silences + refusals - 1);
    await renew();
  }
}

/** Asks for something until there is an answer, whatever it is, or has been none for long. */
export async function ask<T>(question: () => Promise<T>): Promise<T> {
  for (let silences = 0; ; silences += 1) {
    try {
      return await question();
    } catch (error) {
      if (!isSilence(error) || silences + 1 >= SILENCES) throw error;
      await pause(silences);
    }
  }
}
