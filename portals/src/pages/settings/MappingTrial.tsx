// What the mapping that is being typed would make of a frame: each fact with its keyword, beside what it is now.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { mappingTrialQuery } from "../../api/equipment";
import { framePageQuery } from "../../api/queries";
import { plural } from "../../parts/format";
import { Empty, Shown } from "../../parts/states";
import { Table } from "../../parts/Table";
import type { Mapping } from "./mapping";

type MappingTrialProps = { organisation: string; instrument: string; mapping: Mapping };

const NEWEST = 30;

export function MappingTrial({ organisation, instrument, mapping }: MappingTrialProps) {
  const newest = useQuery(framePageQuery(organisation, { instrument }, "-start_at", undefined));
  const [chosen, choose] = useState<string>();
  return (
    <section className="trial" aria-label="Tried on a frame">
      <Shown of={newest} lines={2}>
        {({ items }) => {
          const frame = chosen ?? items[0]?.id;
          return frame ? (
            <>
              <label>
                Tried on one of its newest frames
                <select value={frame} onChange={(event) => choose(event.target.value)}>
                  {items.slice(0, NEWEST).map((each) => (
                    <option key={each.id} value={each.id}>
                      {each.path}
                    </option>
                  ))}
                </select>
              </label>
              <Facts organisation={organisation} instrument={instrument} mapping={mapping} frame={frame} />
            </>
          ) : (
            <Empty title="It has no frame yet">
              <p>Once one is here, what is typed above is tried on it before it is saved.</p>
            </Empty>
          );
        }}
      </Shown>
    </section>
  );
}

function Facts({ organisation, instrument, mapping, frame }: MappingTrialProps & { frame: string }) {
  const trial = useQuery(mappingTrialQuery(organisation, instrument, frame, mapping));
  return (
    <Shown of={trial}>
      {({ facts, problems }) => {
        const told = facts.filter((each) => each.value !== null || each.present !== null);
        const changed = told.filter((each) => each.changes).length;
        return (
          <>
            <p role="status">
              {trial.isFetching ? "Reading …" : changed ? `${plural(changed, "fact")} would be other than now.` : "All facts would be as they are."}
            </p>
            {trial.error ? <p className="wrong">{trial.error.message}</p> : null}
            <Table name="Facts as they would be" heads={["Fact", "Would be", "From", "Is", "From now"]}>
              {told.map((each) => (
                <tr key={each.fact} className={each.changes ? "changes" : undefined}>
                  <td>
                    <code>{each.fact}</code>
                  </td>
                  <td className="path">
                    <Value of={each.value} />
                    {each.changes ? <span className="unseen"> (changes)</span> : null}
                    <code className="narrow-only">{each.source}</code>
                  </td>
                  <td className="path">
                    <code>{each.source ?? "–"}</code>
                  </td>
                  <td className="path">
                    <Value of={each.present} />
                    <code className="narrow-only">{each.present_source}</code>
                  </td>
                  <td className="path">
                    <code>{each.present_source ?? "–"}</code>
                  </td>
                </tr>
              ))}
            </Table>
            {problems.length ? (
              <ul className="problems">
                {problems.map((each) => (
                  <li key={`${each.code} ${each.detail}`}>{each.detail}</li>
                ))}
              </ul>
            ) : null}
          </>
        );
      }}
    </Shown>
  );
}

const Value = ({ of }: { of: Schemas["FactTried"]["value"] }) => <bdi>{of === null || of === "" ? "–" : String(of)}</bdi>;
