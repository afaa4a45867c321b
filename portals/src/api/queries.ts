// What the portal reads. Each is a TanStack Query option, so that pages, loaders and the palette share replies.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, contentAddress, Problem } from "./client";
import { type FrameFilter, keys } from "./keys";

const MINUTE = 60_000;
const EVERYTHING = 1000; // the longest page a list gives

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: () => answer(api.GET("/api/v1/me")),
  staleTime: 5 * MINUTE,
});

export const providersQuery = queryOptions({
  queryKey: keys.providers,
  queryFn: () => answer(api.GET("/api/v1/identity-providers")),
  staleTime: Infinity,
});

export const sitesQuery = (organisation: string) =>
  queryOptions({
    queryKey: keys.sites(organisation),
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/sites", {
          params: { path: { organisation }, query: { limit: EVERYTHING } },
        }),
      ),
    staleTime: 5 * MINUTE,
  });

export const telescopesQuery = (organisation: string) =>
  queryOptions({
    queryKey: keys.telescopes(organisation),
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/telescopes", {
          params: { path: { organisation }, query: { limit: EVERYTHING } },
        }),
      ),
    staleTime: 5 * MINUTE,
  });

export const tonightQuery = (organisation: string, site: string, night: string | undefined, target: string[]) =>
  queryOptions({
    queryKey: [...keys.sky(organisation, site, night ?? "now"), "tonight", target],
    queryFn: () => answer(api.GET("/api/v1/tonight", { params: { query: { organisation, site, night, target } } })),
    staleTime: 10 * MINUTE,
  });

export const passesQuery = (organisation: string, site: string, night: string) =>
  queryOptions({
    queryKey: [...keys.sky(organisation, site, night), "passes"],
    queryFn: () =>
      answer(
        api.GET("/api/v1/satellites/passes", {
          params: { query: { organisation, site, night, min_altitude_deg: 20, sunlit_only: true, limit: 200 } },
        }),
      ),
    staleTime: 10 * MINUTE,
  });

export const newestNightsQuery = (organisation: string) =>
  queryOptions({
    queryKey: keys.newestNights(organisation),
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/nights", {
          params: { path: { organisation }, query: { limit: EVERYTHING } },
        }),
      ),
    staleTime: MINUTE,
  });

export const yearQuery = (organisation: string, telescope: string, year: number) =>
  queryOptions({
    queryKey: keys.year(organisation, telescope, year),
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/nights", {
          params: {
            path: { organisation },
            query: {
              telescope: telescope || undefined,
              first: `${year}-01-01`,
              last: `${year}-12-31`,
              limit: EVERYTHING,
            },
          },
        }),
      ),
    staleTime: MINUTE,
  });

export const logQuery = (organisation: string, telescope: string, night: string) =>
  queryOptions({
    queryKey: keys.log(organisation, telescope, night),
    queryFn: async () => {
      const path = { organisation, telescope, night };
      const log = "/api/v1/organisations/{organisation}/telescopes/{telescope}/nights/{night}/log";
      const book = await answer(api.GET(log, { params: { path } }));
      const items = [...book.entries.items];
      // A log comes with its first entries; those of the end of a long night are what its observers look for.
      for (let cursor = book.entries.next_cursor; cursor; ) {
        const page = await answer(api.GET(`${log}/entries`, { params: { path, query: { cursor, limit: 500 } } }));
        items.push(...page.items);
        cursor = page.next_cursor;
      }
      return { ...book, entries: { ...book.entries, items, next_cursor: null } };
    },
    staleTime: 10_000,
  });

export const revisionsQuery = (organisation: string, telescope: string, night: string, entry_id: string) =>
  queryOptions({
    queryKey: keys.revisions(organisation, telescope, night, entry_id),
    queryFn: () =>
      answer(
        api.GET(
          "/api/v1/organisations/{organisation}/telescopes/{telescope}/nights/{night}/log/entries/{entry_id}/revisions",
          { params: { path: { organisation, telescope, night, entry_id } } },
        ),
      ),
  });

export const comingQuery = (organisation: string, limit: number) =>
  queryOptions({
    queryKey: [...keys.coming(organisation), limit],
    queryFn: () =>
      answer(api.GET("/api/v1/organisations/{organisation}/coming", { params: { path: { organisation }, query: { limit } } })),
  });

export const framesQuery = (organisation: string, filter: FrameFilter, sort: string, limit = 200) =>
  infiniteQueryOptions({
    queryKey: [...keys.frameList(organisation, filter, sort), limit],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/frames", {
          params: {
            path: { organisation },
            query: { ...filter, sort, limit, cursor: pageParam, count: pageParam === undefined },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 30_000,
  });

const FRAMES = "/api/v1/organisations/{organisation}/frames";

/** One page of a list of frames, which is kept or forgotten by itself. */
export const framePageQuery = (organisation: string, filter: FrameFilter, sort: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: keys.framePage(organisation, filter, sort, cursor),
    queryFn: () =>
      answer(api.GET(FRAMES, { params: { path: { organisation }, query: { ...filter, sort, limit: 200, cursor } } })),
    staleTime: 30_000,
    gcTime: 30_000,
  });

