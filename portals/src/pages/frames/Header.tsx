// The whole header, unit by unit, searched while one types.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { headerQuery } from "../../api/queries";
import { count, plural } from "../../parts/format";
import { Shown } from "../../parts/states";
import { plain } from "../files/plain";

type Unit = { index: number; name: string; kind: string; shape: number[]; cards: [string, unknown, string][] };
const SHOWN = 300; // cards drawn at first; hostile headers have a million
const MOST_SIGNS = 4000;

/** A card's value as text; of a very long one its beginning, which is more than anybody reads. */
function shown(value: unknown): string {
  if (typeof value === "boolean") return value ? "T" : "F";
  const text = String(value ?? "");
  return text.length > MOST_SIGNS ? `${plain(text.slice(0, MOST_SIGNS))}… (${count(text.length)} signs)` : plain(text);
}

export function Header({ organisation, frame }: { organisation: string; frame: string }) {
  const header = useQuery(headerQuery(organisation, frame));
  const [typed, setTyped] = useState("");
  const [all, setAll] = useState(false);
  const wanted = typed.trim().toLowerCase();
  return (
    <section className="panel header" aria-label="Header">
      <div className="panel-head">
        <h2>Header</h2>
        <label>
          <span className="unseen">Search the header</span>
          <input type="search" value={typed} onChange={(event) => setTyped(event.target.value)} placeholder="Search the header" />
        </label>
      </div>
      <Shown of={header} lines={8}>
        {(told) =>
          (told.units as unknown as Unit[]).map((unit) => {
            const cards = unit.cards.filter(
              (card) => !wanted || card.some((part) => String(part ?? "").toLowerCase().includes(wanted)),
            );
            return (
              <details key={unit.index} open>
                <summary>
                  {unit.index} {unit.name || "unnamed"} <small>{unit.kind.replaceAll("_", " ")}</small>{" "}
                  <small>{plural(cards.length, "card")}</small>
                </summary>
                <div className="scroll" tabIndex={0} role="group" aria-label={`Cards of unit ${unit.index}`}>
                  <table className="cards-table">
                    <tbody>
                      {cards.slice(0, all ? undefined : SHOWN).map(([keyword, value, comment], i) => (
                        <tr key={`${keyword} ${i}`}>
                          <th scope="row">{plain(keyword)}</th>
                          <td>
                            <bdi>{shown(value)}</bdi>
                          </td>
                          <td>
                            <bdi>{plain(comment)}</bdi>
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
                {cards.length > SHOWN && !all ? (
                  <button type="button" onClick={() => setAll(true)}>
                    Show all {plural(cards.length, "card")}
                  </button>
                ) : null}
              </details>
            );
          })
        }
      </Shown>
    </section>
  );
}
