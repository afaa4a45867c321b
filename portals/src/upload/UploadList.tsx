// What is being sent, how far each file and all of it are, and what went wrong.
import { hasBroken } from "./line";
import { useUploadRows } from "./rows";
import { bytes, count, plural } from "../parts/format";
import { clearUploads, retryUploads, type Sent, type State } from "./queue";

const WORDS: Record<State, string> = {
  waiting: "waits",
  reading: "is read",
  sending: "is sent",
  stored: "arrived",
  known: "was there already",
  failed: "failed",
};

export function UploadList({ files }: { files: Sent[] }) {
  const { rows, more, showMore } = useUploadRows(files);
  if (!files.length) return null;
  const total = files.reduce((sum, each) => sum + each.file.size, 0);
  const there = (each: Sent) => each.state === "stored" || each.state === "known";
  const done = files.reduce((sum, each) => sum + (there(each) ? each.file.size : each.state === "sending" ? each.done : 0), 0);
  const arrived = files.filter(there).length;
  const failed = files.filter((each) => each.state === "failed").length;
  const busy = files.length - arrived - failed;
  return (
    <section className="panel" aria-label="Uploads">
      <div className="panel-head">
        <h2 aria-live="polite">
          {count(arrived)} of {plural(files.length, "file")} arrived{failed ? `, ${count(failed)} failed` : ""}
        </h2>
        <small>
          {bytes(done)} of {bytes(total)}
        </small>
      </div>
      <progress max={Math.max(1, total)} value={total ? done : arrived} aria-label="All files" />
      {busy && hasBroken() ? (
        <p className="note" role="status">
          The connection breaks now and then: less is sent at once, in smaller pieces. What has arrived is not sent again.
        </p>
      ) : null}
      <div className="row">
        {failed ? (
          <button type="button" onClick={retryUploads}>
            Try the failed again
          </button>
        ) : null}
        {busy ? null : (
          <button type="button" onClick={clearUploads}>
            Clear the list
          </button>
        )}
      </div>
      <ul className="upload-list">
        {rows.map((each) => (
          <li key={each.id} className={each.state}>
            <bdi>{each.path}</bdi>
            <small>
              {bytes(each.file.size)}, {WORDS[each.state]}
            </small>
            {each.state === "sending" || each.state === "reading" ? (
              <progress max={Math.max(1, each.file.size)} value={each.done} aria-label={each.path} />
            ) : null}
            {each.why ? <p className="wrong">{each.why}</p> : null}
          </li>
        ))}
      </ul>
      {more ? (
        <button type="button" onClick={showMore}>
          Show {plural(more, "more file", "more files")}
        </button>
      ) : null}
    </section>
  );
}
