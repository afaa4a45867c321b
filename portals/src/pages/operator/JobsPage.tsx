// Jobs of all organisations: what waits and runs, what died of what, and trying it again.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { type JobFilter, type JobState, serviceJobsQuery, useRetryJob } from "../../api/operators";
import { written } from "../../parts/forms";
import { Listed } from "../../parts/Listed";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed } from "../../parts/states";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";
import { JobCounts } from "./JobCounts";
import { Outcome } from "./Outcome";
import { STATES } from "./states";

export default function JobsPage() {
  const filter = useSearch({ from: "/inside/-/jobs" });
  const navigate = useNavigate();
  const [retried, setRetried] = useState<string[]>([]);
  const state = filter.state ?? "dead";
  const show = (chosen: JobFilter) => void navigate({ to: "/-/jobs", search: chosen, replace: true });
  return (
    <>
      <PageHead title="Jobs" under="Of all organisations; what a job was about is its organisation's to see" />
      <JobCounts show={show} />
      {retried.length ? (
        <section className="panel" aria-label="Tried again">
          <h2>Tried again</h2>
          <ul className="outcomes">
            {retried.map((id) => (
              <Outcome key={id} job={id} />
            ))}
          </ul>
        </section>
      ) : null}
      <section className="panel" aria-label="Jobs">
        <form
          key={JSON.stringify(filter)}
          className="row"
          onSubmit={(event) => {
            const { word } = written(event);
            show({
              state: word("state") as JobState,
              kind: word("kind") || undefined,
              organisation: word("organisation") || undefined,
            });
          }}
        >
          <label>
            State
            <select name="state" defaultValue={state}>
              {Object.entries(STATES).map(([value, { name }]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <label>
            Kind
            <input name="kind" maxLength={64} defaultValue={filter.kind} placeholder="ingest" />
          </label>
          <label>
            Organisation
            <input name="organisation" maxLength={100} defaultValue={filter.organisation} />
          </label>
          <button type="submit">Show</button>
        </form>
        <Jobs filter={{ ...filter, state }} retried={(id) => setRetried((before) => [id, ...before.filter((one) => one !== id)])} />
      </section>
    </>
  );
}

function Jobs({ filter, retried }: { filter: JobFilter; retried: (id: string) => void }) {
  const jobs = useInfiniteQuery(serviceJobsQuery(filter));
  const retry = useRetryJob();
  const dead = filter.state === "dead";
  return (
    <>
      {retry.error ? <Failed error={retry.error} /> : null}
      <Listed
        of={jobs}
        empty={
          <Empty title={dead ? "No job is dead" : "No such job"}>
            <p>{dead ? "What fails is tried again by itself; what fails for good stands here." : "Choose another state or kind."}</p>
          </Empty>
        }
      >
        {(items) => (
          <Table
            name="Jobs"
            heads={[
              "Kind",
              "Organisation",
              "Begun",
              { num: "Attempts" },
              dead ? "Died of" : "State",
              ...(dead ? [{ unseen: "Try again" }] : []),
            ]}
          >
            {items.map((each) => (
              <tr key={each.id}>
                <td>{each.kind}</td>
                <td>
                  <bdi>{each.organisation}</bdi>
                </td>
                <td>
                  <Time at={each.created_at} date />
                </td>
                <td className="num">{each.attempts}</td>
                <td className="path reason">{dead ? each.error : <Stands job={each} />}</td>
                {dead ? (
                  <td>
                    <button
                      type="button"
                      disabled={retry.isPending}
                      aria-label={`Try again: ${each.kind} of ${each.organisation}`}
                      onClick={() => retry.mutate(each.id, { onSuccess: () => retried(each.id) })}
                    >
                      Try again
                    </button>
                  </td>
                ) : null}
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </>
  );
}

function Stands({ job }: { job: Schemas["ServiceJob"] }) {
  const { name, badge } = STATES[job.state];
  return (
    <>
      <span className={`badge ${badge}`}>{name}</span> {job.total ? `${job.done} of ${job.total}` : ""}{" "}
      {job.failed ? `${job.failed} failed` : ""} <small>{job.error}</small>
    </>
  );
}
