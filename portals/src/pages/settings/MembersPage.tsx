// Who belongs to the organisation, and as what.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { membersQuery, useRemoveMember, useSetMember } from "../../api/people";
import { meQuery } from "../../api/queries";
import { written } from "../../parts/forms";
import { Listed } from "../../parts/Listed";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";
import { useRole } from "../../parts/useRole";

type Role = Schemas["NewRole"]["role"];
const ROLES: Role[] = ["member", "admin", "owner"];
const asRole = (word: string): Role => ROLES.find((each) => each === word) ?? "member";

export default function MembersPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/settings" });
  const { isAdmin, isOwner } = useRole(organisation);
  const me = useQuery(meQuery);
  const members = useInfiniteQuery(membersQuery(organisation));
  const set = useSetMember(organisation);
  const remove = useRemoveMember(organisation);
  const given = isOwner ? ROLES : ROLES.filter((each) => each !== "owner");
  const wrong = set.error ?? remove.error;
  return (
    <>
      <PageHead title="Members" under="They see all of the organisation; teams and visiting observers see what they are given">
        <Link className="button" to="/$organisation/teams" params={{ organisation }}>
          Teams and visiting observers
        </Link>
      </PageHead>
      {isAdmin ? (
        <section className="panel" aria-label="New member">
          <form
            className="row"
            onSubmit={(event) => {
              const { word, form } = written(event);
              set.mutate({ email: word("email"), role: asRole(word("role")) }, { onSuccess: () => form.reset() });
            }}
          >
            <label>
              E-mail address of their account
              <input name="email" type="email" required maxLength={254} />
            </label>
            <label>
              Role
              <select name="role">
                {given.map((each) => (
                  <option key={each}>{each}</option>
                ))}
              </select>
            </label>
            <button type="submit" className="first" disabled={set.isPending}>
              Add
            </button>
          </form>
        </section>
      ) : null}
      {wrong ? <Failed error={wrong} /> : null}
      <section className="panel" aria-label="Members">
        <Listed of={members} empty={<Empty title="Nobody belongs to it" />}>
          {(items) => (
            <Table name="Members" heads={["Name", "E-mail address", "Role", "Since", { unseen: "Remove" }]}>
              {items.map((each) => {
                const mayChange = isAdmin && each.email !== me.data?.email && (isOwner || each.role !== "owner") && each.role !== "guest";
                return (
                  <tr key={each.email}>
                    <td>
                      <bdi>{each.name}</bdi>
                    </td>
                    <td>{each.email}</td>
                    <td>
                      {mayChange ? (
                        <select
                          aria-label={`Role of ${each.name}`}
                          value={each.role}
                          disabled={set.isPending}
                          onChange={(event) => set.mutate({ email: each.email, role: asRole(event.target.value) })}
                        >
                          {given.map((role) => (
                            <option key={role}>{role}</option>
                          ))}
                        </select>
                      ) : (
                        each.role
                      )}
                    </td>
                    <td>{each.since ? <Time at={each.since} date /> : "–"}</td>
                    <td>
                      {mayChange ? (
                        <Sure
                          name="Remove"
                          label={`Remove ${each.name}`}
                          title={`Remove ${each.name}?`}
                          disabled={remove.isPending}
                          act={() => remove.mutate(each.email)}
                        >
                          <p>They see nothing of the organisation from then on. What they brought in stays.</p>
                        </Sure>
                      ) : null}
                    </td>
                  </tr>
                );
              })}
            </Table>
          )}
        </Listed>
      </section>
    </>
  );
}
