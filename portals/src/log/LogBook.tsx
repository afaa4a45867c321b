// A night's log: entries in order of time, written and edited in place; nothing of it is ever overwritten.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../api/client";
import { useAddLogEntry, useEditLogEntry } from "../api/mutations";
import { logQuery, revisionsQuery } from "../api/queries";
import { duration } from "../parts/format";
import { Empty, Failed, Shown } from "../parts/states";
import { Time } from "../parts/times";
import { type Draft, EntryForm } from "./EntryForm";

type Entry = Schemas["LogEntry"];
type Where = { organisation: string; telescope: string; night: string };

export function LogBook({ organisation, telescope, night }: Where) {
  const log = useQuery(logQuery(organisation, telescope, night));
  const add = useAddLogEntry(organisation, telescope, night);
  return (
    <section className="panel log" aria-label="Night log">
      <div className="panel-head">
        <h2>Night log</h2>
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
    </section>
  );
}

function EntryShown({ entry, where, book }: { entry: Entry; where: Where; book: Schemas["NightLog"] }) {
  const [editing, setEditing] = useState(false);
  const [history, setHistory] = useState(false);
  const edit = useEditLogEntry(where.organisation, where.telescope, where.night);

  function save(draft: Draft) {
    edit.mutate(
      {
        ...draft,
        entry_id: entry.id,
        revision: entry.revision,
        tags: entry.tags,
        frames: entry.frames,
        attachments: entry.attachments,
      },
      { onSuccess: () => setEditing(false) },
    );
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
          entry={entry}
          start={book.start_at}
          end={book.end_at}
          onSubmit={save}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <p className="words">{entry.text}</p>
      )}
      {edit.error ? <Failed error={edit.error} /> : null}
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
          <button type="button" className="link" onClick={() => setEditing(true)}>
            Edit
          </button>
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
