// A month's bill, line by line, as it is computed from the ledger.
import { useQuery } from "@tanstack/react-query";
import { billQuery } from "../../api/bill";
import type { Schemas } from "../../api/client";
import { Empty, Shown } from "../../parts/states";
import { Table } from "../../parts/Table";

/** What is paid for: storage in GiB-months, egress in GiB. */
function counted(line: Schemas["BillLine"]): string {
  if (line.kind === "credit") return "";
  const unit = line.kind === "storage" ? "GiB-months" : "GiB";
  const short = (exact: string) => Number(Number(exact).toPrecision(4)).toString();
  return `${short(line.used)} ${unit}, ${short(line.free)} free, then ${line.unit_price} ${line.price.currency} each`;
}

export function BillPanel({ organisation, month }: { organisation: string; month: string }) {
  const bill = useQuery(billQuery(organisation, month));
  return (
    <section className="panel" aria-label="Bill">
      <div className="panel-head">
        <h2>Bill of {month}</h2>
        {bill.data ? <small>{bill.data.closed ? "closed" : "so far"}</small> : null}
      </div>
      <Shown of={bill}>
        {(data) =>
          data.lines.length ? (
            <Table name={`Bill of ${month}`} heads={["For", { num: "Price" }]}>
              {data.lines.map((line) => (
                <tr key={`${line.kind} ${line.plan} ${line.version} ${line.tier} ${line.text}`}>
                  <td className="path">
                    {line.text || `${line.kind}, ${line.tier}`} <small>{counted(line)}</small>
                  </td>
                  <td className="num">{line.price.text}</td>
                </tr>
              ))}
              {data.totals.map((total) => (
                <tr key={total.currency}>
                  <th>Total</th>
                  <td className="num">
                    <strong>{total.text}</strong>
                  </td>
                </tr>
              ))}
            </Table>
          ) : (
            <Empty title="Nothing to pay">
              <p>The month has no line on its bill.</p>
            </Empty>
          )
        }
      </Shown>
    </section>
  );
}
