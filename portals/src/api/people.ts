// An organisation's members and its visiting observers.
import { answer, api, type Schemas } from "./client";
import { keys } from "./keys";
import { useChange } from "./mutations";
import { paged } from "./paged";

const ORGANISATION = "/api/v1/organisations/{organisation}" as const;

export const membersQuery = (organisation: string) =>
  paged<Schemas["Member"]>([...keys.people(organisation), "members"], (cursor) =>
    answer(api.GET(`${ORGANISATION}/members`, { params: { path: { organisation }, query: { cursor, limit: 200 } } })),
  );

export const useSetMember = (organisation: string) =>
  useChange(
    ({ email, role }: { email: string; role: Schemas["NewRole"]["role"] }) =>
      answer(api.PUT(`${ORGANISATION}/members/{email}`, { params: { path: { organisation, email } }, body: { role } })),
    keys.people(organisation),
  );

export const useRemoveMember = (organisation: string) =>
  useChange(
    (email: string) => answer(api.DELETE(`${ORGANISATION}/members/{email}`, { params: { path: { organisation, email } } })),
    keys.people(organisation),
  );

export const assignmentsQuery = (organisation: string) =>
  paged<Schemas["Assignment"]>([...keys.people(organisation), "assignments"], (cursor) =>
    answer(api.GET(`${ORGANISATION}/assignments`, { params: { path: { organisation }, query: { cursor, limit: 200 } } })),
  );

export const useAssign = (organisation: string) =>
  useChange(
    (body: Schemas["NewAssignment"]) =>
      answer(api.POST(`${ORGANISATION}/assignments`, { params: { path: { organisation } }, body })),
    keys.people(organisation),
  );

export const useChangeLastNight = (organisation: string) =>
  useChange(
    ({ assignment_id, last_night }: { assignment_id: string; last_night: string | null }) =>
      answer(
        api.PATCH(`${ORGANISATION}/assignments/{assignment_id}`, {
          params: { path: { organisation, assignment_id } },
          body: { last_night },
        }),
      ),
    keys.people(organisation),
  );

export const useEndAssignment = (organisation: string) =>
  useChange(
    (assignment_id: string) =>
      answer(api.DELETE(`${ORGANISATION}/assignments/{assignment_id}`, { params: { path: { organisation, assignment_id } } })),
    keys.people(organisation),
  );
