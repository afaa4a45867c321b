// The whole sky with the fields of what was found, and the same fields as a list for who has no pointer.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Fragment, type MouseEvent, type PointerEvent, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { FrameFilter } from "../api/keys";
import { count, degrees, plural, position } from "../parts/format";
import { currentMode, onMode } from "../parts/settings";
import { Empty, Shown } from "../parts/states";
import { AladinSheet } from "./AladinSheet";
import { drawSky, fieldAt, middle, sheet, type Sheet } from "./draw";
import { type Field, type Fields, fieldsQuery } from "./fields";

type Props = { organisation: string; filter: FrameFilter; sort: string; inAladin: boolean };
const LISTED = 200;

export default function SkyMap({ organisation, filter, sort, inAladin }: Props) {
  const asked = useQuery(fieldsQuery(organisation, filter, sort));
  return (
    <Shown of={asked} lines={10}>
      {(told) =>
        told.fields.length ? (
          <Sky organisation={organisation} told={told} inAladin={inAladin} />
        ) : (
          <Empty title="Nothing to draw">
            <p>{told.frames ? "None of these frames tells where it looks." : "No frame fits: take a condition away."}</p>
          </Empty>
        )
      }
    </Shown>
  );
}

type SkyProps = { organisation: string; told: Fields; inAladin: boolean };

function Sky({ organisation, told, inAladin }: SkyProps) {
  const { fields } = told;
  const navigate = useNavigate();
  const [chosen, choose] = useState<Field | null>(null);
  const shown = chosen && fields.includes(chosen) ? chosen : null;
  const open = (frame: string) => void navigate({ to: "/$organisation/frames/$frame", params: { organisation, frame } });
  return (
    <div className="sky-map">
      {inAladin ? (
        <AladinSheet organisation={organisation} fields={fields} open={open} />
      ) : (
        <OurSheet told={told} shown={shown} choose={choose} open={open} />
      )}
      <FieldList organisation={organisation} fields={fields} shown={shown} choose={choose} />
    </div>
  );
}

type SheetProps = { told: Fields; shown: Field | null; choose: (field: Field | null) => void; open: (frame: string) => void };

function OurSheet({ told, shown, choose, open }: SheetProps) {
  const { fields } = told;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [on, setSheet] = useState<Sheet | null>(null);
  const mode = useSyncExternalStore(onMode, currentMode);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setSheet(sheet(element.clientWidth, element.clientHeight)));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (canvas.current && on) drawSky(canvas.current, on, fields, shown);
  }, [on, fields, shown, mode]);

  const under = (event: PointerEvent<HTMLCanvasElement> | MouseEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return on && fieldAt(on, fields, event.clientX - box.left, event.clientY - box.top);
  };
  const at = shown && on ? middle(on, shown) : null;
  return (
    <div className="sky-sheet">
      <div className="sky-canvas">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Map of the sky with ${plural(fields.length, "field")}; they are listed beside it`}
          data-fields={fields.length}
          className={shown ? "on-field" : undefined}
          onPointerMove={(event) => choose(under(event))}
          onPointerLeave={() => choose(null)}
          onClick={(event) => {
            const field = under(event);
            if (field) open(field.frame);
          }}
        />
        {shown && at && on ? (
          <p className={at.x > on.width / 2 ? "sky-told left" : "sky-told"} style={{ top: at.y, left: at.x }} aria-hidden="true">
            <strong>
              <bdi>{shown.object ?? "unnamed"}</bdi>
            </strong>
            <span>{position(shown.raDeg, shown.decDeg)}</span>
            <small>
              {plural(shown.all.length, "frame")}
              {shown.radiusDeg ? `, radius ${degrees(shown.radiusDeg, 2)}` : ""}
            </small>
          </p>
        ) : null}
      </div>
      <small>
        ICRS, Aitoff’s projection, east to the left.{" "}
        {told.isWhole ? "" : `Only the first ${count(told.frames)} frames are drawn. `}
        {told.placeless ? `${plural(told.placeless, "frame")} of these without a position.` : ""}
      </small>
    </div>
  );
}

const NUMBERED = 10;

/** A place finds the frames that have a footprint there; others are found by their object's name, or stand here. */
function FramesOf({ organisation, field }: { organisation: string; field: Field }) {
  const { object, radiusDeg, raDeg, decDeg, all } = field;
  const told = plural(all.length, "frame");
  if (!object && !radiusDeg)
    return (
      <small>
        {told}
        {all.length > 1 ? ": " : ""}
        {(all.length > 1 ? all.slice(0, NUMBERED) : []).map((frame, i) => (
          <Fragment key={frame}>
            {i ? ", " : ""}
            <Link to="/$organisation/frames/$frame" params={{ organisation, frame }} preload={false} aria-label={`Frame ${i + 1} of ${all.length}`}>
              {i + 1}
            </Link>
          </Fragment>
        ))}
        {all.length > NUMBERED ? " …" : ""}
      </small>
    );
  const search: FrameFilter = {
    ...(object ? { object } : {}),
    ...(radiusDeg ? { near: `${raDeg.toFixed(4)},${decDeg.toFixed(4)}`, radius: 0.1 } : {}),
  };
  return (
    <Link
      to="/$organisation/frames"
      params={{ organisation }}
      search={(before) => ({ ...(before as FrameFilter), ...search, view: undefined })}
      preload={false}
    >
      {told}
    </Link>
  );
}

type ListProps = { organisation: string; fields: Field[]; shown: Field | null; choose: (field: Field | null) => void };

function FieldList({ organisation, fields, shown, choose }: ListProps) {
  return (
    <section className="panel sky-fields" aria-label="Fields">
      <h2>{plural(fields.length, "field")}</h2>
      <ul>
        {fields.slice(0, LISTED).map((field) => (
          <li
            key={field.frame}
            className={field === shown ? "chosen-row" : undefined}
            onFocus={() => choose(field)}
            onBlur={() => choose(null)}
            onPointerEnter={() => choose(field)}
            onPointerLeave={() => choose(null)}
          >
            <Link to="/$organisation/frames/$frame" params={{ organisation, frame: field.frame }} preload={false}>
              <bdi>{field.object ?? "unnamed"}</bdi>
            </Link>
            <small>{position(field.raDeg, field.decDeg)}</small>
            <FramesOf organisation={organisation} field={field} />
          </li>
        ))}
      </ul>
      {fields.length > LISTED ? <small>The first {LISTED} are listed.</small> : null}
    </section>
  );
}
