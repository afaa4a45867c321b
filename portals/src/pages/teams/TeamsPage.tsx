// The teams one belongs to, and the organisation's visiting observers with their nights.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { teamsQuery, useAddTeam } from "../../api/teams";
import { written } from "../../parts/forms";
import { Listed } from "../../parts/Listed";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed } from "../../parts/states";
import { useRole } from "../../parts/useRole";
import { Guests } from "./Guests";
import "./teams.css";

export default function TeamsPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/teams" });
  const { isAdmin } = useRole(organisation);
  const navigate = useNavigate();
  const teams = useInfiniteQuery(teamsQuery);
  const add = useAddTeam(organisation);
  return (
    <>
      <PageHead title="Teams" under="People of any organisations, with what is shared into a team and its own files" />
      {isAdmin ? (
        <section className="panel" aria-label="New team">
          <form
            className="row"
            onSubmit={(event) =>
              add.mutate(written(event).word("name"), {
                onSuccess: (made) =>
                  void navigate({ to: "/$organisation/teams/$team", params: { organisation, team: made.slug }, search: {} }),
              })
            }
          >
            <label className="grow">
              Name of a new team, which {organisation} hosts
              <input name="name" required maxLength={200} placeholder="Comets with small telescopes" />
            </label>
            <button type="submit" className="first" disabled={add.isPending}>
              Make a team
            </button>
          </form>
          {add.error ? <Failed error={add.error} /> : null}
        </section>
      ) : null}
      <Listed
        of={teams}
        empty={
          <Empty title="You are in no team yet">
            <p>{isAdmin ? "Make one above, then invite its people." : "Somebody invites you by mail, or an administrator makes one."}</p>
          </Empty>
        }
      >
        {(items) => (
          <div className="cards">
            {items.map((each) => (
              <Link
                key={each.slug}
                className="card"
                to="/$organisation/teams/$team"
                params={{ organisation, team: each.slug }}
                search={{}}
              >
                <strong>{each.name}</strong>
                <small>
                  you are its {each.role}; hosted by {each.organisation}
                </small>
              </Link>
            ))}
          </div>
        )}
      </Listed>
      <Guests organisation={organisation} />
    </>
  );
}
