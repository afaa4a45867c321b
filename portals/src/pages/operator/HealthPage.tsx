// How the service does: what to look after first, then everything it stands on.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { healthQuery } from "../../api/operators";
import { bytes, count, plural } from "../../parts/format";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed, Shown } from "../../parts/states";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";

type Health = Schemas["ServiceHealth"];

export default function HealthPage() {
  const health = useQuery(healthQuery);
  return (
    <>
      <PageHead title="Health" under={health.data ? <Seen at={health.data.at} /> : "Looked at every ten seconds"} />
      <Shown of={health}>
        {(data) => (
          <>
            {health.error ? <Unknown error={health.error} retry={health.refetch} /> : <Worries worries={data.worries} />}
            <div className="two">
              <Stores health={data} />
              <Waiting health={data} />
            </div>
            <Workers workers={data.workers} />
          </>
        )}
      </Shown>
    </>
  );
}

function Seen({ at }: { at: string }) {
  return (
    <>
      As of <Time at={at} seconds />, looked at every ten seconds
    </>
  );
}

/** Nothing is well that does not answer. */
function Unknown({ error, retry }: { error: Error; retry: () => unknown }) {
  return (
    <>
      <Failed error={error} retry={() => void retry()} />
      <p className="note">How it does now is not known. Below is what was seen last.</p>
    </>
  );
}

function Worries({ worries }: { worries: string[] }) {
  return worries.length ? (
    <ul className="panel worries" aria-label="To look after" role="list">
      {worries.map((worry) => (
        <li key={worry} className="note">
          {worry}
        </li>
      ))}
    </ul>
  ) : (
    <p className="panel" role="status">
      <strong className="well">All is well.</strong>
    </p>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const answering = (one: { answers: boolean; answer_ms: number }) =>
  one.answers ? `answers in ${one.answer_ms < 10 ? one.answer_ms : Math.round(one.answer_ms)} ms` : "does not answer";

function Stores({ health: { database, store, disks } }: { health: Health }) {
  return (
    <section className="panel" aria-label="Database, store and disks">
      <h2>Database, store and disks</h2>
      <dl className="facts">
        <Fact name="Database">{answering(database)}</Fact>
        <Fact name="Its size">{bytes(database.size_bytes)}</Fact>
        <Fact name="Its revision">{database.revision}</Fact>
        <Fact name="Object store">{answering(store)}</Fact>
      </dl>
      {disks.map(({ holds, total_bytes, free_bytes }) => (
        <label key={holds} className="disk">
          Disk with {holds}: {bytes(free_bytes)} of {bytes(total_bytes)} free
          <meter min={0} max={total_bytes} high={total_bytes * 0.9} value={total_bytes - free_bytes} />
        </label>
      ))}
    </section>
  );
}

function Waiting({ health: { jobs, mail, catalogue } }: { health: Health }) {
  const of = (state: string) => jobs.filter((each) => each.state === state);
  const sum = (state: string) => of(state).reduce((total, each) => total + each.count, 0);
  const oldest = of("queued").map((each) => each.oldest_at).sort()[0];
  return (
    <section className="panel" aria-label="What waits">
      <h2>What waits</h2>
      <dl className="facts">
        <Fact name="Jobs that wait">
          {count(sum("queued"))}
          {oldest ? (
            <small>
              {" "}
              since <Time at={oldest} date />
            </small>
          ) : null}
        </Fact>
        <Fact name="Jobs that run">{count(sum("running"))}</Fact>
        <Fact name="Dead jobs">
          {sum("dead") ? (
            <Link to="/-/jobs" search={{ state: "dead" }}>
              {count(sum("dead"))}
            </Link>
          ) : (
            "none"
          )}
        </Fact>
        <Fact name="Mail that waits">{count(mail.waiting)}</Fact>
        <Fact name="Mail given up">{count(mail.given_up)}</Fact>
        <Fact name="Satellites">
          {plural(catalogue.satellites, "satellite")}
          {catalogue.newest_epoch ? (
            <small>
              {" "}
              newest of <Time at={catalogue.newest_epoch} date />
            </small>
          ) : null}
        </Fact>
      </dl>
      {catalogue.schedule?.failure ? <p className="note">Fetching elements failed: {catalogue.schedule.failure}</p> : null}
    </section>
  );
}

function Workers({ workers }: { workers: Schemas["WorkerSign"][] }) {
  return (
    <section className="panel" aria-label="Workers">
      <h2>Workers</h2>
      {workers.length ? (
        <Table name="Workers" heads={["Host", { num: "Process" }, "State", { num: "Jobs in hand" }, "Since", "Last sign"]}>
          {workers.map((each) => (
            <tr key={`${each.host} ${each.process} ${each.started_at}`}>
              <td>
                <bdi>{each.host}</bdi>
              </td>
              <td className="num">{each.process}</td>
              <td>
                <span className={each.silent ? "badge problem" : "badge published"}>{each.silent ? "silent" : "works"}</span>
              </td>
              <td className="num">{each.jobs}</td>
              <td>
                <Time at={each.started_at} date />
              </td>
              <td>
                <Time at={each.seen_at} seconds />
              </td>
            </tr>
          ))}
        </Table>
      ) : (
        <Empty title="No worker is there">
          <p>What is to be done waits. Start one beside the service with `uraniborg-server worker`.</p>
        </Empty>
      )}
    </section>
  );
}
