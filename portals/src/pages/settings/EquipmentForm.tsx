// The form that sites, telescopes and instruments share: its head, the name, what it is on, and what one may press.
import type { ReactNode } from "react";
import { NamedOptions } from "../../parts/NamedOptions";
import { written } from "../../parts/forms";
import { Empty, Failed } from "../../parts/states";

type Written = ReturnType<typeof written>;

type EquipmentFormProps = {
  one: string;
  thing: { name: string } | undefined;
  on?: { name: string; choices: { slug: string; name: string }[] }; // where a new one stands
  send: (form: Written) => void;
  typed?: (form: HTMLFormElement) => void;
  saving: { isPending: boolean; error: Error | null };
  blocked?: boolean;
  close: () => void;
  leave?: string;
  fields: ReactNode;
  more?: ReactNode;
  acts?: ReactNode;
};

export function EquipmentForm({ one, thing, on, send, typed, saving, blocked, close, leave, fields, more, acts }: EquipmentFormProps) {
  if (on && !on.choices.length)
    return (
      <Empty title="It has to stand somewhere">
        <p>Add a {on.name} first.</p>
      </Empty>
    );
  return (
    <form
      className="entry-form"
      onSubmit={(event) => {
        const form = written(event);
        if (!blocked) send(form);
      }}
      onInput={(event) => typed?.(event.currentTarget)}
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
      {saving.error ? <Failed error={saving.error} /> : null}
      <div className="row">
        <button type="submit" className="first" disabled={saving.isPending || blocked}>
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
