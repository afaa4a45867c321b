// The form in which an entry of the night log is written or edited.
import { type FormEvent, useId, useRef } from "react";
import type { Schemas } from "../api/client";

type NewEntry = Schemas["NewLogEntry"];
export type Draft = Pick<NewEntry, "text" | "occurred_at" | "category" | "level" | "time_lost_s" | "time_lost_kind">;

const CATEGORIES = [
  "observing",
  "weather",
  "fault",
  "calibration",
  "maintenance",
  "safety",
  "administration",
  "other",
] as const;
const LEVELS = ["info", "warning", "problem"] as const;
const KINDS = ["weather", "fault", "other"] as const;

type Props = {
  submit: string;
  busy: boolean;
  entry?: Schemas["LogEntry"];
  start: string; // of the night
  end: string;
  onSubmit: (draft: Draft, done: () => void) => void;
  onCancel?: () => void;
};

export function EntryForm({ submit, busy, entry, start, end, onSubmit, onCancel }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const id = useId();
  // Of a night that is over, or not yet begun, "now" is no time: its middle is offered.
  const isNow = Date.now() >= Date.parse(start) && Date.now() < Date.parse(end);
  const middle = new Date((Date.parse(start) + Date.parse(end)) / 2).toISOString();
  const offered = entry?.occurred_at ?? (isNow ? "" : middle);

  function sent(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const lost = Math.round(Number(given.get("lost") || 0) * 60);
    onSubmit(
      {
        text: String(given.get("text")),
        occurred_at: happenedAt(String(given.get("at")), entry?.occurred_at),
        category: CATEGORIES.find((each) => each === given.get("category")) ?? "observing",
        level: LEVELS.find((each) => each === given.get("level")) ?? "info",
        time_lost_s: lost,
        time_lost_kind: lost ? (KINDS.find((each) => each === given.get("kind")) ?? "other") : null,
      },
      () => form.current?.reset(),
    );
  }

  return (
    <form ref={form} className="entry-form" onSubmit={sent}>
      <label htmlFor={`${id}text`} className="unseen">
        What happened
      </label>
      <textarea
        id={`${id}text`}
        name="text"
        rows={2}
        required
        maxLength={20_000}
        placeholder="What happened …"
        defaultValue={entry?.text}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
        }}
      />
      <div className="row">
        <label>
          {isNow && !entry ? "When, UTC (else now)" : "When, UTC"}
          <input
            name="at"
            type="datetime-local"
            required={!isNow}
            min={start.slice(0, 16)}
            max={end.slice(0, 16)}
            defaultValue={offered.slice(0, 16)}
          />
        </label>
        <Choice name="category" label="Category" choices={CATEGORIES} value={entry?.category ?? "observing"} />
        <Choice name="level" label="Level" choices={LEVELS} value={entry?.level ?? "info"} />
        <label>
          Lost, min
          <input
            name="lost"
            type="number"
            min={0}
            max={1440}
            step="any"
            className="short"
            defaultValue={entry?.time_lost_s ? entry.time_lost_s / 60 : ""}
          />
        </label>
        <Choice name="kind" label="by" choices={KINDS} value={entry?.time_lost_kind ?? "weather"} />
        <span className="grow" />
        {onCancel ? (
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
        ) : null}
        <button type="submit" className="first" disabled={busy}>
          {submit}
        </button>
      </div>
    </form>
  );
}

/** Reads a time to the minute; one that was not touched stays what it was, to the microsecond. */
function happenedAt(given: string, before: string | undefined): string | undefined {
  if (before && before.slice(0, 16) === given) return before;
  return given ? `${given}:00Z` : undefined;
}

function Choice(props: { name: string; label: string; choices: readonly string[]; value: string }) {
  return (
    <label>
      {props.label}
      <select name={props.name} defaultValue={props.value}>
        {props.choices.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}
