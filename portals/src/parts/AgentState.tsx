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
const AHEAD_S = 2;
const BEHIND_S = 30; // a report that was long on its way looks like a clock that is behind

export const isSilent = (agent: Agent): boolean => agent.silent_since != null && agent.state !== "stopped";

const isOld = (at: string) => Date.now() - Date.parse(at) > TODAY_MS;
const about = (seconds: number) => duration(seconds < 55 ? Math.max(10, 10 * Math.round(seconds / 10)) : Math.max(60, seconds));

export function AgentBadge({ agent }: { agent: Agent }) {
  const silent = isSilent(agent);
  const since = silent || agent.state === "stopped" ? agent.seen_at : null;
  return (
    <span className={silent ? "badge problem" : (BADGES[agent.state] ?? "badge published")}>
      {silent ? "silent" : (WORDS[agent.state] ?? agent.state)}
      {since ? (
        <>
          {" since"}&nbsp;
          <Time at={since} date={isOld(since)} />
        </>
      ) : null}
    </span>
  );
}

function Waiting({ agent }: { agent: Agent }) {
  const { waiting_files, waiting_bytes, last_file, last_file_at } = agent;
  const gone = isSilent(agent) || agent.state === "stopped";
  const rate = gone ? 0 : Math.round(agent.rate_bytes_per_s ?? 0);
  const wait = gone ? "waited there when it was last heard of" : waiting_files === 1 || !waiting_files ? "waits there" : "wait there";
  return (
    <p className="words">
      {waiting_files ? `${plural(waiting_files, "file")} ${wait}, ${bytes(waiting_bytes)}` : `Nothing ${wait}`}
      {waiting_files && rate ? `: about ${about(waiting_bytes / rate)} at ${bytes(rate)}/s` : ""}.
      {waiting_files && gone ? " Nothing is lost: what waits is sent when it is back." : ""}
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
  const clock = agent.clock_offset_s > AHEAD_S || agent.clock_offset_s < -BEHIND_S ? agent.clock_offset_s : 0;
  const error = agent.state === "waiting" ? agent.last_error : ""; // of one that goes on it is over
  return (
    <>
      <Waiting agent={agent} />
      {agent.breaks_every_s ? (
        <p className="note">
          Its line breaks about every {duration(agent.breaks_every_s)}: less is sent at once, and what has arrived is not sent again.
        </p>
      ) : null}
      {agent.failed_files || error || missing.length || clock ? (
        <ul className="problems">
          {agent.failed_files ? (
            <li>
              {plural(agent.failed_files, "file")} failed. There, <code>uraniborg watch --status</code> tells which, and why.
            </li>
          ) : null}
          {error ? <li>{error}</li> : null}
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
