// The cells of a table as text: numbers as TDISP asks, and nothing in a stranger's text is more than text.
import type { Schemas } from "../api/client";
import { plain } from "../pages/files/plain";

export type Value = Schemas["HduRows"]["rows"][number][number];

const DISPLAY = /^(A|I|B|O|Z|F|EN|ES|E|G|D)(\d{1,3})(?:\.(\d{1,3}))?/i;
const minus = (told: string) => told.replace(/^-/, "−").replace("e-", "e−").replace("e+", "e");

/** A number as its column's TDISP says. Source: FITS Standard 4.0, table 20. */
export function displayed(value: number, display: string | null | undefined): string {
  const [, letter = "", , digits] = DISPLAY.exec(display ?? "") ?? [];
  const after = Math.min(30, Number(digits ?? 6));
  switch (letter.toUpperCase()) {
    case "F":
      return minus(value.toFixed(after));
    case "E":
    case "ES":
    case "EN":
    case "D":
      return minus(value.toExponential(after));
    case "G":
      return minus(String(Number(value.toPrecision(Math.max(1, after)))));
    case "I":
      return minus(Number.isInteger(value) ? String(value) : value.toFixed(0));
    case "Z":
      return Number.isInteger(value) ? minus(value.toString(16).toUpperCase()) : minus(String(value));
    case "O":
      return Number.isInteger(value) ? minus(value.toString(8)) : minus(String(value));
    case "B":
      return Number.isInteger(value) ? minus(value.toString(2)) : minus(String(value));
    default:
      return minus(String(value));
  }
}

export function cellText(value: Value, display: string | null | undefined): string {
  if (value === null) return "";
  if (typeof value === "number") return displayed(value, display);
  if (typeof value === "boolean") return value ? "T" : "F";
  if (typeof value === "string") return plain(value);
  const brief = (each: Value) => (typeof each === "number" && !display ? Number(each.toPrecision(7)) : each);
  const first = value.first.map((each) => cellText(brief(each), display)).join(", ");
  return value.size > value.first.length ? `${first}${first ? ", " : ""}… (${value.size})` : first;
}

/** The order of two cells of one column; what is undefined comes last, however one sorts. */
export function compared(a: Value, b: Value, isFalling: boolean): number {
  const [left, right] = [a, b].map((value) => (value !== null && typeof value === "object" ? (value.first[0] ?? null) : value));
  if (left == null || right == null) return left == null ? (right == null ? 0 : 1) : -1;
  const order = typeof left === "string" || typeof right === "string" ? String(left).localeCompare(String(right), "en", { numeric: true }) : Number(left) - Number(right);
  return isFalling ? -order : order;
}
