// A list that is read page by page, with the cursor each page gives for the next.
import { infiniteQueryOptions, type QueryKey } from "@tanstack/react-query";

type Page<T> = { items: T[]; next_cursor?: string | null };

export const paged = <T>(queryKey: QueryKey, ask: (cursor: string | undefined) => Promise<Page<T>>) =>
  infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
