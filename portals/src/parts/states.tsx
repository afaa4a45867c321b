// What a place shows while there is nothing to show: loading, empty with the next step, failed with a retry.
import type { ReactNode } from "react";
import { Problem } from "../api/client";

export function Loading({ lines = 4, what = "Loading" }: { lines?: number; what?: string }) {
  return (
    <div className="loading" role="status" aria-label={what}>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

export function Failed({ error, retry, page }: { error: Error; retry?: () => void; page?: boolean }) {
  const problem = error instanceof Problem ? error : null;
  const title = problem?.title ?? "It did not work";
  const request = problem?.facts.request_id;
  return (
    <div className="failed" role="alert">
      {page ? <h1>{title}</h1> : <strong>{title}</strong>}
      <p>{error.message}</p>
      {request ? <small>Request {String(request)}</small> : null}
      {retry ? (
        <button type="button" onClick={retry}>
          Try again
        </button>
      ) : null}
    </div>
  );
}

type Asked<T> = { data: T | undefined; error: Error | null; isPending: boolean; refetch: () => unknown };

type ShownProps<T> = { of: Asked<T>; lines?: number; page?: boolean; children: (data: T) => ReactNode };

/** Draws a query in all its states; `children` gets what came. Where the whole page is of it, its failure heads the page. */
export function Shown<T>({ of, lines, page, children }: ShownProps<T>) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Failed error={of.error} retry={() => void of.refetch()} page={page} />;
  return <Loading lines={lines} />;
}
