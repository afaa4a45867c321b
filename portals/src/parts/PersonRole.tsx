// Somebody's role where it may be changed, and the button that takes them out.
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Sure } from "./Sure";

type RolesProps<R extends string> = { roles: readonly R[] };

/** The field of a form in which a role is chosen. */
export function RoleField<R extends string>({ roles }: RolesProps<R>) {
  return (
    <label>
      Role
      <select name="role">
        {roles.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}

type PersonRoleProps<R extends string> = RolesProps<R> & {
  person: { name: string; role: string };
  mayChange: boolean;
  disabled: boolean;
  warning?: (role: R) => string | undefined; // what is said of a role that is not given without asking
  choose: (role: R) => void;
};

/** Choosing changes nothing yet: on their way through the roles, arrow keys choose each of them. */
export function PersonRole<R extends string>({ person, roles, mayChange, disabled, warning, choose }: PersonRoleProps<R>) {
  const field = useRef<HTMLSelectElement>(null);
  const [chosen, setChosen] = useState<R | null>(null);
  useEffect(() => setChosen(null), [person.role]);
  if (!mayChange) return <>{person.role}</>;
  const warned = chosen ? warning?.(chosen) : undefined;
  return (
    <div className="row">
      <select
        ref={field}
        aria-label={`Role of ${person.name}`}
        value={chosen ?? person.role}
        onChange={({ target }) => setChosen(roles.find((each) => each === target.value) ?? null)}
      >
        {roles.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      {chosen && chosen !== person.role ? (
        <Sure
          name="Change"
          label={`Change the role of ${person.name} to ${chosen}`}
          title={`Make ${person.name} ${chosen}?`}
          disabled={disabled}
          asks={() => warned !== undefined}
          yes={`Make ${chosen}`}
          act={() => {
            choose(chosen);
            requestAnimationFrame(() => field.current?.focus()); // the button goes, and a dialog gave it the focus back
          }}
        >
          <p>{warned}</p>
        </Sure>
      ) : null}
    </div>
  );
}

type RemovePersonProps = { name: string; disabled: boolean; remove: () => void; children: ReactNode };

export function RemovePerson({ name, disabled, remove, children }: RemovePersonProps) {
  return (
    <Sure name="Remove" label={`Remove ${name}`} title={`Remove ${name}?`} disabled={disabled} act={remove}>
      <p>{children}</p>
    </Sure>
  );
}
