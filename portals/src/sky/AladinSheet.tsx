// The fields on Aladin Lite, which runs in a frame of its own: nothing on it reaches the session, nor anything outside.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Drawn, fromFrame, type ToFrame } from "../aladin/words";
import { frameQuery } from "../api/queries";
import { Empty, Loading } from "../parts/states";
import type { Field } from "./fields";

const OUTLINED = 60; // fields whose true outline is asked for; the others are circles
const AT_ONCE = 4;

type Props = { organisation: string; fields: Field[]; open: (frame: string) => void };

const drawn = (field: Field): Drawn => ({
  id: field.frame,
  name: field.object ?? "unnamed",
  raDeg: field.raDeg,
  decDeg: field.decDeg,
  radiusDeg: field.radiusDeg,
  outlines: [],
});

/** Reads an outline as it is kept with a frame. */
const outlineOf = (footprint: { [key: string]: unknown }): [number, number][] =>
  Array.isArray(footprint.vertices_deg) ? (footprint.vertices_deg as [number, number][]) : [];

/** The fields, first as circles and then, where there are any, by the outlines of their first frames. */
function useOutlines(organisation: string, fields: Field[]): Drawn[] {
  const client = useQueryClient();
  const [shown, show] = useState<Drawn[]>(() => fields.map(drawn));
  useEffect(() => {
    let over = false;
    const all = fields.map(drawn);
    show(all);
    const waiting = all.slice(0, OUTLINED);
    const work = async () => {
      for (let next = waiting.shift(); next && !over; next = waiting.shift()) {
        const frame = await client.fetchQuery({ ...frameQuery(organisation, next.id), staleTime: 600_000 }).catch(() => null);
        next.outlines = (frame?.footprints ?? []).map(outlineOf).filter((outline) => outline.length > 2);
      }
    };
    void Promise.all(Array.from({ length: AT_ONCE }, work)).then(() => over || show([...all]));
    return () => {
      over = true;
    };
  }, [client, organisation, fields]);
  return shown;
}

export function AladinSheet({ organisation, fields, open }: Props) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  const shown = useOutlines(organisation, fields);
  const opened = useRef(open);
  opened.current = open;
  const known = useRef(new Set<string>());

  useEffect(() => {
    known.current = new Set(fields.map((field) => field.frame));
  }, [fields]);
  useEffect(() => {
    const hear = (event: MessageEvent<unknown>) => {
      if (!frame.current || event.source !== frame.current.contentWindow) return;
      const said = fromFrame(event.data);
      if (said?.kind === "chosen" && known.current.has(said.id)) opened.current(said.id);
      else if (said?.kind === "ready" || said?.kind === "failed") setState(said.kind);
    };
    window.addEventListener("message", hear);
    return () => window.removeEventListener("message", hear);
  }, []);
  useEffect(() => {
    const words: ToFrame = { kind: "draw", fields: shown };
    // A frame of no origin can be named by nothing but "*"; what it may load is held by its policy and ours.
    if (state === "ready") frame.current?.contentWindow?.postMessage(words, "*");
  }, [state, shown]);

  if (state === "failed")
    return (
      <Empty title="Aladin Lite does not start here">
        <p>It needs WebGL 2, which this browser does not give. The map under “Sky” does without.</p>
      </Empty>
    );
  return (
    <div className="sky-sheet">
      <div className="sky-canvas aladin" aria-busy={state === "loading"}>
        {state === "loading" ? <Loading lines={8} /> : null}
        <iframe ref={frame} src="/app/aladin.html" sandbox="allow-scripts" title="The fields in Aladin Lite; they are listed beside it" />
      </div>
      <small>
        <a href="/app/notices.txt">Aladin Lite</a> by CDS, Strasbourg (GPL-3), with your own fields and nothing from elsewhere.
        {fields.length > OUTLINED ? ` Outlines of the first ${OUTLINED}; circles for the others.` : ""}
      </small>
    </div>
  );
}
