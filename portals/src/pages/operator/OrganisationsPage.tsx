// All organisations: what each uses in a month, and what that comes to by its plan.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { revenueQuery, organisationsUsageQuery } from "../../api/operators";
import { bytes, count } from "../../parts/format";
import { Listed } from "../../parts/Listed";
import { PageHead } from "../../parts/PageHead";
import { Empty, Shown } from "../../parts/states";
import { Table } from "../../parts/Table";

const thisMonth = () => new Date().toISOString().slice(0, 7);
const prices = (all: Schemas["Price"][]) => all.map((each) => each.text).join(", ") || "–";

export default function OrganisationsPage() {
  const search = useSearch({ from: "/inside/-/organisations" });
  const navigate = useNavigate();
  const month = search.month ?? thisMonth();
  return (
    <>
      <PageHead title="Organisations" under="What each organisation uses, and what it comes to by its plan">
        <label>
          Month
          <input
            type="month"
            value={month}
            max={thisMonth()}
            onChange={({ target }) => target.value && void navigate({ to: "/-/organisations", search: { month: target.value }, replace: true })}
          />
        </label>
      </PageHead>
      <Revenue month={month} />
      <Organisations month={month} />
    </>
  );
}

function Revenue({ month }: { month: string }) {
  const revenue = useQuery(revenueQuery(month));
  return (
    <section className="panel" aria-label="All together">
      <div className="panel-head">
        <h2>All together</h2>
        {revenue.data ? <small>{revenue.data.closed ? `${month}, closed` : `${month}, so far`}</small> : null}
      </div>
      <Shown of={revenue} lines={2}>
        {(data) => (
          <dl className="facts">
            <div>
              <dt>Organisations</dt>
              <dd>{count(data.organisations)}</dd>
            </div>
            <div>
              <dt>Stored</dt>
              <dd>{bytes(data.stored_bytes)}</dd>
            </div>
            <div>
              <dt>Downloaded</dt>
              <dd>{bytes(data.egress_bytes)}</dd>
            </div>
            <div>
              <dt>Comes to</dt>
              <dd>{prices(data.amounts)}</dd>
            </div>
          </dl>
        )}
      </Shown>
    </section>
  );
}

function Organisations({ month }: { month: string }) {
  const organisations = useInfiniteQuery(organisationsUsageQuery(month));
  return (
    <section className="panel" aria-label="One by one">
      <h2>One by one</h2>
      <Listed
        of={organisations}
        empty={
          <Empty title="There is no organisation yet">
            <p>Whoever signs in makes the first.</p>
          </Empty>
        }
      >
        {(items) => (
          <Table
            name="Organisations"
            heads={[
              "Organisation",
              "Plan",
              { num: "Stored" },
              { num: "Room left" },
              { num: "GiB-months" },
              { num: "Downloaded" },
              { num: "Comes to" },
              { unseen: "Jobs" },
            ]}
          >
            {items.map((each) => (
              <tr key={each.organisation}>
                <td className="path">
                  <bdi>{each.name}</bdi> <small>{each.organisation}</small>
                </td>
                <td>
                  {each.plan} <small>version {each.version}</small>
                </td>
                <td className="num">{bytes(each.stored_bytes)}</td>
                <td className="num">{each.left_bytes == null ? "no limit" : bytes(each.left_bytes)}</td>
                <td className="num">{Number(Number(each.gib_months).toPrecision(4))}</td>
                <td className="num">{bytes(each.egress_bytes)}</td>
                <td className="num">{prices(each.amounts)}</td>
                <td>
                  <Link to="/-/jobs" search={{ organisation: each.organisation }} aria-label={`Dead jobs of ${each.organisation}`}>
                    dead jobs
                  </Link>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </section>
  );
}
