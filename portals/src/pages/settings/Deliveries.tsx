// What became of a webhook's messages, newest first; one that failed can be sent again.
import { useInfiniteQuery } from "@tanstack/react-query";
import { deliveriesQuery, useRedeliver } from "../../api/webhooks";
import { Listed } from "../../parts/Listed";
import { Empty, Failed } from "../../parts/states";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";

export function Deliveries({ organisation, webhook }: { organisation: string; webhook: string }) {
  const deliveries = useInfiniteQuery(deliveriesQuery(organisation, webhook));
  const again = useRedeliver(organisation, webhook);
  return (
    <>
      {again.error ? <Failed error={again.error} /> : null}
      <Listed
        of={deliveries}
        empty={
          <Empty title="Nothing was sent yet">
            <p>Try it: a ping is sent at once.</p>
          </Empty>
        }
      >
        {(items) => (
          <Table name="Deliveries" heads={["At", "Event", { num: "Attempt" }, "Fate", { num: "Took" }, { unseen: "Again" }]}>
            {items.map((each) => (
              <tr key={each.id}>
                <td>
                  <Time at={each.at} date seconds />
                </td>
                <td>{each.kind}</td>
                <td className="num">{each.attempt}</td>
                <td className="path" title={each.reply}>
                  <span className={each.delivered ? "badge published" : "badge withdrawn"}>{each.status ?? "no answer"}</span>
                  {each.error}
                </td>
                <td className="num">{each.duration_ms} ms</td>
                <td>
                  {each.event_id == null ? null : (
                    <button type="button" disabled={again.isPending} onClick={() => again.mutate(each.id)}>
                      Send again
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </>
  );
}
