// The year as a calendar: how many frames each night brought, darker for more.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { telescopesQuery, yearQuery } from "../../api/queries";
import { NamedOptions } from "../../parts/NamedOptions";
import { count, duration, plural } from "../../parts/format";
import { PageHead } from "../../parts/PageHead";
import { Empty, Shown } from "../../parts/states";
import { YearMap } from "./YearMap";

export default function NightsPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/nights" });
  const search = useSearch({ from: "/inside/$organisation/nights" });
  const navigate = useNavigate({ from: "/$organisation/nights" });
  const year = search.year ?? new Date(Date.now() - 12 * 3_600_000).getFullYear(); // a night is of its evening
  const telescopes = useQuery(telescopesQuery(organisation));
  const nights = useQuery(yearQuery(organisation, search.telescope ?? "", year));
  const step = (years: number) => () => void navigate({ search: (before) => ({ ...before, year: year + years }) });
  return (
    <>
      <PageHead title={`Nights of ${year}`}>
        <label>
          <span className="unseen">Telescope</span>
          <select
            value={search.telescope ?? ""}
            onChange={(event) =>
              void navigate({ search: (before) => ({ ...before, telescope: event.target.value || undefined }) })
            }
          >
            <option value="">All telescopes</option>
            <NamedOptions of={telescopes.data?.items} />
          </select>
        </label>
        <button type="button" onClick={step(-1)} aria-label="The year before">
          <ChevronLeft size={18} aria-hidden="true" />
        </button>
        <button type="button" onClick={step(1)} aria-label="The year after">
          <ChevronRight size={18} aria-hidden="true" />
        </button>
      </PageHead>
      <Shown of={nights} lines={6}>
        {({ items, next_cursor }) => (
          <>
            <YearMap organisation={organisation} year={year} nights={items} />
            {next_cursor ? <p>The first 1,000 nights of this year: choose a telescope to see the others.</p> : null}
            {items.length ? (
              <section className="panel">
                <div className="scroll" tabIndex={0} role="group" aria-label="Nights">
                  <table>
                    <thead>
                      <tr>
                        <th>Night</th>
                        <th>Telescope</th>
                        <th className="num">Frames</th>
                        <th className="num">Exposure</th>
                        <th className="num">Lost</th>
                        <th>Log</th>
                      </tr>
                    </thead>
                    <tbody>
                      {items.map((each) => (
                        <tr key={`${each.night} ${each.telescope}`}>
                          <td>
                            <Link
                              to="/$organisation/nights/$telescope/$night"
                              params={{ organisation, telescope: each.telescope, night: each.night }}
                            >
                              {each.night}
                            </Link>
                          </td>
                          <td>{each.telescope}</td>
                          <td className="num">{count(each.frames)}</td>
                          <td className="num">{duration(each.exposure_s)}</td>
                          <td className="num">{each.time_lost_s ? duration(each.time_lost_s) : "–"}</td>
                          <td>{each.log === "none" ? "–" : each.log}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
                <p>{plural(items.length, "night")}</p>
              </section>
            ) : (
              <Empty title={`No night of ${year} yet`}>
                <p>A night is here as soon as frames of it are, or its log is written.</p>
                <pre>uraniborg upload FOLDER --telescope TELESCOPE</pre>
              </Empty>
            )}
          </>
        )}
      </Shown>
    </>
  );
}
