// What is looked into of one frame: columns and rows of its tables, curves, and where its images are on the sky.
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { keys } from "./keys";

const HDU = "/api/v1/organisations/{organisation}/frames/{frame_id}/hdus/{hdu}";
const A_WHILE = 5 * 60_000;

const path = (organisation: string, frame_id: string, hdu: number) => ({ organisation, frame_id, hdu });
const key = (organisation: string, frame: string, hdu: number, what: string) =>
  [...keys.frame(organisation, frame), what, hdu] as const;

export const columnsQuery = (organisation: string, frame: string, hdu: number) =>
  queryOptions({
    queryKey: key(organisation, frame, hdu, "columns"),
    queryFn: () => answer(api.GET(`${HDU}/columns`, { params: { path: path(organisation, frame, hdu) } })),
    staleTime: Infinity, // a frame's bytes never change
  });

export type Page = { first: number; rows: number; column: number[] };

export const rowsQuery = (organisation: string, frame: string, hdu: number, page: Page) =>
  queryOptions({
    queryKey: [...key(organisation, frame, hdu, "rows"), page],
    queryFn: () =>
      answer(api.GET(`${HDU}/rows`, { params: { path: path(organisation, frame, hdu), query: page } })),
    staleTime: Infinity,
    gcTime: A_WHILE,
    placeholderData: (before) => before,
  });

export type Chosen = { x?: number; y?: number; row?: number };

export const curveQuery = (organisation: string, frame: string, hdu: number, chosen: Chosen) =>
  queryOptions({
    queryKey: [...key(organisation, frame, hdu, "curve"), chosen],
    queryFn: () =>
      answer(api.GET(`${HDU}/curve`, { params: { path: path(organisation, frame, hdu), query: chosen } })),
    staleTime: Infinity,
    gcTime: A_WHILE,
    retry: false,
  });

export const skyQuery = (organisation: string, frame: string, hdu: number) =>
  queryOptions({
    queryKey: key(organisation, frame, hdu, "sky"),
    queryFn: () => answer(api.GET(`${HDU}/sky`, { params: { path: path(organisation, frame, hdu) } })),
    staleTime: Infinity,
    retry: false,
  });

export const objectsQuery = (organisation: string, frame: string, hdu: number) =>
  queryOptions({
    queryKey: key(organisation, frame, hdu, "objects"),
    queryFn: () =>
      answer(api.GET(`${HDU}/objects`, { params: { path: path(organisation, frame, hdu), query: { limit: 300 } } })),
    staleTime: Infinity,
    retry: false,
  });
