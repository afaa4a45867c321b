// How the picture is made: HDU, plane, stretch, limits, colours, what lies over it, and the frame it blinks with.
import type { Schemas } from "../api/client";
import { plain } from "../pages/files/plain";
import { Time } from "../parts/times";
import { HduChoice } from "./HduChoice";
import { COLOURS, LIMITS, STRETCHES, type ViewerSearch } from "./search";
import type { Other } from "./useOther";

type Props = {
  hdus: Schemas["Hdu"][];
  hdu: Schemas["Hdu"];
  search: ViewerSearch;
  change: (changed: ViewerSearch) => void;
  tracks: number;
  isOnSky: boolean;
  others: Schemas["Frame"][];
  other: Other | null;
  isOther: boolean;
};
const LIMIT_NAMES = { auto: "as the preview", zscale: "zscale", percentile: "0.5–99.5 %", minmax: "sampled range" };

export function Controls({ hdus, hdu, search, change, tracks, isOnSky, others, other, isOther }: Props) {
  const planes = hdu.planes ?? 1;
  const plane = search.plane ?? 0;
  return (
    <div className="viewer-controls">
      <HduChoice hdus={hdus} hdu={hdu} change={change} />
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
          Plane {plane + 1} of {planes}{hdu.plane_axis ? `: ${planeText(hdu.plane_axis, plane)}` : ""}
          <input type="range" min={0} max={planes - 1} value={plane} onChange={(event) => change({ plane: Number(event.target.value) || undefined })} />
        </label>
      ) : null}
      <div className="row">
        <label className="check">
          <input type="checkbox" checked={search.inverted ?? false} onChange={(event) => change({ inverted: event.target.checked || undefined })} />
          Inverted
        </label>
        {isOnSky ? (
          <>
            <label className="check">
              <input type="checkbox" checked={search.grid ?? false} onChange={(event) => change({ grid: event.target.checked || undefined })} />
              RA/Dec grid
            </label>
            <label className="check">
              <input type="checkbox" checked={search.objects ?? false} onChange={(event) => change({ objects: event.target.checked || undefined })} />
              Stars and objects
            </label>
          </>
        ) : null}
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
        <>
          {isOnSky ? (
            <label>
              Laid over each other
              <select value={search.align ?? "sky"} onChange={(event) => change({ align: event.target.value === "pixels" ? "pixels" : undefined })}>
                <option value="sky">by the sky</option>
                <option value="pixels">pixel by pixel</option>
              </select>
            </label>
          ) : null}
          <p role="status">
            {other
              ? `Blinking, ${other.bySky === null ? "soon by the sky" : other.bySky ? "by the sky" : "pixel by pixel"}; shown is the ${isOther ? "other frame" : "frame itself"}`
              : "The other frame has no image, or is still to come"}
            {other && isOther ? <> of <Time at={others.find((each) => each.id === search.blink)?.start_at} seconds /></> : null}.
          </p>
        </>
      ) : null}
    </div>
  );
}

/** Where on the third axis a plane is. */
function planeText(axis: Schemas["PlaneAxis"], plane: number): string {
  const value = Number((axis.first + plane * axis.step).toPrecision(8));
  return `${plain(axis.name)} ${String(value).replace("-", "−")} ${plain(axis.unit)}`.trim();
}
