// A button whose act is asked about once more before it is done.
import { type ReactNode, useRef } from "react";

type SureProps = {
  name: string;
  label?: string; // for ears, where the name alone does not say of what
  title: string;
  act: () => void;
  disabled?: boolean;
  children?: ReactNode;
};

export function Sure({ name, label, title, act, disabled, children }: SureProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" disabled={disabled} aria-label={label} onClick={() => dialog.current?.showModal()}>
        {name}
      </button>
      <dialog ref={dialog} aria-label={title}>
        <h2>{title}</h2>
        {children}
        <form method="dialog" className="row">
          <button type="submit">Leave it</button>
          <button type="submit" className="first" onClick={act}>
            {name}
          </button>
        </form>
      </dialog>
    </>
  );
}
