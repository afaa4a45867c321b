// A telescope: where it stands and what it gathers.
import type { Schemas } from "../../api/client";
import { useSaveTelescope } from "../../api/equipment";
import { written } from "../../parts/forms";
import { Empty, Failed } from "../../parts/states";

type TelescopeFormProps = {
  organisation: string;
  telescope: Schemas["Telescope"] | undefined;
  sites: Schemas["Site"][];
  close: () => void;
};

export function TelescopeForm({ organisation, telescope, sites, close }: TelescopeFormProps) {
  const save = useSaveTelescope(organisation, telescope?.slug);
  if (!sites.length)
    return (
      <Empty title="It has to stand somewhere">
        <p>Add a site first.</p>
      </Empty>
    );
  return (
    <form
      className="entry-form"
      onSubmit={(event) => {
        const { word, number } = written(event);
        save.mutate(
          {
            name: word("name"),
            site: telescope?.site ?? word("site"),
            aperture_mm: number("aperture"),
            focal_length_mm: number("focal"),
            mount: word("mount") || null,
          },
          { onSuccess: close },
        );
      }}
    >
      <h3>{telescope ? `Change ${telescope.name}` : "A new telescope"}</h3>
      <div className="row">
        <label>
          Name
          <input name="name" required maxLength={200} defaultValue={telescope?.name} />
        </label>
        {telescope ? null : (
          <label>
            Site
            <select name="site" required>
              {sites.map((each) => (
                <option key={each.slug} value={each.slug}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
        )}
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
      </div>
      {save.error ? <Failed error={save.error} /> : null}
      <div className="row">
        <button type="submit" className="first" disabled={save.isPending}>
          {telescope ? "Save" : "Add"}
        </button>
        <button type="button" onClick={close}>
          Leave it
        </button>
      </div>
    </form>
  );
}
