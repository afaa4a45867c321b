// The biases, darks and flats that fit a frame, nearest first.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { CALIBRATION_NIGHTS, calibrationsQuery } from "../../api/queries";
import { Shown } from "../../parts/states";
import { Time } from "../../parts/times";
import { plain } from "../files/plain";

const TITLES: Record<string, string> = { bias: "Biases", dark: "Darks", flat: "Flats" };
const NAMES: Record<string, string> = {
  exposure_s: "exposure",
  detector_temperature_c: "temperature",
  width_px: "width",
  height_px: "height",
  binning_x: "binning",
  binning_y: "binning",
};

const named = (facts: string[]) => [...new Set(facts.map((fact) => NAMES[fact] ?? fact))].join(", ");

export function Calibrations({ organisation, frame }: { organisation: string; frame: string }) {
  const found = useQuery(calibrationsQuery(organisation, frame));
  if (found.data && !found.data.kinds.length) return null; // a bias takes none
  return (
    <section className="panel" aria-label="Calibrations">
      <h2>Calibrations</h2>
      <Shown of={found} lines={3}>
        {({ kinds }) => (
          <>
            {kinds.map((kind) => (
              <Kind key={kind.frame_type} organisation={organisation} kind={kind} />
            ))}
          </>
        )}
      </Shown>
    </section>
  );
}

function Kind({ organisation, kind }: { organisation: string; kind: Schemas["KindOfCalibration"] }) {
  return (
    <>
      <h3>{TITLES[kind.frame_type] ?? kind.frame_type}</h3>
      {kind.missing.length ? <p>None can be found: the frame does not tell its {named(kind.missing)}.</p> : null}
      {!kind.missing.length && !kind.items.length ? <p>{`None within ${CALIBRATION_NIGHTS} nights fits.`}</p> : null}
      {kind.items.length ? (
        <ul className="object-list">
          {kind.items.map((each) => (
            <li key={each.frame.id}>
              <Link to="/$organisation/frames/$frame" params={{ organisation, frame: each.frame.id }}>
                <Time at={each.frame.start_at} date />
              </Link>{" "}
              <bdi>{plain(each.frame.path)}</bdi> <small>{words(each)}</small>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

function words({ hours_apart, warmer_c, not_compared, frame }: Schemas["Calibration"]): string {
  const told = [];
  if (hours_apart != null) told.push(`${Math.abs(hours_apart).toFixed(1)} h ${hours_apart < 0 ? "before" : "after"}`);
  if (frame.frame_type === "dark" && warmer_c != null && Math.abs(warmer_c) >= 0.05)
    told.push(`${Math.abs(warmer_c).toFixed(1)} °C ${warmer_c > 0 ? "warmer" : "colder"}`);
  if (not_compared.length) told.push(`not compared: ${named(not_compared)}`);
  return told.join(" · ");
}
