// A night's log: entries in order of time, written and edited in place; nothing of it is ever overwritten.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../api/client";
import { useAddLogEntry, useDeleteLogEntry, useEditLogEntry } from "../api/mutations";
import { logQuery, revisionsQuery } from "../api/queries";
import { duration } from "../parts/format";
import { Empty, Failed, Shown } from "../parts/states";
import { Time } from "../parts/times";
import { type Draft, EntryForm } from "./EntryForm";
import { Signing } from "./Signing";

type Entry = Schemas["LogEntry"];
type Where = { organisation: string; telescope: string; night: string };

export function LogBook({ organisation, telescope, night }: Where) {
  const log = useQuery(logQuery(organisation, telescope, night));
  const add = useAddLogEntry(organisation, telescope, night);
  const restore = useEditLogEntry(organisation, telescope, night);
  const [deleted, setDeleted] = useState<Entry | null>(null);

  function undo(entry: Entry) {
    const { text, occurred_at, tags, frames, attachments, time_lost_s } = entry;
    const said = { category: entry.category, level: entry.level, time_lost_kind: entry.time_lost_kind } as Draft;
    // Deleting was a revision of its own: the next one brings the entry back.
    const next = { entry_id: entry.id, revision: entry.revision + 1, text, occurred_at, tags, frames, attachments, time_lost_s };
    restore.mutate({ ...said, ...next }, { onSuccess: () => setDeleted(null) });
  }

  return (
    <section className="panel log" aria-label="Night log">
      <div className="panel-head">
        <h2>Night log</h2>
        <small>{telescope}</small>
        {log.data?.state === "signed" ? <span className="badge">signed by {log.data.signed_by}</span> : null}
      </div>
      {log.data?.state === "open" ? (
        <EntryForm
          submit="Write it down"
          busy={add.isPending}
          start={log.data.start_at}
          end={log.data.end_at}
          onSubmit={(draft, done) => add.mutate(draft, { onSuccess: done })}
        />
      ) : null}
      {add.error ? <Failed error={add.error} /> : null}
      {deleted ? (
        <p role="status" className="row">
          <span className="grow">The entry is deleted; its revisions are kept.</span>
          <button type="button" disabled={restore.isPending} onClick={() => undo(deleted)}>
            Undo
          </button>
        </p>
      ) : null}
      {restore.error ? <Failed error={restore.error} /> : null}
      <Shown of={log}>
        {(book) =>
          book.entries.items.length ? (
            <ol>
              {[...book.entries.items]
                .sort((a, b) => b.occurred_at.localeCompare(a.occurred_at))
                .map((entry) => (
                  <EntryShown
                    key={entry.id}
                    entry={entry}
                    where={{ organisation, telescope, night }}
                    book={book}
                    onDelete={() => setDeleted(entry)}
                  />
                ))}
            </ol>
          ) : (
            <Empty title="Nothing written yet">
              <p>What you see at the telescope belongs here: seeing, clouds, what was done, what broke.</p>
            </Empty>
          )
        }
      </Shown>
      {log.data ? <Signing organisation={organisation} telescope={telescope} night={night} book={log.data} /> : null}
    </section>
  );
}

type ShownEntry = { entry: Entry; where: Where; book: Schemas["NightLog"]; onDelete: () => void };

function EntryShown({ entry, where, book, onDelete }: ShownEntry) {
  // As it was when editing began: what somebody else writes meanwhile is not to be taken for read.
  const [editing, setEditing] = useState<Entry | null>(null);
  const [history, setHistory] = useState(false);
  const edit = useEditLogEntry(where.organisation, where.telescope, where.night);
  const remove = useDeleteLogEntry(where.organisation, where.telescope, where.night);

  function save(draft: Draft, { id: entry_id, revision, tags, frames, attachments }: Entry) {
    edit.mutate({ ...draft, entry_id, revision, tags, frames, attachments }, { onSuccess: () => setEditing(null) });
  }

  return (
    <li className={`entry ${entry.level}`}>
      <div className="entry-head">
        <Time at={entry.occurred_at} />
        <span className="badge">{entry.category}</span>
        {entry.level === "info" ? null : <span className={`badge ${entry.level}`}>{entry.level}</span>}
        {entry.time_lost_s ? (
          <span className="badge warning">
            {duration(entry.time_lost_s)} lost{entry.time_lost_kind ? `: ${entry.time_lost_kind}` : ""}
          </span>
        ) : null}
        <small>{entry.author.name}</small>
      </div>
      {editing ? (
        <EntryForm
          submit="Save as a new revision"
          busy={edit.isPending}
          entry={editing}
          start={book.start_at}
          end={book.end_at}
          onSubmit={(draft) => save(draft, editing)}
          onCancel={() => setEditing(null)}
        />
      ) : (
        <p className="words">{entry.text}</p>
      )}
      {edit.error ? <Failed error={edit.error} /> : null}
      {remove.error ? <Failed error={remove.error} /> : null}
      <div className="entry-foot">
        {entry.tags.map((tag) => (
          <span key={tag} className="badge">
            #{tag}
          </span>
        ))}
        {entry.revision > 1 ? (
          <button type="button" className="link" aria-expanded={history} onClick={() => setHistory(!history)}>
            {history ? "Hide" : "Show"} earlier revisions ({entry.revision - 1})
          </button>
        ) : null}
        {book.state === "open" && !editing ? (
          <>
            <button type="button" className="link" onClick={() => setEditing(entry)}>
              Edit
            </button>
            <button
              type="button"
              className="link"
              disabled={remove.isPending}
              onClick={() => remove.mutate({ entry_id: entry.id, revision: entry.revision }, { onSuccess: onDelete })}
            >
              Delete
            </button>
          </>
        ) : null}
      </div>
      {history ? <Revisions entry={entry} where={where} /> : null}
    </li>
  );
}

function Revisions({ entry, where }: { entry: Entry; where: Where }) {
  const revisions = useQuery(revisionsQuery(where.organisation, where.telescope, where.night, entry.id));
  return (
    <Shown of={revisions} lines={1}>
      {(page) => (
        <ol className="revisions">
          {page.items
            .filter((each) => each.revision !== entry.revision)
            .map((each) => (
              <li key={each.revision}>
                <small>
                  Revision {each.revision}, {each.revised_by.name}, <Time at={each.revised_at} date />
                </small>
                <p className="words">{each.text}</p>
              </li>
            ))}
        </ol>
      )}
    </Shown>
  );
}
