// Teams: their people, what is shared into them, their own files with every version, and what happened.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";
import { keys } from "./keys";
import { useChange } from "./mutations";
import { paged } from "./paged";

const TEAM = "/api/v1/teams/{team}" as const;

/** In a team's place: one's own files. */
export const OWN_FILES = "~me";

export const teamsQuery = paged<Schemas["TeamView"]>(keys.teams, (cursor) =>
  answer(api.GET("/api/v1/teams", { params: { query: { cursor, limit: 100 } } })),
);

export const teamQuery = (team: string) =>
  queryOptions({
    queryKey: [...keys.team(team), "itself"],
    queryFn: () => answer(api.GET(TEAM, { params: { path: { team } } })),
  });

export const teamMembersQuery = (team: string) =>
  paged<Schemas["TeamMember"]>([...keys.team(team), "members"], (cursor) =>
    answer(api.GET(`${TEAM}/members`, { params: { path: { team }, query: { cursor, limit: 100 } } })),
  );

export const invitationsQuery = (team: string) =>
  paged<Schemas["Invitation"]>([...keys.team(team), "invitations"], (cursor) =>
    answer(api.GET(`${TEAM}/invitations`, { params: { path: { team }, query: { cursor, limit: 50 } } })),
  );

export const teamDatasetsQuery = (team: string) =>
  paged<Schemas["SharedDataset"]>([...keys.team(team), "datasets"], (cursor) =>
    answer(api.GET(`${TEAM}/datasets`, { params: { path: { team }, query: { cursor, limit: 100 } } })),
  );

export const activityQuery = (team: string) =>
  paged<Schemas["Activity"]>([...keys.team(team), "activity"], (cursor) =>
    answer(api.GET(`${TEAM}/activity`, { params: { path: { team }, query: { cursor, limit: 20 } } })),
  );

export const teamStorageQuery = (team: string) =>
  queryOptions({
    queryKey: [...keys.teamFiles(team), "storage"],
    queryFn: () => answer(api.GET(`${TEAM}/storage`, { params: { path: { team } } })),
  });

export const teamFilesQuery = (team: string, folder: string) =>
  paged<Schemas["TeamEntry"]>([...keys.teamFiles(team), "folder", folder], (cursor) =>
    answer(api.GET(`${TEAM}/files`, { params: { path: { team }, query: { folder, cursor, limit: 200 } } })),
  );

export const teamTrashQuery = (team: string) =>
  paged<Schemas["TeamFile"]>([...keys.teamFiles(team), "trash"], (cursor) =>
    answer(api.GET(`${TEAM}/trash`, { params: { path: { team }, query: { cursor, limit: 100 } } })),
  );

export const versionsQuery = (team: string, file_id: string) =>
  paged<Schemas["TeamFileVersion"]>([...keys.teamFiles(team), "versions", file_id], (cursor) =>
    answer(api.GET(`${TEAM}/files/{file_id}/versions`, { params: { path: { team, file_id }, query: { cursor, limit: 50 } } })),
  );

export const useAddTeam = (organisation: string) =>
  useChange(
    (name: string) =>
      answer(
        api.POST("/api/v1/organisations/{organisation}/teams", { params: { path: { organisation } }, body: { name } }),
      ),
    keys.teams,
  );

/** Makes stale: who one is, which tells where they are kept. */
export const useOpenOwnFiles = () =>
  useChange((organisation: string) => answer(api.POST("/api/v1/me/files", { body: { organisation } })), keys.me);

export const useInvite = (team: string) =>
  useChange(
    (body: Schemas["NewInvitation"]) => answer(api.POST(`${TEAM}/invitations`, { params: { path: { team } }, body })),
    keys.team(team),
  );

export const useRevokeInvitation = (team: string) =>
  useChange(
    (invitation_id: string) =>
      answer(api.DELETE(`${TEAM}/invitations/{invitation_id}`, { params: { path: { team, invitation_id } } })),
    keys.team(team),
  );

export const useSetTeamRole = (team: string) =>
  useChange(
    ({ email, role }: { email: string; role: Schemas["NewTeamRole"]["role"] }) =>
      answer(api.PUT(`${TEAM}/members/{email}`, { params: { path: { team, email } }, body: { role } })),
    keys.teams,
  );

export const useRemoveTeamMember = (team: string) =>
  useChange(
    (email: string) => answer(api.DELETE(`${TEAM}/members/{email}`, { params: { path: { team, email } } })),
    keys.teams,
  );

/** A folder goes with all below it; of a file, only the version that was looked at. */
export const useTrash = (team: string) =>
  useChange(
    ({ path, kind, version }: Schemas["TeamEntry"]) =>
      answer(
        api.POST(`${TEAM}/files/trash`, {
          params: { path: { team } },
          body: { files: [{ path, expected_version: kind === "file" ? version : null }], folders: kind === "folder" },
        }),
      ),
    keys.team(team),
  );

export const useRestore = (team: string) =>
  useChange(
    ({ file_id, ...body }: Schemas["Restoration"] & { file_id: string }) =>
      answer(api.POST(`${TEAM}/files/{file_id}/restore`, { params: { path: { team, file_id } }, body })),
    keys.team(team),
  );

export const useEmptyTrash = (team: string) =>
  useChange((_: void) => answer(api.POST(`${TEAM}/trash/empty`, { params: { path: { team } } })), keys.team(team));
