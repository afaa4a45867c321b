// What the portal changes. Each says which replies it makes stale.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, rememberToken, type Schemas } from "./client";
import { keys } from "./keys";

export function useChange<In, Out>(change: (given: In) => Promise<Out>, makesStale: readonly unknown[]) {
  const queries = useQueryClient();
  return useMutation<Out, Error, In>({
    mutationFn: change,
    onSuccess: () => queries.invalidateQueries({ queryKey: makesStale }),
  });
}

function useSignedIn<In>(enter: (given: In) => Promise<Schemas["SignedIn"]>) {
  const queries = useQueryClient();
  return useMutation<Schemas["SignedIn"], Error, In>({
    mutationFn: enter,
    onSuccess: (entered) => {
      rememberToken(entered.csrf_token);
      queries.clear();
      queries.setQueryData(keys.me, entered.account);
    },
  });
}

export const useSignIn = () =>
  useSignedIn((body: Schemas["Login"]) => answer(api.POST("/api/v1/session", { body })));

export const useSecondStep = () =>
  useSignedIn((body: Schemas["SecondStep"]) => answer(api.POST("/api/v1/session/second-factor", { body })));

/** Everything that was read is forgotten with the session. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation<unknown, Error, void>({
    mutationFn: () => answer(api.DELETE("/api/v1/session")),
    onSuccess: () => {
      rememberToken("");
      queries.clear();
    },
  });
}

export const useAddOrganisation = () =>
  useChange(
    (body: Schemas["NewOrganisation"]) => answer(api.POST("/api/v1/organisations", { body })),
    keys.me,
  );

const LOG = "/api/v1/organisations/{organisation}/telescopes/{telescope}/nights/{night}/log" as const;

/** Makes stale: everything of that night, whose lost time is counted from the log. */
export const useAddLogEntry = (organisation: string, telescope: string, night: string) =>
  useChange(
    (body: Schemas["NewLogEntry"]) =>
      answer(api.POST(`${LOG}/entries`, { params: { path: { organisation, telescope, night } }, body })),
    keys.nights(organisation),
  );

export const useEditLogEntry = (organisation: string, telescope: string, night: string) =>
  useChange(
    ({ entry_id, ...body }: Schemas["LogEntryEdit"] & { entry_id: string }) =>
      answer(
        api.PUT(`${LOG}/entries/{entry_id}`, { params: { path: { organisation, telescope, night, entry_id } }, body }),
      ),
    keys.nights(organisation),
  );

/** Makes stale: all frames, whose lists and facets show the judgement. */
export const useJudgeFrame = (organisation: string, frame_id: string) =>
  useChange(
    (body: Schemas["Judgement"]) =>
      answer(
        api.PATCH("/api/v1/organisations/{organisation}/frames/{frame_id}", {
          params: { path: { organisation, frame_id } },
          body,
        }),
      ),
    keys.frames(organisation),
  );

const DATASETS = "/api/v1/organisations/{organisation}/datasets" as const;
const PACKAGES = "/api/v1/organisations/{organisation}/packages" as const;

/** Makes a dataset of files; makes stale: all datasets. */
export const useMakeDataset = (organisation: string) =>
  useChange(
    async ({ name, files }: { name: string; files: string[] }) => {
      const path = { organisation };
      const made = await answer(api.POST(DATASETS, { params: { path }, body: { name } }));
      for (let i = 0; i < files.length; i += 1000) {
        await answer(
          api.POST(`${DATASETS}/{dataset}/files`, {
            params: { path: { organisation, dataset: made.slug } },
            body: { files: files.slice(i, i + 1000).map((file) => ({ file })) },
          }),
        );
      }
      return made;
    },
    keys.datasets(organisation),
  );

export const useMakePackage = (organisation: string) =>
  useChange(
    (body: Schemas["NewPackage"]) => answer(api.POST(PACKAGES, { params: { path: { organisation } }, body })),
    keys.packages(organisation),
  );

export const usePublish = (organisation: string, name: string) =>
  useChange(
    (version: number) =>
      answer(
        api.POST(`${PACKAGES}/{package}/versions/{version}/publish`, {
          params: { path: { organisation, package: name, version } },
        }),
      ),
    keys.packages(organisation),
  );

export const useDeleteLogEntry = (organisation: string, telescope: string, night: string) =>
  useChange(
    ({ entry_id, revision }: { entry_id: string; revision: number }) =>
      answer(
        api.DELETE(`${LOG}/entries/{entry_id}`, {
          params: { path: { organisation, telescope, night, entry_id }, query: { revision } },
        }),
      ),
    keys.nights(organisation),
  );

export const useSignLog = (organisation: string, telescope: string, night: string) =>
  useChange(
    (force: boolean) =>
      answer(api.POST(`${LOG}/sign`, { params: { path: { organisation, telescope, night }, query: { force } } })),
    keys.nights(organisation),
  );

export const useReopenLog = (organisation: string, telescope: string, night: string) =>
  useChange(
    (reason: string) =>
      answer(api.POST(`${LOG}/reopen`, { params: { path: { organisation, telescope, night } }, body: { reason } })),
    keys.nights(organisation),
  );

/** Makes stale: all packages, of which another version may be the published one now. */
export const useWithdraw = (organisation: string, name: string) =>
  useChange(
    ({ version, reason }: { version: number; reason: string }) =>
      answer(
        api.POST(`${PACKAGES}/{package}/versions/{version}/withdraw`, {
          params: { path: { organisation, package: name, version } },
          body: { reason },
        }),
      ),
    keys.packages(organisation),
  );

const LINKS = "/api/v1/organisations/{organisation}/links" as const;

export const useMakeLink = (organisation: string) =>
  useChange(
    (body: Schemas["NewLink"]) => answer(api.POST(LINKS, { params: { path: { organisation } }, body })),
    keys.links(organisation),
  );

export const useRevokeLink = (organisation: string) =>
  useChange(
    (link_id: string) => answer(api.DELETE(`${LINKS}/{link_id}`, { params: { path: { organisation, link_id } } })),
    keys.links(organisation),
  );
