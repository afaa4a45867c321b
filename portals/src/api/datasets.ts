// Datasets made, filled and changed; drafts of packages edited.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";
import { type FrameFilter, keys } from "./keys";
import { useChange } from "./mutations";

const DATASETS = "/api/v1/organisations/{organisation}/datasets" as const;
const FRAMES = "/api/v1/organisations/{organisation}/frames" as const;
const VERSIONS = "/api/v1/organisations/{organisation}/packages/{package}/versions" as const;
const AT_ONCE = 1000; // files that one request adds

export const useAddDataset = (organisation: string) =>
  useChange(
    (body: Schemas["NewDataset"]) => answer(api.POST(DATASETS, { params: { path: { organisation } }, body })),
    keys.datasets(organisation),
  );

export const useChangeDataset = (organisation: string, dataset: string) =>
  useChange(
    (body: Schemas["DatasetChange"]) =>
      answer(api.PATCH(`${DATASETS}/{dataset}`, { params: { path: { organisation, dataset } }, body })),
    keys.datasets(organisation),
  );

export const useCloseDataset = (organisation: string, dataset: string) =>
  useChange((state: "open" | "closed") => {
    const params = { path: { organisation, dataset } };
    return answer(
      state === "closed" ? api.POST(`${DATASETS}/{dataset}/close`, { params }) : api.POST(`${DATASETS}/{dataset}/reopen`, { params }),
    );
  }, keys.datasets(organisation));

export const useRemoveFiles = (organisation: string, dataset: string) =>
  useChange(
    (path: string) =>
      answer(
        api.POST(`${DATASETS}/{dataset}/files/remove`, {
          params: { path: { organisation, dataset } },
          body: { paths: [path] },
        }),
      ),
    keys.datasets(organisation),
  );

export const frameCountQuery = (organisation: string, filter: FrameFilter) =>
  queryOptions({
    queryKey: [...keys.frames(organisation), "count", filter],
    queryFn: () =>
      answer(api.GET(FRAMES, { params: { path: { organisation }, query: { ...filter, limit: 1, count: true } } })),
  });

/** Adds every frame that is found; those that are in it already stay. Gives how many there were. */
export const useAddFound = (organisation: string, dataset: string) =>
  useChange(async (filter: FrameFilter) => {
    let cursor: string | undefined;
    let added = 0;
    do {
      const page = await answer(
        api.GET(FRAMES, { params: { path: { organisation }, query: { ...filter, limit: AT_ONCE, cursor } } }),
      );
      const files = page.items.map((each) => ({ file: each.file }));
      if (files.length)
        await answer(
          api.POST(`${DATASETS}/{dataset}/files`, { params: { path: { organisation, dataset } }, body: { files } }),
        );
      added += files.length;
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    return added;
  }, keys.datasets(organisation));

export const useChangeDraft = (organisation: string, name: string, version: number) =>
  useChange(
    (body: Schemas["PackageChange"]) =>
      answer(
        api.PATCH(`${VERSIONS}/{version}`, { params: { path: { organisation, package: name, version } }, body }),
      ),
    keys.packages(organisation),
  );

export const useNewVersion = (organisation: string, name: string) =>
  useChange(
    (_: void) => answer(api.POST(VERSIONS, { params: { path: { organisation, package: name } } })),
    keys.packages(organisation),
  );
