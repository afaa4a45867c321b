// One night of one telescope: what it brought, when, what was lost, and its log.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight, FileText } from "lucide-react";
import type { Schemas } from "../../api/client";
import { logQuery } from "../../api/queries";
import { LogBook } from "../../log/LogBook";
import { count, duration, plural, shiftNight } from "../../parts/format";
import { PageHead } from "../../parts/PageHead";
import { Empty, Shown } from "../../parts/states";
import { Time } from "../../parts/times";
import { usePlaceOfSite } from "../../parts/usePlace";
import { Timeline } from "./Timeline";

export default function NightPage() {
  const { organisation, telescope, night } = useParams({ from: "/inside/$organisation/nights/$telescope/$night" });
  const log = useQuery(logQuery(organisation, telescope, night));
  usePlaceOfSite(organisation, log.data?.site);
  const base = `/api/v1/organisations/${encodeURIComponent(organisation)}/telescopes/${encodeURIComponent(telescope)}`;
  const there = (days: number) => ({ organisation, telescope, night: shiftNight(night, days) });
  return (
    <>
      <PageHead title={`Night of ${night}`} under={`${telescope}${log.data ? `, ${log.data.site}` : ""}`}>
        <Link to="/$organisation/nights/$telescope/$night" params={there(-1)} className="button" aria-label="The night before">
          <ChevronLeft size={18} aria-hidden="true" />
        </Link>
        <Link to="/$organisation/nights/$telescope/$night" params={there(1)} className="button" aria-label="The night after">
          <ChevronRight size={18} aria-hidden="true" />
        </Link>
        <a className="button" href={`${base}/nights/${night}/log.pdf`} download>
          <FileText size={16} aria-hidden="true" /> PDF
        </a>
        <a className="button" href={`${base}/nights/${night}/log.md`} download>
          Markdown
        </a>
        <Link className="button first" to="/$organisation/frames" params={{ organisation }} search={{ night, telescope }}>
          Frames
        </Link>
      </PageHead>
      <div className="night">
        <Shown of={log} lines={8}>
          {(book) => <Summary book={book} />}
        </Shown>
        <LogBook key={`${telescope} ${night}`} organisation={organisation} telescope={telescope} night={night} />
      </div>
    </>
  );
}

function Summary({ book }: { book: Schemas["NightLog"] }) {
  const told = book.summary;
  const lost = (book.time_lost.weather_s ?? 0) + (book.time_lost.fault_s ?? 0) + (book.time_lost.other_s ?? 0);
  if (!told.frames) {
    return (
      <section className="panel">
        <Empty title="No frames of this night">
          <p>Its log can be written all the same: nights without frames have their reasons.</p>
        </Empty>
      </section>
    );
  }
  return (
    <section className="panel" aria-label="What the night brought">
      <dl className="facts">
        <Fact name="Frames" value={count(told.frames)} />
        <Fact name="Exposure" value={duration(told.exposure_s)} />
        <Fact name="Open shutter" value={told.open_shutter == null ? "–" : `${Math.round(told.open_shutter * 100)} %`} />
        <Fact name="Lost" value={lost ? duration(lost) : "nothing"} />
        <Fact
          name="Crossed by satellites"
          value={told.frames_judged ? `${count(told.frames_crossed ?? 0)} of ${count(told.frames_judged)}` : "not judged"}
        />
        <Fact name="Failures" value={count(told.failure_count ?? 0)} />
      </dl>
      {told.timeline?.length ? (
        <Timeline
          lanes={told.timeline}
          gaps={told.gaps ?? []}
          start={told.window_start_at ?? told.first_exposure_at ?? book.start_at}
          end={told.window_end_at ?? told.last_exposure_at ?? book.end_at}
        />
      ) : null}
      <div className="columns">
        <table>
          <caption>By type</caption>
          <tbody>
            {told.by_type?.map((each) => (
              <tr key={each.frame_type}>
                <th scope="row">{each.frame_type ?? "unknown"}</th>
                <td className="num">{count(each.frames)}</td>
                <td className="num">{duration(each.exposure_s)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <table>
          <caption>By filter</caption>
          <tbody>
            {told.by_filter?.map((each) => (
              <tr key={each.filter}>
                <th scope="row">{each.filter ?? "none"}</th>
                <td className="num">{count(each.frames)}</td>
                <td className="num">{duration(each.exposure_s)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <table>
          <caption>Targets</caption>
          <tbody>
            {told.targets?.map((each) => (
              <tr key={`${each.object} ${each.filter}`}>
                <th scope="row">
                  {each.object ?? "unknown"} {each.filter}
                </th>
                <td className="num">{count(each.frames)}</td>
                <td className="num">{duration(each.exposure_s)}</td>
                <td>
                  <Time at={each.first_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {told.failures?.length ? (
        <details>
          <summary>{plural(told.failure_count ?? told.failures.length, "file")} with problems</summary>
          <ul>
            {told.failures.map((each) => (
              <li key={each.file_id}>
                <code>{each.name}</code> {each.problems.map((problem) => problem.detail).join("; ")}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </section>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
