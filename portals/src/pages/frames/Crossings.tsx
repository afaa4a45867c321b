// Which satellites crossed the frame while it was exposed.
import type { Schemas } from "../../api/client";
import { degrees } from "../../parts/format";
import { Time } from "../../parts/times";

export function Crossings({ frame }: { frame: Schemas["FrameDetail"] }) {
  return (
    <section className="panel" aria-label="Satellites">
      <div className="panel-head">
        <h2>Satellites</h2>
        {frame.crossings_at ? (
          <small>
            judged <Time at={frame.crossings_at} date />
          </small>
        ) : null}
      </div>
      {frame.crossed_by.length ? (
        <div className="scroll" tabIndex={0} role="group" aria-label="Crossings">
          <table>
            <thead>
              <tr>
                <th>Satellite</th>
                <th>Enters</th>
                <th>Leaves</th>
                <th className="num">Mag.</th>
                <th className="num">Closest</th>
                <th>Sure</th>
              </tr>
            </thead>
            <tbody>
              {frame.crossed_by.map((each) => (
                <tr key={`${each.norad_id} ${each.entry_at}`}>
                  <td>{each.name}</td>
                  <td>
                    <Time at={each.entry_at} seconds />
                  </td>
                  <td>
                    <Time at={each.exit_at} seconds />
                  </td>
                  <td className="num">{each.magnitude?.toFixed(1).replace("-", "−") ?? "–"}</td>
                  <td className="num">{degrees(each.closest_deg, 3)}</td>
                  <td>
                    {each.status}, ±{each.timing_sigma_s.toFixed(1)} s
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p>{frame.crossings === null ? "Not judged: position, time or element sets are missing." : "None crossed it."}</p>
      )}
    </section>
  );
}
