// How many jobs wait, run and are dead, by kind; and all dead ones of a kind tried again.
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { type JobFilter, jobCountsQuery, useRetryKind } from "../../api/operators";
import { count, plural } from "../../parts/format";
import { Empty, Failed, Shown } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { Table } from "../../parts/Table";

const COUNTED = ["queued", "running", "dead"] as const;

export function JobCounts({ show }: { show: (filter: JobFilter) => void }) {
  const counts = useQuery(jobCountsQuery);
  const retry = useRetryKind();
  return (
    <section className="panel" aria-label="What is not done">
      <h2>What is not done</h2>
      <Shown of={counts}>
        {(data) =>
          data.counts.length ? (
            <Table name="By kind" heads={["Kind", { num: "Wait" }, { num: "Run" }, { num: "Dead" }, { unseen: "Try again" }]}>
              {byKind(data.counts).map(([kind, of]) => (
                <tr key={kind}>
                  <td>{kind}</td>
                  {COUNTED.map((state) => (
                    <td key={state} className="num">
                      {of[state] ? (
                        <button
                          type="button"
                          className="link"
                          aria-label={`${kind}: ${count(of[state])} ${state}`}
                          onClick={() => show({ state, kind })}
                        >
                          {count(of[state])}
                        </button>
                      ) : (
                        "–"
                      )}
                    </td>
                  ))}
                  <td>
                    {of.dead ? (
                      <Sure
                        name={of.dead === 1 ? "Try it again" : `Try all ${count(of.dead)} again`}
                        title={`Try dead ${kind} jobs again`}
                        disabled={retry.isPending}
                        act={() => retry.mutate({ kind })}
                      >
                        <p>Of all organisations, the oldest first, a thousand in one go. What they died of may kill them again.</p>
                      </Sure>
                    ) : null}
                  </td>
                </tr>
              ))}
            </Table>
          ) : (
            <Empty title="All is done" />
          )
        }
      </Shown>
      {retry.data ? (
        <p role="status">
          {plural(retry.data.retried, "job")} {retry.data.retried === 1 ? "is" : "are"} in the queue again
          {retry.data.left ? `; ${count(retry.data.left)} are still dead` : ""}.
        </p>
      ) : null}
      {retry.error ? <Failed error={retry.error} /> : null}
    </section>
  );
}

type Counted = Partial<Record<(typeof COUNTED)[number], number>>;

function byKind(counts: Schemas["JobCount"][]): [string, Counted][] {
  const kinds = new Map<string, Counted>();
  for (const each of counts) kinds.set(each.kind, { ...kinds.get(each.kind), [each.state]: each.count });
  return [...kinds];
}
