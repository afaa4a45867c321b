// How a job stands, in words and colour.
import type { JobState } from "../../api/operators";

export const STATES: Record<JobState, { name: string; badge: string }> = {
  dead: { name: "dead", badge: "problem" },
  queued: { name: "waits", badge: "" },
  running: { name: "runs", badge: "warning" },
  done: { name: "done", badge: "published" },
};
