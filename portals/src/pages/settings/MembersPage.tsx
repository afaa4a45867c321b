// Who belongs to the organisation, and as what.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { membersQuery, useRemoveMember, useSetMember } from "../../api/people";
import { meQuery } from "../../api/queries";
import { written } from "../../parts/forms";
import { Listed } from "../../parts/Listed";
import { PageHead } from "../../parts/PageHead";
import { PersonRole, RemovePerson, RoleField } from "../../parts/PersonRole";
import { Empty, Failed } from "../../parts/states";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";
import { useRole } from "../../parts/useRole";

type Role = Schemas["NewRole"]["role"];
const ROLES: Role[] = ["member", "admin", "owner"];
const OWNERS_MAY = "Owners do everything: pay, make owners, take away anybody's role, yours too, and close the organisation.";
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
            <RoleField roles={given} />
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
                      <PersonRole
                        person={each}
                        roles={given}
                        mayChange={mayChange}
                        disabled={set.isPending}
                        warning={(role) => (role === "owner" ? OWNERS_MAY : undefined)}
                        choose={(role) => set.mutate({ email: each.email, role })}
                      />
                    </td>
                    <td>{each.since ? <Time at={each.since} date /> : "–"}</td>
                    <td>
                      {mayChange ? (
                        <RemovePerson name={each.name} disabled={remove.isPending} remove={() => remove.mutate(each.email)}>
                          They see nothing of the organisation from then on. What they brought in stays.
                        </RemovePerson>
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
