// A calendar heat map: a column for each week, a square for each night.
import { useNavigate } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { duration, plural } from "../../parts/format";

type Night = Schemas["ObservedNight"];
const CELL = 13;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function YearMap({ organisation, year, nights }: { organisation: string; year: number; nights: Night[] }) {
  const navigate = useNavigate();
  const of = new Map<string, Night[]>();
  for (const each of nights) of.set(each.night, [...(of.get(each.night) ?? []), each]);
  const most = Math.max(1, ...[...of.values()].map((each) => each.reduce((sum, one) => sum + one.frames, 0)));
  const first = new Date(Date.UTC(year, 0, 1));
  const offset = (first.getUTCDay() + 6) % 7; // weeks begin on Monday
  const days = (Date.UTC(year + 1, 0, 1) - first.getTime()) / 86_400_000;
  const week = (day: number) => Math.floor((day + offset) / 7);
  return (
    <section className="panel">
      <div className="scroll" tabIndex={0} role="group" aria-label={`Calendar of ${year}`}>
        <svg className="year" viewBox={`0 0 ${54 * CELL + 30} ${8 * CELL + 8}`} role="group" aria-label={`Nights of ${year}`}>
          {MONTHS.map((name, month) => (
            <text key={name} x={30 + week((Date.UTC(year, month, 1) - first.getTime()) / 86_400_000) * CELL} y={10}>
              {name}
            </text>
          ))}
          {["Mon", "Wed", "Fri"].map((name, i) => (
            <text key={name} x={0} y={16 + (2 * i + 1) * CELL - 3}>
              {name}
            </text>
          ))}
          {Array.from({ length: days }, (_, day) => {
            const night = new Date(first.getTime() + day * 86_400_000).toISOString().slice(0, 10);
            const there = of.get(night) ?? [];
            const frames = there.reduce((sum, each) => sum + each.frames, 0);
            const level = there.length ? Math.max(1, Math.ceil(4 * Math.sqrt(frames / most))) : 0;
            const at = { x: 30 + week(day) * CELL, y: 16 + ((day + offset) % 7) * CELL, width: CELL - 2, height: CELL - 2 };
            const one = there[0];
            if (!one) return <rect key={night} className="level-0" rx={2} {...at} />;
            const told = `${night}: ${plural(frames, "frame")}, ${duration(there.reduce((s, each) => s + each.exposure_s, 0))}`;
            const open = () =>
              void navigate({
                to: "/$organisation/nights/$telescope/$night",
                params: { organisation, telescope: one.telescope, night },
              });
            return (
              <rect
                key={night}
                className={`level-${level}`}
                rx={2}
                {...at}
                role="link"
                tabIndex={0}
                aria-label={told}
                onClick={open}
                onKeyDown={(event) => event.key === "Enter" && open()}
              >
                <title>{told}</title>
              </rect>
            );
          })}
        </svg>
      </div>
    </section>
  );
}
