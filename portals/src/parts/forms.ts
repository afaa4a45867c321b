// What somebody wrote into a form, read by the names of its fields.
import type { FormEvent } from "react";

export function written(event: FormEvent<HTMLFormElement>) {
  event.preventDefault();
  return { form: event.currentTarget, ...fieldsOf(event.currentTarget) };
}

/** The members that are other than they were: whoever changes one thing must not undo what somebody else changed. */
export const changedOf = <T extends object>(before: T, now: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof T])),
  ) as Partial<T>;

export type Fields = ReturnType<typeof fieldsOf>;

/** Reads a form as it stands, also while it is still being filled in. */
export function fieldsOf(form: HTMLFormElement) {
  const given = new FormData(form);
  const word = (name: string) => String(given.get(name) ?? "").trim();
  return {
    word,
    has: (name: string) => given.has(name),
    all: (name: string) => given.getAll(name).map(String),
    /** A number, or null where nothing was written. */
    number: (name: string) => (word(name) === "" ? null : Number(word(name))),
    /** What stands between commas or in lines of its own. */
    list: (name: string, by = /[,\n]/) =>
      word(name)
        .split(by)
        .map((each) => each.trim())
        .filter(Boolean),
  };
}
