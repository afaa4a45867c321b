// The button at the end of a list that has more.
import { Failed } from "./states";

type Paged = {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: Error | null;
  fetchNextPage: () => unknown;
};

export function More({ of }: { of: Paged }) {
  if (of.isFetchNextPageError && of.error) return <Failed error={of.error} retry={() => void of.fetchNextPage()} />;
  if (!of.hasNextPage) return null;
  return (
    <button type="button" disabled={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
      {of.isFetchingNextPage ? "Loading …" : "Show more"}
    </button>
  );
}
