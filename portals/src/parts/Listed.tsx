// A list read page by page, in all its states: loading, failed, empty, and with more to come.
import type { ReactNode } from "react";
import { More } from "./More";
import { Shown } from "./states";

type Paged<T> = {
  data: { pages: { items: T[] }[] } | undefined;
  error: Error | null;
  isPending: boolean;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => unknown;
};

type ListedProps<T> = { of: Paged<T>; empty: ReactNode; children: (items: T[]) => ReactNode };

export function Listed<T>({ of, empty, children }: ListedProps<T>) {
  return (
    <Shown of={of}>
      {(data) => {
        const items = data.pages.flatMap((page) => page.items);
        return (
          <>
            {items.length ? children(items) : empty}
            <More of={of} />
          </>
        );
      }}
    </Shown>
  );
}
