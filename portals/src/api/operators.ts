// What operators of the service see of all organisations, and what they do about it.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";
import { keys } from "./keys";
import { useChange } from "./mutations";
import { paged } from "./paged";

export type JobState = Schemas["ServiceJob"]["state"];
export type JobFilter = { state?: JobState; kind?: string; organisation?: string };
const LOOK_AGAIN_MS = 10_000;
const SOON_MS = 1_500;

export const healthQuery = queryOptions({
  queryKey: keys.operator.health,
  queryFn: () => answer(api.GET("/api/v1/operator/health")),
  refetchInterval: LOOK_AGAIN_MS,
});

export const organisationsUsageQuery = (month: string) =>
  paged<Schemas["OrganisationUsage"]>([...keys.operator.organisations, month], (cursor) =>
    answer(api.GET("/api/v1/operator/organisations", { params: { query: { month, cursor, limit: 50 } } })),
  );

export const revenueQuery = (month: string) =>
  queryOptions({
    queryKey: [...keys.operator.organisations, "revenue", month],
    queryFn: () => answer(api.GET("/api/v1/operator/revenue", { params: { query: { month } } })),
  });

export const jobCountsQuery = queryOptions({
  queryKey: [...keys.operator.jobs, "counts"],
  queryFn: () => answer(api.GET("/api/v1/operator/jobs/counts")),
  refetchInterval: LOOK_AGAIN_MS,
});

/** What is over changes by one's own doing alone; the others come and go. */
export const serviceJobsQuery = ({ state, kind, organisation }: JobFilter) => ({
  ...paged<Schemas["ServiceJob"]>([...keys.operator.jobs, "list", state, kind, organisation], (cursor) =>
    answer(
      api.GET("/api/v1/operator/jobs", {
        params: { query: { state: state && [state], kind, organisation, cursor, limit: 50 } },
      }),
    ),
  ),
  refetchInterval: state === "dead" || state === "done" ? (false as const) : LOOK_AGAIN_MS,
});

/** A job that is to be followed to its end: asked again until it is done or dead. */
export const followedJobQuery = (job_id: string) =>
  queryOptions({
    queryKey: [...keys.operator.jobs, "one", job_id],
    queryFn: () => answer(api.GET("/api/v1/operator/jobs/{job_id}", { params: { path: { job_id } } })),
    refetchInterval: ({ state }) => (state.data?.state === "done" || state.data?.state === "dead" ? false : SOON_MS),
  });

export const useRetryJob = () =>
  useChange(
    (job_id: string) => answer(api.POST("/api/v1/operator/jobs/{job_id}/retry", { params: { path: { job_id } } })),
    keys.operator.jobs,
  );

export const useRetryKind = () =>
  useChange(
    (body: Schemas["KindToRetry"]) => answer(api.POST("/api/v1/operator/jobs/retry", { body })),
    keys.operator.jobs,
  );
