// A long list of files on their way, those that matter first; no more of it is drawn than somebody asked for.
import { useState } from "react";
import type { Sent, State } from "./queue";

const SHOWN = 100;
const RANK: Record<State, number> = { failed: 0, sending: 1, reading: 2, waiting: 3, stored: 4, known: 5 };

export function useUploadRows(files: Sent[]) {
  const [shown, setShown] = useState(SHOWN);
  const rows = [...files].sort((a, b) => RANK[a.state] - RANK[b.state] || a.id - b.id).slice(0, shown);
  return { rows, more: files.length - rows.length, showMore: () => setShown(shown + SHOWN) };
}
