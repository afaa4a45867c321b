// One column against another, or a row of an image against its wavelengths; which, stands in the address.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Schemas } from "../api/client";
import { type Chosen, curveQuery } from "../api/looking";
import { plain } from "../pages/files/plain";
import { count, plural } from "../parts/format";
import { Failed, Loading } from "../parts/states";
import { choicesOf, labelOf } from "./axes";
import { Chart } from "./Chart";
import type { ViewerSearch } from "./search";

type Props = {
  organisation: string;
  frame: string;
  hdu: Schemas["Hdu"];
  columns: Schemas["ColumnList"] | null; // of a table
  search: ViewerSearch;
  change: (changed: ViewerSearch) => void;
};

const KINDS: Record<string, string> = {
  spectrum: "Spectrum", profile: "Row of pixels", light_curve: "Light curve", events: "Events", catalogue: "Places", columns: "Plot",
};

export function CurvePanel({ organisation, frame, hdu, columns, search, change }: Props) {
  const numeric = columns?.items.filter((each) => each.is_number) ?? [];
  const up = search.up ?? (search.across ? undefined : columns?.plot_y) ?? undefined;
  const across = search.across ?? (search.up ? undefined : columns?.plot_x) ?? undefined;
  const rows = columns ? columns.rows : hdu.shape.length > 1 ? (hdu.shape.at(-2) ?? 1) : 1;
  const isByRow = columns ? (numeric.find((each) => each.number === up)?.values ?? 1) > 1 : rows > 1;
  const chosen: Chosen = { ...(search.up ? { x: search.across, y: search.up } : {}), ...(search.row ? { row: search.row } : {}) };
  const isUnchosen = columns !== null && !search.up && !columns.has_plot;
  const curve = useQuery({ ...curveQuery(organisation, frame, hdu.index, chosen), enabled: !isUnchosen });
  return (
    <section className="panel curve-panel" aria-label="Plot">
      <div className="panel-head">
        <h2>{KINDS[curve.data?.kind ?? "columns"] ?? "Plot"}</h2>
        <div className="row">
          {columns ? (
            <>
              <ColumnField name="Across" value={across} none="row number" columns={numeric} choose={(number) => change({ across: number, up: up ?? numeric[0]?.number })} />
              <ColumnField name="Up" value={up} columns={numeric} choose={(number) => change({ up: number, across })} />
            </>
          ) : null}
          {isByRow ? (
            <label>
              Row of {count(rows)}
              <input
                type="number"
                min={1}
                max={rows}
                value={search.row ?? 1}
                onChange={(event) => {
                  const row = event.target.valueAsNumber;
                  if (Number.isInteger(row) && row >= 1 && row <= rows) change({ row: row > 1 ? row : undefined });
                }}
              />
            </label>
          ) : null}
          {curve.data ? <UnitField curve={curve.data} search={search} change={change} /> : null}
        </div>
      </div>
      {isUnchosen ? (
        <p>Choose two columns to see one against the other.</p>
      ) : curve.error ? (
        <Failed error={curve.error} retry={() => void curve.refetch()} />
      ) : curve.data ? (
        <Drawn curve={curve.data} search={search} />
      ) : (
        <Loading lines={8} />
      )}
    </section>
  );
}

function Drawn({ curve, search }: { curve: Schemas["HduCurve"]; search: ViewerSearch }) {
  const choices = useMemo(() => choicesOf(curve), [curve]); // its functions, too: other ones are another plot
  const across = choices.find((each) => each.key === search.unit) ?? choices[0]!;
  return (
    <>
      <Chart
        name={`${curve.y_axis.name} against ${curve.x_axis.name}`}
        x={curve.x}
        y={curve.y}
        across={across}
        up={labelOf(curve.y_axis)}
        isLine={curve.kind === "spectrum" || curve.kind === "profile"}
        isFlipped={/mag/i.test(curve.y_axis.name) || /^mag$/i.test(curve.y_axis.unit)}
      />
      <small>
        {plural(curve.points, "point")}
        {curve.is_whole ? "." : `, of which ${count(curve.x.length)} are drawn: of each stretch the lowest, the highest and two more, or every so many.`}
        {curve.time && !curve.time.clock ? " The file does not say which clock its times are of, so there is no UTC." : ""}
      </small>
    </>
  );
}

function UnitField({ curve, search, change }: { curve: Schemas["HduCurve"]; search: ViewerSearch; change: (changed: ViewerSearch) => void }) {
  const choices = choicesOf(curve);
  if (choices.length < 2) return null;
  return (
    <label>
      {curve.time ? "Times" : "Unit"}
      <select
        value={choices.some((each) => each.key === search.unit) ? search.unit : "file"}
        onChange={(event) => change({ unit: event.target.value === "file" ? undefined : event.target.value })}
      >
        {choices.map((each) => (
          <option key={each.key} value={each.key}>{each.name}</option>
        ))}
      </select>
    </label>
  );
}

type FieldProps = {
  name: string;
  value: number | undefined;
  none?: string;
  columns: Schemas["TableColumnFacts"][];
  choose: (number: number | undefined) => void;
};

function ColumnField({ name, value, none, columns, choose }: FieldProps) {
  return (
    <label>
      {name}
      <select value={value ?? ""} onChange={(event) => choose(Number(event.target.value) || undefined)}>
        {none || value === undefined ? <option value="" disabled={!none}>{none ?? "choose"}</option> : null}
        {columns.map((each) => (
          <option key={each.number} value={each.number}>
            {`${plain(each.name)}${each.unit ? ` (${plain(each.unit)})` : ""}`}
          </option>
        ))}
      </select>
    </label>
  );
}
