// The form that sites, telescopes and instruments share: its head, the name, what it is on, and what one may press.
import { type ReactNode, useEffect, useRef } from "react";
import { NamedOptions } from "../../parts/NamedOptions";
import { changedOf, type Fields, fieldsOf } from "../../parts/forms";
import { Empty, Failed } from "../../parts/states";

/** What a page gives each of its forms: how to leave, and where to say whether something typed would be lost with it. */
export type InUse = { close: () => void; edited: { current: boolean } };

type Saving<Body> = {
  isPending: boolean;
  error: Error | null;
  mutate: (changes: Partial<Body>, done: { onSuccess: () => void }) => void;
};

type EquipmentFormProps<Body> = InUse & {
  one: string;
  thing: { name: string } | undefined;
  on?: { name: string; choices: { slug: string; name: string }[] }; // where a new one stands
  read: (fields: Fields) => Body;
  typed?: (fields: Fields) => void;
  save: Saving<Body>;
  saved?: () => void; // else the form is left
  error?: Error | null;
  blocked?: boolean;
  leave?: string;
  fields: ReactNode;
  more?: ReactNode;
  acts?: ReactNode;
};

export function EquipmentForm<Body extends object>(props: EquipmentFormProps<Body>) {
  const { one, thing, on, read, typed, save, saved, blocked, close, edited, leave, fields, more, acts } = props;
  const form = useRef<HTMLFormElement>(null);
  const before = useRef<{ text: string; body: Body }>(null);
  const error = save.error ?? props.error;

  // What cannot be read, and is not sent, was typed all the same.
  const asItStands = () => form.current && { text: JSON.stringify([...new FormData(form.current)]), body: read(fieldsOf(form.current)) };
  const tellEdited = () => {
    edited.current = asItStands()?.text !== before.current?.text;
  };

  useEffect(() => {
    before.current = asItStands();
    return () => {
      edited.current = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- as it was when it was opened
  }, []);

  function send() {
    const now = asItStands();
    if (blocked || !now || !before.current) return;
    save.mutate(thing ? changedOf(before.current.body, now.body) : now.body, {
      onSuccess: () => {
        before.current = now;
        tellEdited(); // one may type on meanwhile
        if (saved) saved();
        else close();
      },
    });
  }

  if (on && !on.choices.length)
    return (
      <Empty title="It has to stand somewhere">
        <p>Add a {on.name} first.</p>
      </Empty>
    );
  return (
    <form
      ref={form}
      className="entry-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onInput={(event) => {
        typed?.(fieldsOf(event.currentTarget));
        tellEdited();
      }}
    >
      <h3>{thing ? `Change ${thing.name}` : `A new ${one}`}</h3>
      <div className="row">
        <label>
          Name
          <input name="name" required maxLength={200} defaultValue={thing?.name} />
        </label>
        {on && !thing ? (
          <label>
            {on.name[0]?.toUpperCase() + on.name.slice(1)}
            <select name={on.name} required>
              <NamedOptions of={on.choices} />
            </select>
          </label>
        ) : null}
        {fields}
      </div>
      {more}
      {error ? <Failed error={error} /> : null}
      <div className="row">
        <button type="submit" className="first" disabled={save.isPending || blocked}>
          {thing ? "Save" : "Add"}
        </button>
        {acts}
        <button type="button" onClick={close}>
          {leave ?? "Leave it"}
        </button>
      </div>
    </form>
  );
}
