// One frame: its picture, its facts and where they come from, its header, what crossed it, and what one thinks of it.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { useJudgeFrame } from "../../api/mutations";
import { frameQuery } from "../../api/queries";
import { CopyButton } from "../../parts/CopyButton";
import { bytes, degrees, exposure, position } from "../../parts/format";
import { PageHead } from "../../parts/PageHead";
import { Failed, Shown } from "../../parts/states";
import { Time } from "../../parts/times";
import { usePlaceOfTelescope } from "../../parts/usePlace";
import { plain } from "../files/plain";
import { Calibrations } from "./Calibrations";
import { Crossings } from "./Crossings";
import { FramePicture } from "./FramePicture";
import { Header } from "./Header";
import { Versions } from "./Versions";

const QUALITIES = ["unchecked", "good", "doubtful", "bad"] as const;

export default function FramePage() {
  const { organisation, frame: id } = useParams({ from: "/inside/$organisation/frames/$frame" });
  const frame = useQuery(frameQuery(organisation, id));
  usePlaceOfTelescope(organisation, frame.data?.telescope);
  return (
    <Shown of={frame} lines={10} page>
      {(told) => (
        <>
          <PageHead
            title={plain(told.object ?? told.frame_type ?? "Frame")}
            under={
              <>
                <Time at={told.start_at} date seconds /> · <bdi>{plain(told.path)}</bdi>
              </>
            }
          >
            <CopyButton name="Copy as CLI" text={`uraniborg get ${told.id}`} />
            <a
              className="button first"
              href={`/api/v1/organisations/${encodeURIComponent(organisation)}/files/${told.file}/content`}
              download
            >
              <Download size={16} aria-hidden="true" /> {bytes(told.size_bytes)}
            </a>
          </PageHead>
          <div className="frame-page">
            <section className="panel" aria-label="Picture">
              <FramePicture organisation={organisation} frame={told} />
              <Judging organisation={organisation} frame={told} />
            </section>
            <section className="panel" aria-label="Facts">
              <Facts organisation={organisation} frame={told} />
              <Versions organisation={organisation} file={told.file} />
              {told.problems.length ? (
                <ul className="problems">
                  {told.problems.map((problem) => (
                    <li key={problem.code + problem.detail}>{problem.detail}</li>
                  ))}
                </ul>
              ) : null}
            </section>
            <Calibrations organisation={organisation} frame={told.id} />
            <Crossings frame={told} />
            <Header organisation={organisation} frame={told.id} />
          </div>
        </>
      )}
    </Shown>
  );
}

function Facts({ organisation, frame }: { organisation: string; frame: Schemas["FrameDetail"] }) {
  const sources = frame.sources as Record<string, string>;
  const rows: [string, ReactNode, string][] = [
    ["Type", frame.frame_type ?? "–", "frame_type"],
    ["Filter", frame.filter ?? "–", "filter"],
    ["Exposure", exposure(frame.exposure_s), "exposure_s"],
    ["Middle", <Time key="mid" at={frame.mid_at} date seconds />, "mid_at"],
    ["Night", frame.night && frame.telescope ? (
      <Link
        key="night"
        to="/$organisation/nights/$telescope/$night"
        params={{ organisation, telescope: frame.telescope, night: frame.night }}
      >
        {frame.night}
      </Link>
    ) : (frame.night ?? "–"), "night"],
    ["Telescope", frame.telescope ?? frame.telescope_name ?? "–", "telescope_name"],
    ["Instrument", frame.instrument ?? frame.instrument_name ?? "–", "instrument_name"],
    ["Observer", frame.observer ?? "–", "observer"],
    ["Position", position(frame.center_ra_deg ?? frame.ra_deg, frame.center_dec_deg ?? frame.dec_deg), "ra_deg"],
    ["Airmass", frame.airmass?.toFixed(3) ?? "–", "airmass"],
    ["Scale", frame.pixel_scale_arcsec ? `${frame.pixel_scale_arcsec.toFixed(3)}″/px` : "–", "pixel_scale_arcsec"],
    ["Radius of field", degrees(frame.radius_deg, 3), "radius_deg"],
    ["Size", frame.width_px ? `${frame.width_px} × ${frame.height_px} px` : "–", "width_px"],
    ["Binning", frame.binning_x ? `${frame.binning_x} × ${frame.binning_y}` : "–", "binning_x"],
    ["Gain", frame.gain ?? "–", "gain"],
    [
      "Detector",
      frame.detector_temperature_c == null ? "–" : `${frame.detector_temperature_c.toFixed(1).replace("-", "−")} °C`,
      "detector_temperature_c",
    ],
    ["SHA-256", <code key="sha">{frame.sha256.slice(0, 16)}…</code>, "sha256"],
  ];
  return (
    <table className="told">
      <caption className="unseen">Facts, and the header cards they were read from</caption>
      <tbody>
        {rows.map(([name, value, key]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <bdi>{value}</bdi>
            </td>
            <td>
              <small>{sources[key] === "upload" ? "said by whoever sent it" : (sources[key] ?? "")}</small>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Judging({ organisation, frame }: { organisation: string; frame: Schemas["FrameDetail"] }) {
  const judge = useJudgeFrame(organisation, frame.id);
  return (
    <>
      <div className="row" role="group" aria-label="Quality">
        {QUALITIES.map((quality) => (
          <button
            key={quality}
            type="button"
            aria-pressed={frame.quality === quality}
            disabled={judge.isPending}
            onClick={() => judge.mutate({ quality })}
          >
            {quality}
          </button>
        ))}
      </div>
      {frame.quality_note ? <p className="words">{frame.quality_note}</p> : null}
      {judge.error ? <Failed error={judge.error} /> : null}
    </>
  );
}
