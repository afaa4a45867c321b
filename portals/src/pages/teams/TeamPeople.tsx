// A team's people with their roles, and who is invited.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { meQuery } from "../../api/queries";
import {
  invitationsQuery,
  teamMembersQuery,
  useInvite,
  useRemoveTeamMember,
  useRevokeInvitation,
  useSetTeamRole,
} from "../../api/teams";
import { written } from "../../parts/forms";
import { Listed } from "../../parts/Listed";
import { PersonRole, RemovePerson, RoleField } from "../../parts/PersonRole";
import { Empty, Failed } from "../../parts/states";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";

type Role = Schemas["NewTeamRole"]["role"];
const ROLES: Role[] = ["viewer", "editor", "manager"];
const asRole = (word: string): Role => ROLES.find((each) => each === word) ?? "viewer";

export function TeamPeople({ team, isManager }: { team: string; isManager: boolean }) {
  const members = useInfiniteQuery(teamMembersQuery(team));
  const me = useQuery(meQuery);
  const set = useSetTeamRole(team);
  const remove = useRemoveTeamMember(team);
  const wrong = set.error ?? remove.error;
  return (
    <section className="panel" aria-label="People">
      <h2>People</h2>
      {wrong ? <Failed error={wrong} /> : null}
      <Listed of={members} empty={<Empty title="Nobody is in it" />}>
        {(items) => (
          <Table name="People" heads={["Name", "Role", ...(isManager ? [{ unseen: "Remove" }] : [])]}>
            {items.map((each) => {
              const mayChange = isManager && each.email !== me.data?.email;
              return (
                <tr key={each.email}>
                  <td className="path">
                    <bdi>{each.name}</bdi> <small>{each.email}</small>
                  </td>
                  <td>
                    <PersonRole
                      person={each}
                      roles={ROLES}
                      mayChange={mayChange}
                      disabled={set.isPending}
                      choose={(role) => set.mutate({ email: each.email, role })}
                    />
                  </td>
                  {isManager ? (
                    <td>
                      {mayChange ? (
                        <RemovePerson name={each.name} disabled={remove.isPending} remove={() => remove.mutate(each.email)}>
                          They see nothing of the team from then on. What they put there stays.
                        </RemovePerson>
                      ) : null}
                    </td>
                  ) : null}
                </tr>
              );
            })}
          </Table>
        )}
      </Listed>
      {isManager ? <Invitations team={team} /> : null}
    </section>
  );
}

function Invitations({ team }: { team: string }) {
  const invitations = useInfiniteQuery(invitationsQuery(team));
  const invite = useInvite(team);
  const revoke = useRevokeInvitation(team);
  const wrong = invite.error ?? revoke.error;
  return (
    <>
      <form
        className="row"
        onSubmit={(event) => {
          const { word, form } = written(event);
          invite.mutate({ email: word("email"), role: asRole(word("role")) }, { onSuccess: () => form.reset() });
        }}
      >
        <label className="grow">
          Invite by mail
          <input name="email" type="email" required maxLength={254} placeholder="kepler@example.org" />
        </label>
        <RoleField roles={ROLES} />
        <button type="submit" className="first" disabled={invite.isPending}>
          Invite
        </button>
      </form>
      {wrong ? <Failed error={wrong} /> : null}
      <Listed of={invitations} empty={<small>Nobody was invited yet.</small>}>
        {(items) => (
          <Table name="Invitations" heads={["Invited", "Role", "Answer", { unseen: "Revoke" }]}>
            {items.map((each) => (
              <tr key={each.id}>
                <td className="path">{each.email}</td>
                <td>{each.role}</td>
                <td>
                  {each.answer ?? (
                    <>
                      waits until <Time at={each.expires_at} date />
                    </>
                  )}
                </td>
                <td>
                  {each.answer ? null : (
                    <button
                      type="button"
                      aria-label={`Revoke the invitation of ${each.email}`}
                      disabled={revoke.isPending}
                      onClick={() => revoke.mutate(each.id)}
                    >
                      Revoke
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </>
  );
}
