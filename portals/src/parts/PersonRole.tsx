// Somebody's role where it may be changed, and the button that takes them out.
import type { ReactNode } from "react";
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
  choose: (role: R) => void;
};

export function PersonRole<R extends string>({ person, roles, mayChange, disabled, choose }: PersonRoleProps<R>) {
  if (!mayChange) return <>{person.role}</>;
  return (
    <select
      aria-label={`Role of ${person.name}`}
      value={person.role}
      disabled={disabled}
      onChange={({ target }) => {
        const chosen = roles.find((each) => each === target.value);
        if (chosen) choose(chosen);
      }}
    >
      {roles.map((each) => (
        <option key={each}>{each}</option>
      ))}
    </select>
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
