// What becomes of a job that is tried again, followed to its end.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keys } from "../../api/keys";
import { followedJobQuery } from "../../api/operators";
import { Shown } from "../../parts/states";
import { STATES } from "./states";

export function Outcome({ job }: { job: string }) {
  const followed = useQuery(followedJobQuery(job));
  const queries = useQueryClient();
  const ended = followed.data?.finished_at;
  useEffect(() => {
    if (ended) void queries.invalidateQueries({ queryKey: keys.operator.jobs, predicate: ({ queryKey }) => queryKey[2] !== "one" });
  }, [ended, queries]);
  return (
    <li role="status">
      <Shown of={followed} lines={1}>
        {({ kind, organisation, state, error }) => (
          <>
            <span className={`badge ${STATES[state].badge}`}>{state === "dead" ? "died again" : STATES[state].name}</span>
            {kind} of <bdi>{organisation}</bdi>
            {error ? <small> {error}</small> : null}
          </>
        )}
      </Shown>
    </li>
  );
}
