// Whose local and sidereal time a page shows: that of its site.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Schemas } from "../api/client";
import { sitesQuery, telescopesQuery } from "../api/queries";
import { type Place, useTimes } from "./times";

export const placeOf = (organisation: string, site: Schemas["Site"]): Place => ({
  organisation,
  timeZone: site.time_zone,
  longitudeDeg: site.longitude_deg,
  name: site.name,
});

/** Times are those of a site from now on, once it is known. */
export function usePlaceOfSite(organisation: string, slug: string | null | undefined): void {
  const { setPlace } = useTimes();
  const sites = useQuery(sitesQuery(organisation));
  const site = sites.data?.items.find((each) => each.slug === slug);
  useEffect(() => {
    if (site) setPlace(placeOf(organisation, site));
  }, [organisation, site, setPlace]);
}

export function usePlaceOfTelescope(organisation: string, slug: string | null | undefined): void {
  const telescopes = useQuery(telescopesQuery(organisation));
  usePlaceOfSite(organisation, telescopes.data?.items.find((each) => each.slug === slug)?.site);
}
