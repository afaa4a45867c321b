// Whether the telescopes' computers send: the watch agents of a site, first those that should and do not.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { agentsQuery } from "../../api/agents";
import { AgentBadge, AgentState, isSilent } from "../../parts/AgentState";

const POLL_MS = 20_000;
const GONE_MS = 24 * 3_600_000; // an agent that was stopped is of no interest the next night

/** Shows nothing where there are none; `telescopes` are those of the site, by slug. */
export function Agents({ organisation, telescopes }: { organisation: string; telescopes: string[] }) {
  const asked = useInfiniteQuery({ ...agentsQuery(organisation), refetchInterval: POLL_MS });
  const all = asked.data?.pages.flatMap((page) => page.items) ?? [];
  const here = all.filter(
    (each) =>
      !each.once &&
      (each.telescope == null || telescopes.includes(each.telescope)) &&
      !(each.state === "stopped" && Date.now() - Date.parse(each.seen_at) > GONE_MS),
  );
  if (!here.length) return null;
  const silentFirst = here.toSorted((a, b) => Number(isSilent(b)) - Number(isSilent(a)));
  const silent = here.filter(isSilent).map((each) => each.name);
  return (
    <section className="panel" aria-label="Watch agents">
      <div className="panel-head">
        <h2>Watch agents</h2>
        <Link to="/$organisation/settings/agents" params={{ organisation }}>
          All agents
        </Link>
      </div>
      <p className="unseen" role="status">
        {silent.length ? `Silent: ${silent.join(", ")}.` : ""}
      </p>
      <ul className="agents">
        {silentFirst.map((each) => (
          <li key={each.name}>
            <div>
              <strong>{each.name}</strong> <AgentBadge agent={each} />
            </div>
            <AgentState agent={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}
