// One's own account: who one is, how one signs in, and which browsers are signed in.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { sessionsQuery, useChangePassword, useEndOtherSessions, useEndSession, waysInQuery } from "../../api/account";
import type { Schemas } from "../../api/client";
import { meQuery } from "../../api/queries";
import { written } from "../../parts/forms";
import { Listed } from "../../parts/Listed";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed, Shown } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";
import { SecondFactor } from "./SecondFactor";

export default function ProfilePage() {
  const me = useQuery(meQuery);
  const ways = useQuery(waysInQuery);
  return (
    <>
      <PageHead title="Profile" under={me.data ? `${me.data.name}, ${me.data.email}` : undefined} />
      <Shown of={ways}>
        {(data) => (
          <div className="two">
            <Password ways={data} />
            <SecondFactor ways={data} />
          </div>
        )}
      </Shown>
      <Sessions />
    </>
  );
}

function Password({ ways }: { ways: Schemas["WaysIn"] }) {
  const change = useChangePassword();
  return (
    <section className="panel" aria-label="Password">
      <h2>Password</h2>
      <form
        className="entry-form"
        onSubmit={(event) => {
          const { form } = written(event);
          // Passwords are taken as they are typed, blanks and all.
          const given = new FormData(form);
          const current = ways.password ? String(given.get("current")) : null;
          change.mutate({ current, new: String(given.get("new")) }, { onSuccess: () => form.reset() });
        }}
      >
        {ways.password ? (
          <label>
            Present password
            <input name="current" type="password" required maxLength={1000} autoComplete="current-password" />
          </label>
        ) : null}
        <label>
          New password, at least 10 characters
          <input name="new" type="password" required minLength={10} maxLength={1000} autoComplete="new-password" />
        </label>
        {change.error ? <Failed error={change.error} /> : null}
        {change.isSuccess ? <p role="status">It holds. Other browsers are signed out.</p> : null}
        <div className="row">
          <button type="submit" disabled={change.isPending}>
            {ways.password ? "Change the password" : "Set a password"}
          </button>
        </div>
      </form>
    </section>
  );
}

function Sessions() {
  const sessions = useInfiniteQuery(sessionsQuery);
  const end = useEndSession();
  const endOthers = useEndOtherSessions();
  const wrong = end.error ?? endOthers.error;
  return (
    <section className="panel" aria-label="Browsers">
      <div className="panel-head">
        <h2>Browsers that are signed in</h2>
        <Sure name="Sign all others out" title="Sign all other browsers out?" disabled={endOthers.isPending} act={() => endOthers.mutate()}>
          <p>This one stays. Tokens stay as well.</p>
        </Sure>
      </div>
      {wrong ? <Failed error={wrong} /> : null}
      <Listed of={sessions} empty={<Empty title="No browser is signed in" />}>
        {(items) => (
          <Table name="Browsers" heads={["Browser", "By", "Since", "Until", { unseen: "Sign out" }]}>
            {items.map((each) => (
              <tr key={each.id}>
                <td className="path">
                  <bdi>{each.browser || "unknown"}</bdi> {each.current ? <span className="badge published">this one</span> : null}
                </td>
                <td>{each.way}</td>
                <td>
                  <Time at={each.created_at} date />
                </td>
                <td>
                  <Time at={each.expires_at} date />
                </td>
                <td>
                  {each.current ? null : (
                    <button type="button" disabled={end.isPending} onClick={() => end.mutate(each.id)}>
                      Sign out
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </section>
  );
}
