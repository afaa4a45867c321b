// A list of frames of any length, of which only the pages around what is in sight are kept.
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Schemas } from "../../api/client";
import type { FrameFilter } from "../../api/keys";
import { framePageQuery } from "../../api/queries";

type Frame = Schemas["Frame"];
type Place = { cursor: string | undefined; rows: number }; // a page: where it begins, and how many rows it had
export type FrameWindow = {
  rows: number;
  hasMore: boolean; // beyond the rows that are known of
  at: (row: number) => Frame | undefined; // nothing while its page is on the way
  look: (first: number, last: number) => void;
  isPending: boolean;
  failed: Error | null;
  retry: () => void;
  kept: number; // pages
};

const AHEAD = 100; // rows beyond what is in sight that are asked for

/** Where each page begins is remembered, a cursor each; its rows are forgotten out of sight, and asked for again. */
export function useFrameWindow(organisation: string, filter: FrameFilter, sort: string): FrameWindow {
  const queries = useQueryClient();
  const [places, setPlaces] = useState<Place[]>([{ cursor: undefined, rows: 0 }]);
  const [span, setSpan] = useState<[number, number]>([0, 0]); // pages, the last included

  const starts = useMemo(() => {
    let row = 0;
    return places.map((place) => (row += place.rows) - place.rows);
  }, [places]);
  const rows = (starts.at(-1) ?? 0) + (places.at(-1)?.rows ?? 0);
  const pageOf = (row: number) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  const first = Math.min(span[0], places.length - 1);
  const seen = places.slice(first, span[1] + 1);
  const pages = useQueries({ queries: seen.map((place) => framePageQuery(organisation, filter, sort, place.cursor)) });

  // What came tells how long its page is and where the next begins. Where that changed, all after it is another list.
  const came = pages.map((page) => page.data);
  useEffect(() => {
    const next = [...places];
    for (const [i, page] of came.entries()) {
      if (!page) continue;
      const at = first + i;
      next[at] = { cursor: places[at]?.cursor, rows: page.items.length };
      const cursor = page.next_cursor ?? undefined;
      if (cursor === next[at + 1]?.cursor) continue;
      next.length = at + 1;
      if (cursor) next.push({ cursor, rows: 0 });
      break;
    }
    const same = next.length === places.length && next.every((each, i) => each.rows === places[i]?.rows && each.cursor === places[i]?.cursor);
    if (!same) setPlaces(next);
  });

  const failing = pages.find((page) => page.error);
  return {
    rows,
    hasMore: places.at(-1)?.rows === 0 && places.length > 1,
    at: (row) => {
      const page = pageOf(row);
      return came[page - first]?.items[row - (starts[page] ?? 0)];
    },
    look: (firstRow, lastRow) => {
      const wanted: [number, number] = [pageOf(Math.max(0, firstRow - AHEAD)), pageOf(lastRow + AHEAD)];
      if (wanted[0] === span[0] && wanted[1] === span[1]) return;
      setSpan(wanted);
      for (const place of [...places.slice(0, Math.max(0, wanted[0] - 1)), ...places.slice(wanted[1] + 2)]) {
        const { queryKey } = framePageQuery(organisation, filter, sort, place.cursor);
        queries.removeQueries({ queryKey, exact: true, type: "inactive" });
      }
    },
    isPending: rows === 0 && (came[0] ? came[0].items.length > 0 : !pages[0]?.error), // also before its rows are counted
    failed: failing?.error ?? null,
    retry: () => void failing?.refetch(),
    kept: pages.length,
  };
}
