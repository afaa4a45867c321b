// A month's bill, line by line, as it is computed from the ledger.
import { useQuery } from "@tanstack/react-query";
import { billQuery } from "../../api/bill";
import { Empty, Shown } from "../../parts/states";
import { Table } from "../../parts/Table";

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
                  <td className="path">{line.text}</td>
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
