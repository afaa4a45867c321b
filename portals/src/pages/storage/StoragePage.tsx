// Storage and bill: what lies where and whose it is, day by day, what it costs, and how it is paid.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { daysQuery } from "../../api/bill";
import { PageHead } from "../../parts/PageHead";
import { Empty, Shown } from "../../parts/states";
import { useRole } from "../../parts/useRole";
import { BillPanel } from "./BillPanel";
import { Breakdown } from "./Breakdown";
import { DayChart } from "./DayChart";
import { Estimates } from "./Estimates";
import { PaymentPanel } from "./PaymentPanel";
import "./storage.css";

const thisMonth = () => new Date().toISOString().slice(0, 7);

export default function StoragePage() {
  const { organisation } = useParams({ from: "/inside/$organisation/storage" });
  const search = useSearch({ from: "/inside/$organisation/storage" });
  const navigate = useNavigate();
  const { role, isAdmin, isOwner } = useRole(organisation);
  const month = search.month ?? thisMonth();
  const go = (more: Partial<typeof search>) =>
    void navigate({ to: "/$organisation/storage", params: { organisation }, search: { ...search, ...more }, replace: true });

  if (role && !isAdmin)
    return (
      <>
        <PageHead title="Storage and bill" />
        <Empty title="For administrators">
          <p>Owners and administrators see what is stored and what it costs. You are a {role}: ask one of them.</p>
        </Empty>
      </>
    );
  return (
    <>
      <PageHead title="Storage and bill" under="Metered by the byte and the microsecond; each content counts once">
        <label>
          Month
          <input
            type="month"
            value={month}
            max={thisMonth()}
            onChange={(event) => event.target.value && go({ month: event.target.value })}
          />
        </label>
      </PageHead>
      <Estimates organisation={organisation} />
      <Days organisation={organisation} month={month} />
      <Breakdown organisation={organisation} month={month} by={search.by ?? "tier"} choose={(by) => go({ by })} />
      <div className="two">
        <BillPanel organisation={organisation} month={month} />
        {isOwner ? <PaymentPanel organisation={organisation} /> : null}
      </div>
    </>
  );
}

function Days({ organisation, month }: { organisation: string; month: string }) {
  const days = useQuery(daysQuery(organisation, month));
  return (
    <section className="panel" aria-label="Day by day">
      <div className="panel-head">
        <h2>Day by day</h2>
        <small>stored at the end of each day, UTC</small>
      </div>
      <Shown of={days}>
        {(data) =>
          data.items.some((each) => each.stored_bytes) ? (
            <div className="scroll" tabIndex={0} role="group" aria-label={`Days of ${month}`}>
              <DayChart month={month} items={data.items} />
            </div>
          ) : (
            <Empty title={`Nothing was stored in ${month}`}>
              <p>Upload files, and each day shows what it held.</p>
            </Empty>
          )
        }
      </Shown>
    </section>
  );
}
