// What a frame's file replaced, and that one before it: nothing of it is ever overwritten.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { fileQuery } from "../../api/queries";
import { bytes } from "../../parts/format";
import { Time } from "../../parts/times";

const MOST = 20; // of a file that was replaced each minute

export function Versions({ organisation, file }: { organisation: string; file: string }) {
  const newest = useQuery(fileQuery(organisation, file));
  const before = newest.data?.supersedes;
  return before ? (
    <section aria-label="Earlier versions">
      <h3>Earlier versions</h3>
      <ul className="object-list">
        <Earlier organisation={organisation} file={before} left={MOST} />
      </ul>
    </section>
  ) : null;
}

function Earlier({ organisation, file, left }: { organisation: string; file: string; left: number }) {
  const told = useQuery({ ...fileQuery(organisation, file), retry: false });
  if (told.error) return <li>One before could not be read; it may be deleted.</li>;
  if (!told.data) return <li>…</li>;
  const { created_at, frame, size_bytes, supersedes } = told.data;
  const name = <Time at={created_at} date seconds />;
  return (
    <>
      <li>
        {frame ? (
          <Link to="/$organisation/frames/$frame" params={{ organisation, frame }}>{name}</Link>
        ) : (
          <Link to="/$organisation/files/$file" params={{ organisation, file }}>{name}</Link>
        )}
        <small>{bytes(size_bytes)}</small>
      </li>
      {supersedes ? left > 1 ? <Earlier organisation={organisation} file={supersedes} left={left - 1} /> : <li>And more before.</li> : null}
    </>
  );
}
