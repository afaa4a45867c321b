// Bytes of strangers as text: whatever is in them is shown, and nothing in them does anything.

/** Characters that are not seen, or turn the text around them, written out. Source: Unicode, UAX #9 and Trojan Source. */
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export const plain = (text: string): string =>
  text.replace(HIDDEN, (each) => `‹U+${each.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}›`);

export function decode(bytes: ArrayBuffer): string {
  return new TextDecoder("utf-8").decode(bytes).replace(/\r\n?/g, "\n"); // the decoder takes a byte order mark away
}

/** Tells bytes that are no text, by what text never has. */
export const isBinary = (bytes: ArrayBuffer): boolean => new Uint8Array(bytes, 0, Math.min(8192, bytes.byteLength)).includes(0);

export type Sheet = { rows: string[][]; isWhole: boolean };

/** Reads comma-, semicolon- or tab-separated values. Source: RFC 4180; the separator is the likeliest of the first line. */
export function separated(text: string, most: { rows: number; columns: number }): Sheet {
  const head = text.slice(0, text.indexOf("\n") + 1 || undefined);
  const times = (each: string) => head.split(each).length;
  const separator = [",", ";", "\t"].reduce((a, b) => (times(b) > times(a) ? b : a));
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    if (row.length < most.columns) row.push(cell);
    cell = "";
  };
  for (let i = 0; i < text.length; i += 1) {
    const letter = text.charAt(i);
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text.charAt(i + 1) === '"') (cell += '"'), (i += 1);
      else quoted = false;
    } else if (letter === '"' && !cell) quoted = true;
    else if (letter === separator) endCell();
    else if (letter === "\n") {
      endCell();
      rows.push(row);
      row = [];
      if (rows.length >= most.rows) return { rows, isWhole: i + 1 >= text.length };
    } else cell += letter;
  }
  if (cell || row.length) {
    endCell();
    rows.push(row);
  }
  return { rows, isWhole: true };
}

export type Cell = { kind: string; source: string; outputs: string[] };

const text = (value: unknown): string =>
  typeof value === "string" ? value : Array.isArray(value) ? value.filter((each) => typeof each === "string").join("") : "";

/** A notebook's cells (nbformat 4), and of what they printed only the plain text. `null` if it is none. */
export function notebook(source: string): Cell[] | null {
  let told: unknown;
  try {
    told = JSON.parse(source);
  } catch {
    return null;
  }
  const cells = (told as { cells?: unknown } | null)?.cells;
  if (!Array.isArray(cells)) return null;
  return cells.map((each: Record<string, unknown> | null) => ({
    kind: text(each?.cell_type) || "cell",
    source: text(each?.source),
    outputs: (Array.isArray(each?.outputs) ? each.outputs : []).map((output: Record<string, unknown> | null) => {
      const data = output?.data as Record<string, unknown> | undefined;
      return text(output?.text) || text(data?.["text/plain"]) || text(output?.evalue);
    }),
  }));
}
