// Choosing the organisation to work in, or making the first.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect } from "react";
import { useAddOrganisation } from "../api/mutations";
import { meQuery } from "../api/queries";
import { Empty, Failed, Shown } from "../parts/states";
import { ModeChoice } from "./ModeChoice";

export function OrganisationHome() {
  const me = useQuery(meQuery);
  const add = useAddOrganisation();
  const navigate = useNavigate();
  useEffect(() => {
    document.title = "Organisations · Uraniborg";
  }, []);

  function make(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name"));
    add.mutate(
      { name },
      { onSuccess: (made) => void navigate({ to: "/$organisation/tonight", params: { organisation: made.slug } }) },
    );
  }

  return (
    <main className="lonely">
      <h1>Your organisations</h1>
      <Shown of={me}>
        {(account) =>
          account.organisations?.length ? (
            <ul className="cards">
              {account.organisations.map((each) => (
                <li key={each.organisation}>
                  <Link to="/$organisation/tonight" params={{ organisation: each.organisation }} className="card">
                    <strong>{each.name}</strong>
                    <small>{each.role}</small>
                  </Link>
                </li>
              ))}
            </ul>
          ) : (
            <Empty title="You are in no organisation yet">
              <p>Make one here, or ask an administrator of yours to add {account.email}.</p>
            </Empty>
          )
        }
      </Shown>
      <form onSubmit={make} className="row">
        <label>
          Name of a new organisation
          <input name="name" required maxLength={200} placeholder="Observatory of Hven" />
        </label>
        <button type="submit" disabled={add.isPending}>
          Make it
        </button>
      </form>
      {add.error ? <Failed error={add.error} /> : null}
      {me.data?.is_operator ? <Link to="/-/health">Operate the service: health, jobs and all organisations</Link> : null}
      <ModeChoice />
    </main>
  );
}
