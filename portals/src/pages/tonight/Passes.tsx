// Which sunlit satellites pass over the site this night, brightest first or by time.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "../../api/client";
import { passesQuery } from "../../api/queries";
import { compass, degrees, plural } from "../../parts/format";
import { Empty, Shown } from "../../parts/states";
import { Time } from "../../parts/times";

const SHOWN = 12;

export function Passes({ organisation, site, night }: { organisation: string; site: string; night: string }) {
  const passes = useQuery(passesQuery(organisation, site, night));
  const [all, setAll] = useState(false);
  return (
    <section className="panel" aria-label="Satellites passing">
      <div className="panel-head">
        <h2>Satellites passing</h2>
        <small>sunlit, above 20°</small>
      </div>
      {passes.error instanceof Problem && passes.error.code === "no-satellite-catalogue" ? (
        <Empty title="No catalogue of satellites yet">
          <p>The operator of this service brings element sets in:</p>
          <pre>uraniborg-server satellites import FILE</pre>
        </Empty>
      ) : (
      <Shown of={passes}>
        {(list) =>
          list.items.length ? (
            <>
              <div className="scroll" tabIndex={0} role="group" aria-label="Passes">
                <table>
                  <thead>
                    <tr>
                      <th>Rises</th>
                      <th>Satellite</th>
                      <th className="num">Highest</th>
                      <th className="num">Mag.</th>
                      <th>Way</th>
                      <th>Sets</th>
                    </tr>
                  </thead>
                  <tbody>
                    {list.items.slice(0, all ? undefined : SHOWN).map((pass) => (
                      <tr key={`${pass.norad_id} ${pass.highest_at}`}>
                        <td>
                          <Time at={pass.rise_at} />
                        </td>
                        <td>{pass.name}</td>
                        <td className="num">
                          {degrees(pass.highest_altitude_deg, 0)} <Time at={pass.highest_at} />
                        </td>
                        <td className="num">{pass.magnitude?.toFixed(1).replace("-", "−") ?? "–"}</td>
                        <td>
                          {compass(pass.rise_azimuth_deg)} → {compass(pass.highest_azimuth_deg)} →{" "}
                          {compass(pass.set_azimuth_deg)}
                        </td>
                        <td>
                          <Time at={pass.set_at} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              {list.items.length > SHOWN && !all ? (
                <button type="button" onClick={() => setAll(true)}>
                  Show {list.next_cursor ? `the first ${list.items.length} of ` : "all "}
                  {plural(list.count, "pass", "passes")}
                </button>
              ) : null}
            </>
          ) : (
            <Empty title="Nothing known passes">
              <p>
                {list.set_aside_count
                  ? `${plural(list.set_aside_count, "satellite was", "satellites were")} set aside: their elements are too old or cannot be used.`
                  : "The catalogue has no satellite that rises above 20° in sunlight this night."}
              </p>
            </Empty>
          )
        }
      </Shown>
      )}
    </section>
  );
}
