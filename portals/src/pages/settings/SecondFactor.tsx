// The second factor: set up with an authenticator, its recovery codes, and taken away again.
import { useRef } from "react";
import { useBeginFactor, useConfirmFactor, useNewCodes, useRemoveFactor } from "../../api/account";
import type { Schemas } from "../../api/client";
import { CopyButton } from "../../parts/CopyButton";
import { written } from "../../parts/forms";
import { Failed } from "../../parts/states";

export function SecondFactor({ ways }: { ways: Schemas["WaysIn"] }) {
  const begin = useBeginFactor();
  const confirm = useConfirmFactor();
  const renew = useNewCodes();
  const remove = useRemoveFactor();
  const wrong = begin.error ?? confirm.error ?? renew.error ?? remove.error;
  const codes = renew.data?.codes ?? confirm.data?.codes;
  const isBusy = renew.isPending || remove.isPending;
  const isSent = useRef(false);

  /** Sends a code once: a double click is quicker than a button is disabled, and the second refusal would hide what came. */
  function once(send: (done: { onSettled: () => void }) => void) {
    if (isSent.current) return;
    isSent.current = true;
    send({ onSettled: () => (isSent.current = false) });
  }

  return (
    <section className="panel" aria-label="Second factor">
      <div className="panel-head">
        <h2>Second factor</h2>
        <span className={ways.second_factor ? "badge published" : "badge"}>{ways.second_factor ? "on" : "off"}</span>
      </div>
      {wrong ? <Failed error={wrong} /> : null}
      {codes ? <Codes codes={codes} /> : null}
      {ways.second_factor ? (
        <>
          <p>
            Signing in asks for a code of your authenticator. {ways.recovery_codes_left} recovery codes are left for when it is
            lost.
          </p>
          <form
            className="row"
            onSubmit={(event) => {
              const { word, form } = written(event);
              const act = (event.nativeEvent as SubmitEvent).submitter?.getAttribute("value");
              once((done) => {
                const then = { ...done, onSuccess: () => form.reset() };
                if (act === "remove") {
                  renew.reset();
                  confirm.reset();
                  begin.reset();
                  remove.mutate(word("code"), then);
                } else renew.mutate(word("code"), then);
              });
            }}
          >
            <label>
              A code of it
              <input name="code" required maxLength={100} autoComplete="one-time-code" />
            </label>
            <button type="submit" value="renew" disabled={isBusy}>
              New recovery codes
            </button>
            <button type="submit" value="remove" disabled={isBusy}>
              Turn it off
            </button>
          </form>
        </>
      ) : begin.data ? (
        <form
          className="entry-form"
          onSubmit={(event) => {
            const code = written(event).word("code");
            once((done) => confirm.mutate(code, done));
          }}
        >
          <p>
            Type this secret into your authenticator, or <a href={begin.data.address}>open it there</a>; then confirm with the
            code it shows.
          </p>
          <p className="row">
            <code className="words">{begin.data.secret}</code>
            <CopyButton name="Copy" text={begin.data.secret} />
          </p>
          <div className="row">
            <label>
              Code
              <input name="code" required maxLength={20} inputMode="numeric" autoComplete="one-time-code" />
            </label>
            <button type="submit" className="first" disabled={confirm.isPending}>
              Turn it on
            </button>
          </div>
        </form>
      ) : (
        <>
          <p>With it, a stolen password opens nothing: signing in asks for a code of your phone's authenticator as well.</p>
          <div className="row">
            <button type="button" disabled={begin.isPending} onClick={() => begin.mutate()}>
              Set it up
            </button>
          </div>
        </>
      )}
    </section>
  );
}

function Codes({ codes }: { codes: string[] }) {
  return (
    <div role="status">
      <p>Recovery codes, each good once. Keep them where the authenticator is not: they are shown this once.</p>
      <ul className="codes">
        {codes.map((each) => (
          <li key={each}>
            <code>{each}</code>
          </li>
        ))}
      </ul>
      <CopyButton name="Copy them" text={codes.join("\n")} />
    </div>
  );
}
