// A secret, shown this once.
import { CopyButton } from "./CopyButton";

export function Secret({ what, text }: { what: string; text: string }) {
  return (
    <p className="row secret" role="status">
      <span className="grow">{what} Copy it now: it is shown this once.</span>
      <code className="words">{text}</code>
      <CopyButton name="Copy" text={text} />
    </p>
  );
}
