// Puts a text on the clipboard, and says so.
import { Check, Copy } from "lucide-react";
import { useState } from "react";

const SAID_MS = 2000;

export function CopyButton({ name, text }: { name: string; text: string }) {
  const [said, say] = useState("");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      say("Copied");
    } catch {
      say("The browser does not let us");
    }
    setTimeout(() => say(""), SAID_MS);
  }
  return (
    <button type="button" onClick={() => void copy()} title={text}>
      {said === "Copied" ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
      <span aria-live="polite">{said || name}</span>
    </button>
  );
}