/** How many frames fit: asked beside the rows, which do not wait for it. */
export const frameCountQuery = (organisation: string, filter: FrameFilter) =>
  queryOptions({
    queryKey: keys.frameCount(organisation, filter),
    queryFn: async () => {
      const page = await answer(
        api.GET(FRAMES, { params: { path: { organisation }, query: { ...filter, limit: 1, count: true } } }),
      );
      return { count: page.count, isExact: page.count_is_exact !== false };
    },
    staleTime: 30_000,
  });

export const facetsQuery = (organisation: string, filter: FrameFilter) =>
  queryOptions({
    queryKey: keys.facets(organisation, filter),
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/frames/facets", {
          params: {
            path: { organisation },
            query: { ...filter, facet: ["type", "filter", "object", "telescope", "night", "quality"], limit: 20 },
          },
        }),
      ),
    staleTime: 30_000,
    placeholderData: (before) => before,
  });

export const frameQuery = (organisation: string, frame_id: string) =>
  queryOptions({
    queryKey: keys.frame(organisation, frame_id),
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/frames/{frame_id}", {
          params: { path: { organisation, frame_id } },
        }),
      ),
  });

export const headerQuery = (organisation: string, frame_id: string) =>
  queryOptions({
    queryKey: [...keys.frame(organisation, frame_id), "header"],
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/frames/{frame_id}/header", {
          params: { path: { organisation, frame_id } },
        }),
      ),
    staleTime: Infinity,
  });

export const CALIBRATION_NIGHTS = 30; // before and behind a frame's own

export const calibrationsQuery = (organisation: string, frame_id: string) =>
  queryOptions({
    queryKey: [...keys.frame(organisation, frame_id), "calibrations"],
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/frames/{frame_id}/calibrations", {
          params: { path: { organisation, frame_id }, query: { days: CALIBRATION_NIGHTS } },
        }),
      ),
  });

export const datasetsQuery = (organisation: string) =>
  infiniteQueryOptions({
    queryKey: keys.datasets(organisation),
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/datasets", {
          params: { path: { organisation }, query: { cursor: pageParam, limit: 100 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const datasetQuery = (organisation: string, dataset: string) =>
  queryOptions({
    queryKey: keys.dataset(organisation, dataset),
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/datasets/{dataset}", {
          params: { path: { organisation, dataset } },
        }),
      ),
  });

export const datasetFilesQuery = (organisation: string, dataset: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.dataset(organisation, dataset), "files"],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/datasets/{dataset}/files", {
          params: { path: { organisation, dataset }, query: { cursor: pageParam, limit: 200 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const packagesQuery = (organisation: string) =>
  infiniteQueryOptions({
    queryKey: keys.packages(organisation),
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/packages", {
          params: { path: { organisation }, query: { cursor: pageParam, limit: 100 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const packageQuery = (organisation: string, name: string) =>
  queryOptions({
    queryKey: keys.package(organisation, name),
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/packages/{package}", {
          params: { path: { organisation, package: name } },
        }),
      ),
  });

export const instrumentsQuery = (organisation: string) =>
  queryOptions({
    queryKey: keys.instruments(organisation),
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/instruments", {
          params: { path: { organisation }, query: { limit: EVERYTHING } },
        }),
      ),
    staleTime: 5 * MINUTE,
  });

export const linksQuery = (organisation: string) =>
  infiniteQueryOptions({
    queryKey: keys.links(organisation),
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/links", {
          params: { path: { organisation }, query: { cursor: pageParam, limit: 100 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const hdusQuery = (organisation: string, frame_id: string) =>
  queryOptions({
    queryKey: [...keys.frame(organisation, frame_id), "hdus"],
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/frames/{frame_id}/hdus", {
          params: { path: { organisation, frame_id } },
        }),
      ),
    staleTime: Infinity,
  });

type PixelWindow = { x: number; y: number; size: number };

export const pixelsQuery = (organisation: string, frame_id: string, hdu: number, plane: number, of: PixelWindow) =>
  queryOptions({
    queryKey: [...keys.frame(organisation, frame_id), "pixels", hdu, plane, of],
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/frames/{frame_id}/hdus/{hdu}/pixels", {
          params: { path: { organisation, frame_id, hdu }, query: { x: of.x, y: of.y, width: of.size, height: of.size, plane } },
        }),
      ),
    staleTime: Infinity,
    gcTime: 30_000, // a pointer that wanders leaves hundreds behind
  });

export const fileQuery = (organisation: string, file_id: string) =>
  queryOptions({
    queryKey: keys.file(organisation, file_id),
    queryFn: () =>
      answer(
        api.GET("/api/v1/organisations/{organisation}/files/{file_id}", { params: { path: { organisation, file_id } } }),
      ),
  });

/** The first bytes of a file that has any, straight from the object store. */
export const beginningQuery = (organisation: string, file_id: string, most: number) =>
  queryOptions({
    queryKey: [...keys.file(organisation, file_id), "beginning", most],
    queryFn: async ({ signal }) => {
      const reply = await fetch(contentAddress(organisation, file_id), { headers: { Range: `bytes=0-${most - 1}` }, signal });
      if (!reply.ok) {
        throw new Problem(reply.status, "The file did not come", `The object store answered ${reply.status}: try again, or download it.`);
      }
      return reply.arrayBuffer();
    },
    staleTime: Infinity, // a file's bytes never change
    gcTime: 30_000,
  });
