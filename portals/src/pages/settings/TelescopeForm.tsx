// A telescope: where it stands and what it gathers.
import type { Schemas } from "../../api/client";
import { useSaveTelescope } from "../../api/equipment";
import { EquipmentForm, type InUse } from "./EquipmentForm";

type TelescopeFormProps = InUse & {
  organisation: string;
  telescope: Schemas["Telescope"] | undefined;
  sites: Schemas["Site"][];
};

export function TelescopeForm({ organisation, telescope, sites, ...inUse }: TelescopeFormProps) {
  const save = useSaveTelescope(organisation, telescope?.slug);
  return (
    <EquipmentForm
      one="telescope"
      thing={telescope}
      on={{ name: "site", choices: sites }}
      save={save}
      {...inUse}
      read={({ word, number }) => ({
        name: word("name"),
        site: telescope?.site ?? word("site"),
        aperture_mm: number("aperture"),
        focal_length_mm: number("focal"),
        mount: word("mount") || null,
      })}
      fields={
        <>
          <label>
            Aperture, mm
            <input name="aperture" type="number" step="any" min={0.001} max={1e6} defaultValue={telescope?.aperture_mm ?? ""} />
          </label>
          <label>
            Focal length, mm
            <input name="focal" type="number" step="any" min={0.001} max={1e6} defaultValue={telescope?.focal_length_mm ?? ""} />
          </label>
          <label>
            Mount
            <input name="mount" maxLength={100} placeholder="equatorial" defaultValue={telescope?.mount ?? ""} />
          </label>
        </>
      }
    />
  );
}
