// Of which tier, member, dataset, telescope or team the bytes are.
import { useInfiniteQuery } from "@tanstack/react-query";
import { type By, usageQuery } from "../../api/bill";
import { bytes } from "../../parts/format";
import { Listed } from "../../parts/Listed";
import { Empty } from "../../parts/states";
import { Table } from "../../parts/Table";

const WAYS: By[] = ["tier", "member", "dataset", "telescope", "team"];
const NOBODY: Record<By, string> = {
  tier: "–",
  member: "nobody who is here now",
  dataset: "in no dataset",
  telescope: "of no telescope",
  team: "of no team",
};

type BreakdownProps = { organisation: string; month: string; by: By; choose: (by: By) => void };

/** GiB-months come as exact texts of many digits; people read a few. */
const short = (exact: string) => Number(Number(exact).toPrecision(4)).toString();

export function Breakdown({ organisation, month, by, choose }: BreakdownProps) {
  const usage = useInfiniteQuery(usageQuery(organisation, month, by));
  return (
    <section className="panel" aria-label="Usage">
      <div className="panel-head">
        <h2>Usage by {by}</h2>
        <div className="tabs" role="group" aria-label="Usage by">
          {WAYS.map((each) => (
            <button key={each} type="button" aria-pressed={each === by} onClick={() => choose(each)}>
              {each}
            </button>
          ))}
        </div>
      </div>
      <Listed of={usage} empty={<Empty title={`Nothing is counted by ${by} in ${month}`} />}>
        {(items) => {
          const fetched = items.some((each) => each.egress_bytes != null); // told apart by dataset, and not by tier
          const heads = [by, { num: "Stored" }, { num: "GiB-months" }, ...(fetched ? [{ num: "Downloaded" }] : [])];
          return (
            <Table name={`Usage by ${by}`} heads={heads}>
              {items.map((each) => (
                <tr key={each.key ?? each.id ?? "nobody"}>
                  <td>{each.key ?? (each.id ? `removed (${each.id.slice(0, 8)})` : NOBODY[by])}</td>
                  <td className="num">{bytes(each.stored_bytes)}</td>
                  <td className="num" title={each.gib_months}>
                    {short(each.gib_months)}
                  </td>
                  {fetched ? <td className="num">{bytes(each.egress_bytes)}</td> : null}
                </tr>
              ))}
            </Table>
          );
        }}
      </Listed>
    </section>
  );
}
