// Signing a night's log, after which it says the same for ever, unless it is reopened for a reason.
import { type FormEvent, useRef } from "react";
import { Problem, type Schemas } from "../api/client";
import { useReopenLog, useSignLog } from "../api/mutations";
import { Failed } from "../parts/states";
import { Time } from "../parts/times";

type Props = { organisation: string; telescope: string; night: string; book: Schemas["NightLog"] };

export function Signing({ organisation, telescope, night, book }: Props) {
  const sign = useSignLog(organisation, telescope, night);
  const reopen = useReopenLog(organisation, telescope, night);
  const why = useRef<HTMLDialogElement>(null);

  function sent(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    why.current?.close();
    reopen.mutate(String(new FormData(event.currentTarget).get("reason")));
  }

  return (
    <div className="row">
      {book.state === "signed" ? (
        <>
          <small className="grow">
            Signed <Time at={book.signed_at} date />
          </small>
          <button type="button" disabled={reopen.isPending} onClick={() => why.current?.showModal()}>
            Reopen
          </button>
        </>
      ) : (
        <button type="button" disabled={sign.isPending} onClick={() => sign.mutate(false)}>
          Sign the log
        </button>
      )}
      {sign.error ? <Failed error={sign.error} /> : null}
      {sign.error instanceof Problem && sign.error.status === 409 && book.state === "open" ? (
        <button type="button" onClick={() => sign.mutate(true)}>
          Sign it all the same
        </button>
      ) : null}
      {reopen.error ? <Failed error={reopen.error} /> : null}
      <dialog ref={why} aria-label="Reopen the log">
        <h2>Reopen the log of {night}?</h2>
        <form onSubmit={sent} className="entry-form">
          <label>
            Reason
            <input name="reason" required maxLength={500} />
          </label>
          <div className="row">
            <button type="button" onClick={() => why.current?.close()}>
              Leave it signed
            </button>
            <button type="submit" className="first">
              Reopen it
            </button>
          </div>
        </form>
      </dialog>
    </div>
  );
}
