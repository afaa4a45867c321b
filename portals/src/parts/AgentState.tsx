// A watch agent in words: whether it lives, what waits there and for how long, and what is wrong.
import type { Schemas } from "../api/client";
import { bytes, duration, plural } from "./format";
import { Time } from "./times";

type Agent = Schemas["Agent"];

const WORDS: Record<string, string> = {
  looking: "looks through its folders",
  idle: "watches",
  sending: "sends",
  waiting: "waits",
  stopped: "stopped",
};
const BADGES: Record<string, string> = { waiting: "badge warning", stopped: "badge" };
const TODAY_MS = 12 * 3_600_000;
const CLOCK_S = 2;

const isOld = (at: string) => Date.now() - Date.parse(at) > TODAY_MS;
const about = (seconds: number) => duration(seconds < 55 ? Math.max(10, 10 * Math.round(seconds / 10)) : Math.max(60, seconds));

export function AgentBadge({ agent }: { agent: Agent }) {
  const silent = agent.silent_since;
  if (!silent) return <span className={BADGES[agent.state] ?? "badge published"}>{WORDS[agent.state] ?? agent.state}</span>;
  return (
    <span className="badge problem">
      silent since&nbsp;
      <Time at={silent} date={isOld(silent)} />
    </span>
  );
}

function Waiting({ agent }: { agent: Agent }) {
  const { waiting_files, waiting_bytes, silent_since, last_file, last_file_at } = agent;
  const rate = silent_since ? 0 : Math.round(agent.rate_bytes_per_s);
  return (
    <p className="words">
      {waiting_files ? `${plural(waiting_files, "file waits", "files wait")} there, ${bytes(waiting_bytes)}` : "Nothing waits there"}
      {waiting_files && rate ? `: about ${about(waiting_bytes / rate)} at ${bytes(rate)}/s` : ""}.
      {waiting_files && silent_since ? " Nothing is lost: what waits is sent when it is back." : ""}
      {last_file && last_file_at ? (
        <>
          {" "}
          The last to come was <bdi>{last_file}</bdi>, at <Time at={last_file_at} date={isOld(last_file_at)} />.
        </>
      ) : null}
    </p>
  );
}

export function AgentState({ agent }: { agent: Agent }) {
  const missing = agent.folders.filter((each) => each.is_there === false);
  const clock = Math.abs(agent.clock_offset_s) > CLOCK_S ? agent.clock_offset_s : 0;
  return (
    <>
      <Waiting agent={agent} />
      {agent.breaks_every_s ? (
        <p className="note">
          Its line breaks about every {duration(agent.breaks_every_s)}: less is sent at once, and what has arrived is not sent again.
        </p>
      ) : null}
      {agent.failed_files || agent.last_error || missing.length || clock ? (
        <ul className="problems">
          {agent.failed_files ? (
            <li>
              {plural(agent.failed_files, "file")} failed. There, <code>uraniborg watch --status</code> tells which, and why.
            </li>
          ) : null}
          {agent.last_error ? <li>{agent.last_error}</li> : null}
          {missing.map((each) => (
            <li key={each.path}>
              The folder <bdi>{each.path}</bdi> is not there.
            </li>
          ))}
          {clock ? (
            <li>
              Its clock is {duration(Math.abs(clock))} {clock > 0 ? "ahead of" : "behind"} the service’s: set it, or times in headers are wrong.
            </li>
          ) : null}
        </ul>
      ) : null}
    </>
  );
}
