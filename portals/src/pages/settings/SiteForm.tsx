// A site: its place on Earth, its time zone, and what of the sky its horizon hides.
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useSaveSite } from "../../api/equipment";
import { EquipmentForm, type InUse } from "./EquipmentForm";
import { HorizonShape, readHorizon, writeHorizon } from "./horizon";

type SiteFormProps = InUse & { organisation: string; site: Schemas["Site"] | undefined };

const ZONES = Intl.supportedValuesOf("timeZone");

export function SiteForm({ organisation, site, ...inUse }: SiteFormProps) {
  const save = useSaveSite(organisation, site?.slug);
  const [horizon, setHorizon] = useState(() => writeHorizon(site?.horizon ?? null));
  const points = readHorizon(horizon);
  return (
    <EquipmentForm
      one="site"
      thing={site}
      save={save}
      blocked={points === "wrong"}
      {...inUse}
      read={({ word, number }) => {
        const points = readHorizon(word("horizon"));
        return {
          name: word("name"),
          latitude_deg: number("latitude") ?? 0,
          longitude_deg: number("longitude") ?? 0,
          height_m: number("height") ?? 0,
          time_zone: word("zone"),
          mpc_code: word("mpc") || null,
          horizon: points.length && points !== "wrong" ? points : null,
        };
      }}
      fields={<PlaceFields site={site} />}
      more={
        <div className="two">
          <label>
            Horizon: azimuth and altitude in degrees, a point a line; empty: flat
            <textarea
              name="horizon"
              rows={5}
              value={horizon}
              maxLength={20_000}
              placeholder={"0 5\n90 12\n180 3\n270 8"}
              aria-invalid={points === "wrong"}
              onChange={(event) => setHorizon(event.target.value)}
            />
          </label>
          {points === "wrong" ? (
            <p className="wrong" role="alert">
              Each line has two numbers: an azimuth from 0 to 360, and an altitude from −90 to 90.
            </p>
          ) : (
            <HorizonShape points={points} />
          )}
        </div>
      }
    />
  );
}

function PlaceFields({ site }: { site: Schemas["Site"] | undefined }) {
  return (
    <>
      <label>
        Latitude, ° north
        <input name="latitude" type="number" required step="any" min={-90} max={90} defaultValue={site?.latitude_deg} />
      </label>
      <label>
        Longitude, ° east
        <input name="longitude" type="number" required step="any" min={-180} max={360} defaultValue={site?.longitude_deg} />
      </label>
      <label>
        Height, m
        <input name="height" type="number" className="short" step="any" min={-500} max={9000} defaultValue={site?.height_m ?? 0} />
      </label>
      <label>
        Time zone
        <input name="zone" list="zones" required defaultValue={site?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone} />
        <datalist id="zones">
          {ZONES.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </label>
      <label>
        MPC code
        <input name="mpc" className="short" maxLength={4} defaultValue={site?.mpc_code ?? ""} />
      </label>
    </>
  );
}
