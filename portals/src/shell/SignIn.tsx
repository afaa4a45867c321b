// Signing in: password, then a code where the account asks for one; elsewhere where the service lets.
import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Problem } from "../api/client";
import { useSecondStep, useSignIn } from "../api/mutations";
import { providersQuery } from "../api/queries";
import { ModeChoice } from "./ModeChoice";

export function SignIn() {
  const { to } = useSearch({ from: "/sign-in" });
  const router = useRouter();
  const providers = useQuery(providersQuery);
  const signIn = useSignIn();
  const secondStep = useSecondStep();
  const [challenge, setChallenge] = useState("");
  const code = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = "Sign in · Uraniborg";
    if (challenge) code.current?.focus();
  }, [challenge]);

  // Only addresses of the portal itself are gone on to.
  const onward = to && /^\/app(\/|\?|$)/.test(to) ? to : "/app/";
  const enter = () => router.history.push(onward);

  function first(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate(
      { email: String(form.get("email")), password: String(form.get("password")) },
      {
        onSuccess: enter,
        onError: (error) => {
          if (error instanceof Problem && error.code === "second-factor-needed") {
            setChallenge(String(error.facts.challenge));
          }
        },
      },
    );
  }

  function second(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    secondStep.mutate({ challenge, code: String(form.get("code")).trim() }, { onSuccess: enter });
  }

  const wrong = challenge ? secondStep.error : signIn.error;
  return (
    <main className="sign-in">
      <div className="sky" aria-hidden="true" />
      <section>
        <h1>
          <small>Uraniborg</small>
          {challenge ? "Second step" : "Sign in"}
        </h1>
        {wrong ? (
          <p className="wrong" role="alert">
            {wrong.message}
          </p>
        ) : null}
        {challenge ? (
          <form onSubmit={second}>
            <p>Open your authenticator and type its code, or one of your recovery codes.</p>
            <label>
              Code
              <input ref={code} name="code" autoComplete="one-time-code" required maxLength={100} />
            </label>
            <div className="row">
              <button type="submit" className="first" disabled={secondStep.isPending}>
                Go on
              </button>
              <button type="button" onClick={() => setChallenge("")}>
                Back
              </button>
            </div>
          </form>
        ) : (
          <form onSubmit={first}>
            <label>
              E-mail address
              <input name="email" type="email" autoComplete="username" required maxLength={254} />
            </label>
            <label>
              Password
              <input name="password" type="password" autoComplete="current-password" required maxLength={1000} />
            </label>
            <button type="submit" className="first" disabled={signIn.isPending}>
              Sign in
            </button>
            <p className="row">
              {(providers.data?.items ?? []).map((each) => (
                <a key={each.name} href={`${each.address}?${new URLSearchParams({ onward })}`}>
                  Sign in with {each.title}
                </a>
              ))}
              <a href="/account/forgot">Forgotten password</a>
              <a href="/sign-up">Make an account</a>
            </p>
          </form>
        )}
        <ModeChoice />
      </section>
    </main>
  );
}
