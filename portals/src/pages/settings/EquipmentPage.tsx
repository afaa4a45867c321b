// Sites, their telescopes, and the instruments on them: looked at, added, changed.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useRef, useState } from "react";
import { instrumentsQuery, sitesQuery, telescopesQuery } from "../../api/queries";
import { degrees } from "../../parts/format";
import { PageHead } from "../../parts/PageHead";
import { Empty, Shown } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { Table } from "../../parts/Table";
import { useRole } from "../../parts/useRole";
import type { InUse } from "./EquipmentForm";
import { InstrumentForm } from "./InstrumentForm";
import { SiteForm } from "./SiteForm";
import { TelescopeForm } from "./TelescopeForm";

export default function EquipmentPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/settings" });
  const { isAdmin } = useRole(organisation);
  const sites = useQuery(sitesQuery(organisation));
  const telescopes = useQuery(telescopesQuery(organisation));
  const instruments = useQuery(instrumentsQuery(organisation));
  const common = { organisation, isAdmin };
  return (
    <>
      <PageHead title="Equipment" under="Where one observes and with what: nights, frames and satellites are told by it" />
      <Shown of={sites}>
        {({ items }) => (
          <Kind
            {...common}
            name="Sites"
            one="site"
            heads={["Site", "Latitude", "Longitude", "Height", "Time zone", "Horizon"]}
            items={items}
            empty="Add where the telescopes stand: darkness and the Moon are computed from it."
            row={(each) => [
              degrees(each.latitude_deg, 4),
              degrees(each.longitude_deg, 4),
              `${each.height_m} m`,
              each.time_zone,
              each.horizon ? `${each.horizon.length} points` : "flat",
            ]}
            form={(each, inUse) => <SiteForm organisation={organisation} site={each} {...inUse} />}
          />
        )}
      </Shown>
      <Shown of={telescopes}>
        {({ items }) => (
          <Kind
            {...common}
            name="Telescopes"
            one="telescope"
            heads={["Telescope", "Site", "Aperture", "Focal length", "Mount"]}
            items={items}
            empty="Add one at a site: its nights are kept in a log of their own."
            row={(each) => [
              each.site,
              each.aperture_mm == null ? "–" : `${each.aperture_mm} mm`,
              each.focal_length_mm == null ? "–" : `${each.focal_length_mm} mm`,
              each.mount ?? "–",
            ]}
            form={(each, inUse) => (
              <TelescopeForm organisation={organisation} telescope={each} sites={sites.data?.items ?? []} {...inUse} />
            )}
          />
        )}
      </Shown>
      <Shown of={instruments}>
        {({ items }) => (
          <Kind
            {...common}
            name="Instruments"
            one="instrument"
            heads={["Instrument", "Telescope", "Pixels", "Scale", "Filters"]}
            items={items}
            empty="Add a camera or spectrograph: it knows how its headers are to be read."
            row={(each) => [
              each.telescope,
              each.width_px && each.height_px ? `${each.width_px} × ${each.height_px}` : "–",
              each.pixel_scale_arcsec == null ? "–" : `${each.pixel_scale_arcsec}″ a pixel`,
              each.filters.join(", ") || "–",
            ]}
            form={(each, inUse) => (
              <InstrumentForm
                organisation={organisation}
                instrument={each}
                telescopes={telescopes.data?.items ?? []}
                {...inUse}
              />
            )}
          />
        )}
      </Shown>
    </>
  );
}

type Thing = { slug: string; name: string };
type KindProps<T extends Thing> = {
  organisation: string;
  isAdmin: boolean;
  name: string;
  one: string;
  heads: string[];
  items: T[];
  empty: string;
  row: (each: T) => string[];
  form: (each: T | undefined, inUse: InUse) => ReactNode;
};

function Kind<T extends Thing>({ isAdmin, name, one, heads, items, empty, row, form }: KindProps<T>) {
  const [open, setOpen] = useState<T | "new" | null>(null);
  const edited = useRef(false);
  const inUse = { close: () => setOpen(null), edited };
  const isOpen = (which: T | "new") => (which === "new" || open === "new" || !open ? which === open : which.slug === open.slug);

  /** The button that opens a form in the place of the one that is open, where one is. */
  const opener = (which: T | "new", name: string, label?: string) => (
    <Sure
      name={name}
      label={label}
      title="Drop what you typed?"
      asks={() => edited.current && !isOpen(which)}
      act={() => isOpen(which) || setOpen(which)}
      yes="Drop it"
    >
      <p>{open && open !== "new" ? `The changes to ${open.name} are` : `The new ${one} is`} not saved yet.</p>
    </Sure>
  );
  return (
    <section className="panel" aria-label={name}>
      <div className="panel-head">
        <h2>{name}</h2>
        {isAdmin ? opener("new", `Add ${one === "instrument" ? "an" : "a"} ${one}`) : null}
      </div>
      {open ? <div key={open === "new" ? "" : open.slug}>{form(open === "new" ? undefined : open, inUse)}</div> : null}
      {items.length ? (
        <Table name={name} heads={[...heads, ...(isAdmin ? [{ unseen: "Change" }] : [])]}>
          {items.map((each) => (
            <tr key={each.slug}>
              <td>
                <bdi>{each.name}</bdi> <small>{each.slug}</small>
              </td>
              {row(each).map((cell, i) => (
                <td key={heads[i + 1]}>{cell}</td>
              ))}
              {isAdmin ? <td>{opener(each, "Change", `Change ${each.name}`)}</td> : null}
            </tr>
          ))}
        </Table>
      ) : open ? null : (
        <Empty title={`No ${one} yet`}>
          <p>{isAdmin ? empty : "An administrator adds them."}</p>
        </Empty>
      )}
    </section>
  );
}
