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
import { Empty, Failed } from "../../parts/states";
import { Sure } from "../../parts/Sure";
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
                    {mayChange ? (
                      <select
                        aria-label={`Role of ${each.name}`}
                        value={each.role}
                        disabled={set.isPending}
                        onChange={(event) => set.mutate({ email: each.email, role: asRole(event.target.value) })}
                      >
                        {ROLES.map((role) => (
                          <option key={role}>{role}</option>
                        ))}
                      </select>
                    ) : (
                      each.role
                    )}
                  </td>
                  {isManager ? (
                    <td>
                      {mayChange ? (
                        <Sure
                          name="Remove"
                          label={`Remove ${each.name}`}
                          title={`Remove ${each.name}?`}
                          disabled={remove.isPending}
                          act={() => remove.mutate(each.email)}
                        >
                          <p>They see nothing of the team from then on. What they put there stays.</p>
                        </Sure>
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
        <label>
          Role
          <select name="role">
            {ROLES.map((role) => (
              <option key={role}>{role}</option>
            ))}
          </select>
        </label>
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
