// Follows what happens in an organisation, and asks again for what it makes stale.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keys } from "../api/keys";

const GATHER_MS = 1000; // a night's upload is a thousand events: ask once for many
const AGAIN_MS = 5000;

export function useEvents(organisation: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    let waiting: ReturnType<typeof setTimeout> | undefined;

    function somethingHappened() {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        for (const stale of [keys.frames, keys.nights, keys.datasets, keys.agents]) {
          void queries.invalidateQueries({ queryKey: stale(organisation), refetchType: "active" });
        }
      }, GATHER_MS);
    }

    async function follow() {
      let hasListened = false;
      while (!stop.signal.aborted) {
        try {
          const reply = await fetch(`/api/v1/organisations/${encodeURIComponent(organisation)}/events`, {
            signal: stop.signal,
          });
          if (reply.status === 401 || reply.status === 404) return;
          if (reply.ok && hasListened) somethingHappened(); // perhaps while the line was broken
          hasListened ||= reply.ok;
          const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
          for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
            if (/^data:/m.test(part.value)) somethingHappened();
          }
        } catch {
          // The line broke, or the page goes: the loop knows which.
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }

    void follow();
    return () => {
      stop.abort();
      clearTimeout(waiting);
    };
  }, [organisation, queries]);
}
