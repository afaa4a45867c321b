// Watch agents on telescopes' computers, as each reported last.
import { answer, api, type Schemas } from "./client";
import { keys } from "./keys";
import { useChange } from "./mutations";
import { paged } from "./paged";

const AGENTS = "/api/v1/organisations/{organisation}/agents" as const;

export const agentsQuery = (organisation: string) =>
  paged<Schemas["Agent"]>(keys.agents(organisation), (cursor) =>
    answer(api.GET(AGENTS, { params: { path: { organisation }, query: { cursor, limit: 1000 } } })),
  );

export const useForgetAgent = (organisation: string) =>
  useChange(
    (name: string) => answer(api.DELETE(`${AGENTS}/{name}`, { params: { path: { organisation, name } } })),
    keys.agents(organisation),
  );
