// What an organisation observes with: changes make all of the organisation stale, since everything hangs on it.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";
import { keys } from "./keys";
import { useChange } from "./mutations";

const ORGANISATION = "/api/v1/organisations/{organisation}" as const;

// What is added is told in full; of what there is, only what changes.

/** Adds a site, or changes the one that has this slug. */
export const useSaveSite = (organisation: string, site: string | undefined) =>
  useChange((body: Partial<Schemas["NewSite"]>) => {
    const path = { organisation };
    return site
      ? answer(api.PATCH(`${ORGANISATION}/sites/{site}`, { params: { path: { organisation, site } }, body }))
      : answer(api.POST(`${ORGANISATION}/sites`, { params: { path }, body: body as Schemas["NewSite"] }));
  }, keys.organisation(organisation));

/** A telescope stays at its site. */
export const useSaveTelescope = (organisation: string, telescope: string | undefined) =>
  useChange((body: Partial<Schemas["NewTelescope"]>) => {
    const path = { organisation };
    return telescope
      ? answer(api.PATCH(`${ORGANISATION}/telescopes/{telescope}`, { params: { path: { organisation, telescope } }, body }))
      : answer(api.POST(`${ORGANISATION}/telescopes`, { params: { path }, body: body as Schemas["NewTelescope"] }));
  }, keys.organisation(organisation));

/** An instrument stays at its telescope. */
export const useSaveInstrument = (organisation: string, instrument: string | undefined) =>
  useChange((body: Partial<Schemas["NewInstrument"]>) => {
    const path = { organisation };
    return instrument
      ? answer(api.PATCH(`${ORGANISATION}/instruments/{instrument}`, { params: { path: { organisation, instrument } }, body }))
      : answer(api.POST(`${ORGANISATION}/instruments`, { params: { path }, body: body as Schemas["NewInstrument"] }));
  }, keys.organisation(organisation));

export const useIngestAgain = (organisation: string) =>
  useChange(
    (instrument: string) =>
      answer(api.POST(`${ORGANISATION}/ingests`, { params: { path: { organisation } }, body: { instrument } })),
    keys.frames(organisation),
  );

/** What a mapping would make of a frame; it changes nothing, so it is read like anything else. */
export const mappingTrialQuery = (
  organisation: string,
  instrument: string,
  frame: string,
  header_mapping: Schemas["HeaderMapping"],
) =>
  queryOptions({
    queryKey: [...keys.frame(organisation, frame), "trial", instrument, header_mapping],
    queryFn: ({ signal }) =>
      answer(
        api.POST(`${ORGANISATION}/instruments/{instrument}/mapping-trial`, {
          params: { path: { organisation, instrument } },
          body: { frame, header_mapping },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
