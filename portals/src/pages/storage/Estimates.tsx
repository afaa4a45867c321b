// What it costs: a month like the last, this one, what lies there now, and what more would cost.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { estimateQuery } from "../../api/bill";
import type { Schemas } from "../../api/client";
import { bytes } from "../../parts/format";
import { written } from "../../parts/forms";
import { Shown } from "../../parts/states";

const TIERS = ["hot", "cool", "archive"] as const;
type Tier = (typeof TIERS)[number];
const NEAR = 0.9; // of the limit: from here on it is warned of

const prices = (all: Schemas["Price"][]) => all.map((each) => each.text).join(", ") || "–";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Estimates({ organisation }: { organisation: string }) {
  const now = useQuery(estimateQuery(organisation));
  return (
    <section className="panel" aria-label="Now">
      <div className="panel-head">
        <h2>Now</h2>
        {now.data ? <small>plan {now.data.plan}</small> : null}
      </div>
      <Shown of={now}>
        {(data) => (
          <>
            <Limit stored={data.stored_bytes} left={data.left_bytes} />
            <dl className="facts">
              <Fact name="Stored">{bytes(data.stored_bytes)}</Fact>
              <Fact name="Room left">{data.left_bytes == null ? "no limit" : bytes(data.left_bytes)}</Fact>
              <Fact name="A month like the last">{prices(data.last_month)}</Fact>
              <Fact name="This month, if nothing changes">{prices(data.this_month)}</Fact>
              <Fact name="Each month, what lies there now">{data.each_month.text}</Fact>
            </dl>
            <More organisation={organisation} />
          </>
        )}
      </Shown>
    </section>
  );
}

function Limit({ stored, left }: { stored: number; left: number | null }) {
  if (left == null) return null;
  const part = stored / Math.max(1, stored + left);
  if (left === 0)
    return (
      <p className="note bad" role="status">
        The plan is full: nothing new is taken until there is room or a larger plan. Nothing is removed.
      </p>
    );
  return part < NEAR ? null : (
    <p className="note" role="status">
      {Math.floor(part * 100)} % of the plan is used: {bytes(left)} are left.
    </p>
  );
}

function More({ organisation }: { organisation: string }) {
  const [asked, ask] = useState<{ add_bytes: number; tier: Tier } | null>(null);
  const told = useQuery({ ...estimateQuery(organisation, asked ?? {}), enabled: asked !== null });
  return (
    <form
      className="row"
      onSubmit={(event) => {
        const { number, word } = written(event);
        const tier = TIERS.find((each) => each === word("tier")) ?? "hot";
        ask({ add_bytes: Math.round((number("gigabytes") ?? 0) * 1e9), tier });
      }}
    >
      <label>
        What would more cost? GB
        <input name="gigabytes" type="number" className="short" min={0.001} max={1e9} step="any" required defaultValue={100} />
      </label>
      <label>
        Tier
        <select name="tier">
          {TIERS.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <button type="submit">Estimate</button>
      {asked ? (
        <Shown of={told} lines={1}>
          {(data) => (
            <p role="status">
              {bytes(asked.add_bytes)} more in the {asked.tier} tier: <strong>{data.asked_price?.text ?? "…"}</strong> a month
            </p>
          )}
        </Shown>
      ) : null}
    </form>
  );
}
