// A button whose act is asked about once more before it is done.
import { type ReactNode, type RefObject, useRef } from "react";

type SureProps = {
  name: string;
  label?: string; // for ears, where the name alone does not say of what
  title: string;
  act: () => void;
  asks?: () => boolean; // whether there is anything to ask about just now; else it is done at once
  yes?: string; // what is pressed in the end, where it is not the name
  disabled?: boolean;
  children?: ReactNode;
};

export function Sure({ name, label, title, act, asks, yes, disabled, children }: SureProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" disabled={disabled} aria-label={label} onClick={() => (!asks || asks() ? dialog.current?.showModal() : act())}>
        {name}
      </button>
      <Question dialog={dialog} title={title} yes={yes ?? name} act={act}>
        {children}
      </Question>
    </>
  );
}

type QuestionProps = { dialog: RefObject<HTMLDialogElement | null>; title: string; yes: string; act: () => void; children?: ReactNode };

/** The question alone, for what is begun otherwise than by a button of its own; never within a form. */
export function Question({ dialog, title, yes, act, children }: QuestionProps) {
  return (
    <dialog ref={dialog} aria-label={title}>
      <h2>{title}</h2>
      {children}
      <form method="dialog" className="row">
        <button type="submit">Leave it</button>
        <button type="submit" className="first" onClick={act}>
          {yes}
        </button>
      </form>
    </dialog>
  );
}
