// What the portal and Aladin's frame say to each other: places on the sky one way, which of them was chosen the other.

/** A field as it is drawn: by its outline on the sky, else by a circle, else as a point. */
export type Drawn = {
  id: string;
  name: string;
  raDeg: number;
  decDeg: number;
  radiusDeg: number;
  outlines: [number, number][][];
};

export type ToFrame = { kind: "draw"; fields: Drawn[] };
export type FromFrame = { kind: "ready" } | { kind: "chosen"; id: string } | { kind: "failed"; why: string };

/** Reads what came from the frame; nothing of it is believed but its form. */
export function fromFrame(data: unknown): FromFrame | null {
  if (typeof data !== "object" || data === null || !("kind" in data)) return null;
  const said = data as Record<string, unknown>;
  if (said.kind === "ready") return { kind: "ready" };
  if (said.kind === "chosen" && typeof said.id === "string") return { kind: "chosen", id: said.id };
  if (said.kind === "failed" && typeof said.why === "string") return { kind: "failed", why: said.why.slice(0, 300) };
  return null;
}
