// Closing an organisation, and reopening it within its grace.
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./keys";
import { useChange } from "./mutations";

const ORGANISATION = "/api/v1/organisations/{organisation}" as const;

export const organisationQuery = (organisation: string) =>
  queryOptions({
    queryKey: [...keys.organisation(organisation), "itself"],
    queryFn: () => answer(api.GET(ORGANISATION, { params: { path: { organisation } } })),
  });

/** Makes stale: everything of the organisation, since its plan changes with it. */
export const useClose = (organisation: string) =>
  useChange(
    (confirm: string) =>
      answer(api.POST(`${ORGANISATION}/close`, { params: { path: { organisation } }, body: { confirm } })),
    keys.organisation(organisation),
  );

export const useReopen = (organisation: string) =>
  useChange(
    (_: void) => answer(api.POST(`${ORGANISATION}/reopen`, { params: { path: { organisation } } })),
    keys.organisation(organisation),
  );
