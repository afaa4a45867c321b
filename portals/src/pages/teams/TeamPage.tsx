// One team: its files, what is shared into it, its people, and what happened.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { activityQuery, teamDatasetsQuery, teamQuery } from "../../api/teams";
import { meQuery } from "../../api/queries";
import { CopyButton } from "../../parts/CopyButton";
import { Listed } from "../../parts/Listed";
import { PageHead } from "../../parts/PageHead";
import { Empty, Shown } from "../../parts/states";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";
import { TeamFiles } from "./TeamFiles";
import { TeamPeople } from "./TeamPeople";
import { TeamTrash } from "./TeamTrash";
import "./teams.css";

export default function TeamPage() {
  const { organisation, team } = useParams({ from: "/inside/$organisation/teams/$team" });
  const search = useSearch({ from: "/inside/$organisation/teams/$team" });
  const one = useQuery(teamQuery(team));
  return (
    <Shown of={one} page>
      {(told) => {
        const mayWrite = told.role === "manager" || told.role === "editor";
        const place = { organisation, team };
        return (
          <>
            <PageHead title={told.name} under={`You are its ${told.role}; hosted by ${told.organisation}`}>
              <Link
                className="button"
                to="/$organisation/teams/$team"
                params={place}
                search={search.trash ? {} : { trash: true }}
              >
                {search.trash ? "Files" : "Trash"}
              </Link>
            </PageHead>
            {search.trash ? (
              <TeamTrash team={team} mayWrite={mayWrite} mayEmpty={told.role === "manager"} />
            ) : (
              <TeamFiles organisation={organisation} team={team} folder={search.folder ?? ""} mayWrite={mayWrite} />
            )}
            <div className="two">
              <div className="stack">
                <SharedInto team={team} />
                <Activity team={team} />
              </div>
              <TeamPeople team={team} isManager={told.role === "manager"} />
            </div>
          </>
        );
      }}
    </Shown>
  );
}

function SharedInto({ team }: { team: string }) {
  const datasets = useInfiniteQuery(teamDatasetsQuery(team));
  const me = useQuery(meQuery);
  const mine = new Set(me.data?.organisations?.map((each) => each.organisation));
  return (
    <section className="panel" aria-label="Shared datasets">
      <h2>Shared with it</h2>
      <Listed
        of={datasets}
        empty={
          <Empty title="No dataset is shared with it">
            <pre>{`uraniborg share dataset DATASET --team ${team}`}</pre>
          </Empty>
        }
      >
        {(items) => (
          <Table name="Shared datasets" heads={["Dataset", "Of", { unseen: "Get" }]}>
            {items.map((each) => (
              <tr key={`${each.organisation} ${each.dataset}`}>
                <td className="path">
                  {mine.has(each.organisation) ? (
                    <Link to="/$organisation/datasets/$dataset" params={each}>
                      {each.name}
                    </Link>
                  ) : (
                    each.name
                  )}
                </td>
                <td>{each.organisation}</td>
                <td>
                  <CopyButton
                    name="Copy as CLI"
                    text={`uraniborg get --organisation ${each.organisation} --dataset ${each.dataset}`}
                  />
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </section>
  );
}

/** What happened, in the words it is kept in: kinds and details are the service's. */
function Activity({ team }: { team: string }) {
  const activity = useInfiniteQuery(activityQuery(team));
  const told = (details: Record<string, unknown>) =>
    Object.entries(details)
      .filter(([, value]) => typeof value === "string" || typeof value === "number")
      .map(([name, value]) => `${name} ${value}`)
      .join(", ");
  return (
    <section className="panel" aria-label="Activity">
      <h2>Activity</h2>
      <Listed of={activity} empty={<Empty title="Nothing happened yet" />}>
        {(items) => (
          <ol className="activity">
            {items.map((each) => (
              <li key={each.id}>
                <span>
                  <bdi>{each.actor}</bdi>: {each.kind.replaceAll(/[._]/g, " ")}
                </span>
                <Time at={each.at} date />
                <small>
                  <bdi>{told(each.details)}</bdi>
                </small>
              </li>
            ))}
          </ol>
        )}
      </Listed>
    </section>
  );
}
