// The teams that read a dataset: shared with one of one's own, and taken back.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sharesQuery, useEndShare, useShare } from "../../api/shares";
import { teamsQuery } from "../../api/teams";
import { written } from "../../parts/forms";
import { Listed } from "../../parts/Listed";
import { More } from "../../parts/More";
import { Empty, Failed, Shown } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";
import { useRole } from "../../parts/useRole";

type SharesProps = { organisation: string; dataset: string };

export function Shares({ organisation, dataset }: SharesProps) {
  const shares = useInfiniteQuery(sharesQuery(organisation, dataset));
  const end = useEndShare(organisation, dataset);
  return (
    <section className="panel" aria-label="Teams that read it">
      <h2>Teams that read it</h2>
      {end.error ? <Failed error={end.error} /> : null}
      <Listed of={shares} empty={<small>It is shared with no team.</small>}>
        {(items) => (
          <Table name="Teams" heads={["Team", "What is held back", "Shared by", "Since", { unseen: "End" }]}>
            {items.map((each) => (
              <tr key={each.team}>
                <td>
                  <bdi>{each.team}</bdi>
                </td>
                <td>{each.embargoed ? "shared as well" : "left out"}</td>
                <td className="path">{each.shared_by}</td>
                <td>
                  <Time at={each.shared_at} date />
                </td>
                <td>
                  <Sure
                    name="End"
                    label={`End the share with ${each.team}`}
                    title={`Share it with ${each.team} no longer?`}
                    disabled={end.isPending}
                    act={() => end.mutate(each.team)}
                  >
                    <p>The team&apos;s people read nothing of it from the next moment on.</p>
                  </Sure>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
      <NewShare organisation={organisation} dataset={dataset} />
    </section>
  );
}

function NewShare({ organisation, dataset }: SharesProps) {
  const { isAdmin } = useRole(organisation);
  const teams = useInfiniteQuery(teamsQuery);
  const share = useShare(organisation, dataset);
  return (
    <Shown of={teams} lines={1}>
      {({ pages }) => {
        const mine = pages.flatMap((page) => page.items);
        if (!mine.length)
          return (
            <Empty title="You are in no team">
              <p>
                A dataset is shared with a team of one&apos;s own: <Link to="/$organisation/teams" params={{ organisation }}>make one</Link>{" "}
                or be invited to one.
              </p>
            </Empty>
          );
        return (
          <form
            className="row"
            onSubmit={(event) => {
              const { word } = written(event);
              const held = word("held");
              share.mutate({ team: word("team"), leave_out_embargoed: held === "out", with_embargoed: held === "with" });
            }}
          >
            <label>
              One of your teams
              <select name="team" required>
                {mine.map((each) => (
                  <option key={each.slug} value={each.slug}>
                    {each.name}
                  </option>
                ))}
              </select>
            </label>
            <label>
              What is under embargo
              <select name="held">
                <option value="out">joins when its embargo lifts</option>
                {isAdmin ? <option value="with">is shared as well</option> : null}
              </select>
            </label>
            <button type="submit" className="first" disabled={share.isPending}>
              Share
            </button>
            <More of={teams} />
            {share.error ? <Failed error={share.error} /> : null}
          </form>
        );
      }}
    </Shown>
  );
}
