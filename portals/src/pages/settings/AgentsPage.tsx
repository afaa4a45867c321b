// Watch agents: which computers send by themselves, how each does, and those that are no more.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { agentsQuery, useForgetAgent } from "../../api/agents";
import type { Schemas } from "../../api/client";
import { AgentBadge, AgentState } from "../../parts/AgentState";
import { count } from "../../parts/format";
import { Listed } from "../../parts/Listed";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";
import { useRole } from "../../parts/useRole";

const POLL_MS = 20_000;

export default function AgentsPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/settings" });
  const agents = useInfiniteQuery({ ...agentsQuery(organisation), refetchInterval: POLL_MS });
  return (
    <>
      <PageHead title="Watch agents" under="On telescopes’ computers: they send new frames by themselves, and report each minute" />
      <Listed
        of={agents}
        empty={
          <Empty title="No watch agent yet">
            <p>On the telescope’s computer, with a token that may upload:</p>
            <pre>uraniborg watch FOLDER --telescope TELESCOPE --install</pre>
          </Empty>
        }
      >
        {(items) => items.map((each) => <One key={each.name} organisation={organisation} agent={each} />)}
      </Listed>
    </>
  );
}

function One({ organisation, agent }: { organisation: string; agent: Schemas["Agent"] }) {
  const { isAdmin } = useRole(organisation);
  const forget = useForgetAgent(organisation);
  return (
    <section className="panel" aria-label={agent.name}>
      <div className="panel-head">
        <h2 className="words">{agent.name}</h2>
        <AgentBadge agent={agent} />
      </div>
      <p className="words">
        <small>
          {agent.telescope ? `Telescope ${agent.telescope}, computer ` : "Computer "}
          <bdi>{agent.host}</bdi>
          {agent.version ? `, version ${agent.version}` : ""}; last report <Time at={agent.seen_at} date />
          {agent.once ? "; it ran once, and does not stay" : ""}.
        </small>
      </p>
      <AgentState agent={agent} />
      {agent.folders.length ? (
        <Table name={`Folders of ${agent.name}`} heads={["Folder", { num: "Waiting" }, { num: "Stored" }, { num: "Failed" }]}>
          {agent.folders.map((each) => (
            <tr key={each.path}>
              <td className="path">
                <bdi>{each.path}</bdi>
              </td>
              <td className="num">{count(each.waiting_files ?? 0)}</td>
              <td className="num">{count(each.stored_files ?? 0)}</td>
              <td className="num">{count(each.failed_files ?? 0)}</td>
            </tr>
          ))}
        </Table>
      ) : null}
      {forget.error ? <Failed error={forget.error} /> : null}
      {isAdmin ? (
        <div className="row">
          <Sure
            name="Forget"
            label={`Forget ${agent.name}`}
            title={`Forget ${agent.name}?`}
            disabled={forget.isPending}
            act={() => forget.mutate(agent.name)}
          >
            <p>Nobody is told of its silence any more. What it sent stays; if it reports again, it is there again.</p>
          </Sure>
        </div>
      ) : null}
    </section>
  );
}
