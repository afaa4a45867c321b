// Visiting observers: who has which telescope for which nights, as a list and on one line of time.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { assignmentsQuery, useAssign, useChangeLastNight, useEndAssignment } from "../../api/people";
import { telescopesQuery } from "../../api/queries";
import { NamedOptions } from "../../parts/NamedOptions";
import { written } from "../../parts/forms";
import { Listed } from "../../parts/Listed";
import { Empty, Failed } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { Table } from "../../parts/Table";
import { useRole } from "../../parts/useRole";
import { GuestNights } from "./GuestNights";

export function Guests({ organisation }: { organisation: string }) {
  const { isAdmin } = useRole(organisation);
  const assignments = useInfiniteQuery(assignmentsQuery(organisation));
  const telescopes = useQuery(telescopesQuery(organisation));
  const assign = useAssign(organisation);
  const end = useEndAssignment(organisation);
  const change = useChangeLastNight(organisation);
  const wrong = assign.error ?? change.error ?? end.error;
  return (
    <section className="panel" aria-label="Visiting observers">
      <div className="panel-head">
        <h2>Visiting observers</h2>
        <small>they see their nights, and nothing else of {organisation}</small>
      </div>
      {wrong ? <Failed error={wrong} /> : null}
      <Listed of={assignments} empty={<Empty title="Nobody visits"><p>Assign an observer to a telescope for a range of nights.</p></Empty>}>
        {(items) => (
          <>
            <div className="scroll" tabIndex={0} role="group" aria-label="Nights of visitors">
              <GuestNights items={items} />
            </div>
            <Table name="Visiting observers" heads={["Name", "Telescope", "First night", "Last night", ...(isAdmin ? [{ unseen: "End" }] : [])]}>
              {items.map((each) => (
                <tr key={each.id}>
                  <td>
                    <bdi>{each.name}</bdi> <small>{each.email}</small>
                  </td>
                  <td>{each.telescope}</td>
                  <td>{each.first_night}</td>
                  <td>
                    {isAdmin ? (
                      <LastNight
                        key={each.last_night ?? ""}
                        assignment={each}
                        disabled={change.isPending}
                        choose={(last_night) => change.mutate({ assignment_id: each.id, last_night })}
                      />
                    ) : (
                      (each.last_night ?? "open")
                    )}
                  </td>
                  {isAdmin ? (
                    <td>
                      <Sure
                        name="Remove"
                        label={`Remove the nights of ${each.name}`}
                        title={`Take ${each.telescope} from ${each.name}?`}
                        disabled={end.isPending}
                        act={() => end.mutate(each.id)}
                      >
                        <p>They see nothing of these nights any more. What they brought in stays.</p>
                      </Sure>
                    </td>
                  ) : null}
                </tr>
              ))}
            </Table>
          </>
        )}
      </Listed>
      {isAdmin ? (
        <form
          className="row"
          onSubmit={(event) => {
            const { word, form } = written(event);
            assign.mutate(
              {
                email: word("email"),
                telescope: word("telescope"),
                first_night: word("first"),
                last_night: word("last") || null,
              },
              { onSuccess: () => form.reset() },
            );
          }}
        >
          <label>
            E-mail address of their account
            <input name="email" type="email" required maxLength={254} />
          </label>
          <label>
            Telescope
            <select name="telescope" required>
              <NamedOptions of={telescopes.data?.items} />
            </select>
          </label>
          <label>
            First night
            <input name="first" type="date" required />
          </label>
          <label>
            Last night; empty: open
            <input name="last" type="date" />
          </label>
          <button type="submit" disabled={assign.isPending}>
            Assign
          </button>
        </form>
      ) : null}
    </section>
  );
}

type LastNightProps = { assignment: Schemas["Assignment"]; disabled: boolean; choose: (night: string | null) => void };

/** Chosen by leaving the field, so that a date being typed is not sent piece by piece. */
function LastNight({ assignment: { name, first_night, last_night }, disabled, choose }: LastNightProps) {
  return (
    <input
      type="date"
      aria-label={`Last night of ${name}; empty: open`}
      min={first_night}
      defaultValue={last_night ?? ""}
      disabled={disabled}
      onBlur={({ target }) => {
        const night = target.value || null;
        if (target.validity.valid && night !== last_night) choose(night);
      }}
    />
  );
}
