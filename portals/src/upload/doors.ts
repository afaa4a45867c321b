// The operations of uploads, to an organisation or among a team's files: two doors, one way.
import { answer, api, type Schemas } from "../api/client";
import type { FrameType } from "../parts/frameTypes";

export type Target =
  | { organisation: string; telescope?: string; instrument?: string; frame_type?: FrameType; dataset?: string }
  | { team: string };

export const targetName = (target: Target): string =>
  "team" in target ? `team ${target.team}` : `organisation ${target.organisation}`;

const HOST = "browser";

export function startUpload(target: Target, files: Schemas["FileToSend"][], part_size_bytes?: number) {
  const batch = { host: HOST, files, part_size_bytes };
  if ("team" in target) {
    const path = { team: target.team };
    return answer(api.POST("/api/v1/teams/{team}/uploads", { params: { path }, body: batch }));
  }
  const { organisation, ...terms } = target;
  const params = { path: { organisation } };
  const body = { ...batch, ...terms };
  return answer(api.POST("/api/v1/organisations/{organisation}/uploads", { params, body }));
}

export function getUpload(target: Target, upload_id: string) {
  return "team" in target
    ? answer(api.GET("/api/v1/teams/{team}/uploads/{upload_id}", { params: { path: { team: target.team, upload_id } } }))
    : answer(
        api.GET("/api/v1/organisations/{organisation}/uploads/{upload_id}", {
          params: { path: { organisation: target.organisation, upload_id } },
        }),
      );
}

export function signParts(target: Target, upload_id: string, position: number, first: number, count: number) {
  const body = { first, count };
  return "team" in target
    ? answer(
        api.POST("/api/v1/teams/{team}/uploads/{upload_id}/files/{position}/parts", {
          params: { path: { team: target.team, upload_id, position } },
          body,
        }),
      )
    : answer(
        api.POST("/api/v1/organisations/{organisation}/uploads/{upload_id}/files/{position}/parts", {
          params: { path: { organisation: target.organisation, upload_id, position } },
          body,
        }),
      );
}

export function completeUpload(target: Target, upload_id: string, files: Schemas["CompletedFile"][]) {
  return "team" in target
    ? answer(
        api.POST("/api/v1/teams/{team}/uploads/{upload_id}/complete", {
          params: { path: { team: target.team, upload_id } },
          body: { files },
        }),
      )
    : answer(
        api.POST("/api/v1/organisations/{organisation}/uploads/{upload_id}/complete", {
          params: { path: { organisation: target.organisation, upload_id } },
          body: { files },
        }),
      );
}
