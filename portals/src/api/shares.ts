// With which teams a dataset is shared.
import { answer, api, type Schemas } from "./client";
import { keys } from "./keys";
import { useChange } from "./mutations";
import { paged } from "./paged";

const SHARES = "/api/v1/organisations/{organisation}/datasets/{dataset}/shares" as const;

export const sharesQuery = (organisation: string, dataset: string) =>
  paged<Schemas["Share"]>([...keys.dataset(organisation, dataset), "shares"], (cursor) =>
    answer(api.GET(SHARES, { params: { path: { organisation, dataset }, query: { cursor, limit: 100 } } })),
  );

export const useShare = (organisation: string, dataset: string) =>
  useChange(
    ({ team, ...body }: Schemas["NewShare"] & { team: string }) =>
      answer(api.PUT(`${SHARES}/{team}`, { params: { path: { organisation, dataset, team } }, body })),
    [...keys.dataset(organisation, dataset), "shares"],
  );

export const useEndShare = (organisation: string, dataset: string) =>
  useChange(
    (team: string) => answer(api.DELETE(`${SHARES}/{team}`, { params: { path: { organisation, dataset, team } } })),
    [...keys.dataset(organisation, dataset), "shares"],
  );
