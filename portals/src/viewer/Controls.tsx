// How the picture is made: HDU, plane, stretch, limits, colours, tracks, and the frame it blinks with.
import type { Schemas } from "../api/client";
import { Time } from "../parts/times";
import { COLOURS, LIMITS, STRETCHES, type ViewerSearch } from "./search";

type Props = {
  hdus: Schemas["Hdu"][];
  hdu: Schemas["Hdu"];
  search: ViewerSearch;
  change: (changed: ViewerSearch) => void;
  tracks: number;
  others: Schemas["Frame"][];
  isOther: boolean;
};
const LIMIT_NAMES = { auto: "as the preview", zscale: "zscale", percentile: "0.5–99.5 %", minmax: "all values" };

export function Controls({ hdus, hdu, search, change, tracks, others, isOther }: Props) {
  const planes = hdu.planes ?? 1;
  const plane = search.plane ?? 0;
  return (
    <div className="viewer-controls">
      <label>
        HDU
        <select
          value={hdu.index}
          onChange={(event) => change({ hdu: Number(event.target.value), plane: undefined, x: undefined, y: undefined, scale: undefined })}
        >
          {hdus.map((each) => (
            <option key={each.index} value={each.index} disabled={!each.tiles}>
              {`${each.index} ${each.name} ${each.tiles ? `${each.width_px} × ${each.height_px}` : each.kind.replaceAll("_", " ")}`}
            </option>
          ))}
        </select>
      </label>
      <div className="row even">
        <label>
          Stretch
          <select value={search.stretch ?? "asinh"} onChange={(event) => change({ stretch: event.target.value as ViewerSearch["stretch"] })}>
            {STRETCHES.map((each) => <option key={each}>{each}</option>)}
          </select>
        </label>
        <label>
          Limits
          <select value={search.limits ?? "auto"} onChange={(event) => change({ limits: event.target.value as ViewerSearch["limits"] })}>
            {LIMITS.map((each) => <option key={each} value={each}>{LIMIT_NAMES[each]}</option>)}
          </select>
        </label>
      </div>
      <label>
        Colours
        <select value={search.colours ?? "grey"} onChange={(event) => change({ colours: event.target.value as ViewerSearch["colours"] })}>
          {COLOURS.map((each) => <option key={each}>{each}</option>)}
        </select>
      </label>
      {planes > 1 ? (
        <label>
          Plane {plane + 1} of {planes}
          <input type="range" min={0} max={planes - 1} value={plane} onChange={(event) => change({ plane: Number(event.target.value) || undefined })} />
        </label>
      ) : null}
      <div className="row">
        <label className="check">
          <input type="checkbox" checked={search.inverted ?? false} onChange={(event) => change({ inverted: event.target.checked || undefined })} />
          Inverted
        </label>
        {tracks ? (
          <label className="check">
            <input type="checkbox" checked={search.tracks ?? true} onChange={(event) => change({ tracks: event.target.checked ? undefined : false })} />
            Satellite tracks ({tracks})
          </label>
        ) : null}
      </div>
      <label>
        Blink with
        <select value={search.blink ?? ""} onChange={(event) => change({ blink: event.target.value || undefined })}>
          <option value="">nothing</option>
          {others.map((each) => (
            <option key={each.id} value={each.id}>
              {`${each.start_at?.replace("T", " ").slice(0, 19) ?? "unknown time"} ${each.filter ?? ""} ${each.path.split("/").pop()}`}
            </option>
          ))}
        </select>
      </label>
      {search.blink ? (
        <p role="status">
          Blinking; shown is the {isOther ? "other frame" : "frame itself"}
          {isOther ? <> of <Time at={others.find((each) => each.id === search.blink)?.start_at} seconds /></> : null}.
        </p>
      ) : null}
    </div>
  );
}
