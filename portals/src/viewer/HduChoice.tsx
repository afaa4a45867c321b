// Which of a file's HDUs is looked at; another one is looked at from its beginning.
import type { Schemas } from "../api/client";
import { plain } from "../pages/files/plain";
import { count, plural } from "../parts/format";
import type { ViewerSearch } from "./search";

/** What belongs to one HDU, and to no other. */
const ANEW: ViewerSearch = {
  plane: undefined, x: undefined, y: undefined, scale: undefined,
  across: undefined, up: undefined, row: undefined, unit: undefined, from: undefined,
};

type Props = { hdus: Schemas["Hdu"][]; hdu: Schemas["Hdu"]; change: (changed: ViewerSearch) => void };

const told = (hdu: Schemas["Hdu"]) =>
  hdu.tiles
    ? `${hdu.width_px} × ${hdu.height_px}${(hdu.planes ?? 1) > 1 ? ` × ${hdu.planes}` : ""}`
    : hdu.kind.endsWith("table")
      ? `table of ${plural(hdu.shape[0] ?? 0, "row")}`
      : hdu.has_curve
        ? `${count(hdu.shape.at(-1) ?? 0)} points`
        : hdu.kind.replaceAll("_", " ");

export function HduChoice({ hdus, hdu, change }: Props) {
  return (
    <label>
      HDU
      <select value={hdu.index} onChange={(event) => change({ ...ANEW, hdu: Number(event.target.value) })}>
        {hdus.map((each) => (
          <option key={each.index} value={each.index} disabled={!each.tiles && !each.has_curve}>
            {`${each.index} ${plain(each.name)} ${told(each)}`}
          </option>
        ))}
      </select>
    </label>
  );
}
