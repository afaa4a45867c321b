// What was stored at the end of each day of a month: a bar for each day, with its unit on the axis.
import type { Schemas } from "../../api/client";
import { bytes } from "../../parts/format";

const LEFT = 62;
const WIDTH = 720;
const HEIGHT = 190;
const BOTTOM = 22;
const TOP = 10;

/** A round number of bytes at or above what is to be shown, to which the axis goes. */
function roof(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return power * ([1, 2, 3, 4, 5, 6, 8, 10].find((each) => each * power >= most) ?? 10);
}

export function DayChart({ month, items }: { month: string; items: Schemas["UsageItem"][] }) {
  const of = new Map(items.map((each) => [each.key, each]));
  const [year = 0, number = 1] = month.split("-").map(Number);
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const top = roof(Math.max(1, ...items.map((each) => each.stored_bytes)));
  const height = (size: number) => ((HEIGHT - TOP - BOTTOM) * size) / top;
  const step = (WIDTH - LEFT) / days;
  return (
    <svg className="days" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Stored at the end of each day of ${month}`}>
      {[0, 0.5, 1].map((part) => {
        const y = HEIGHT - BOTTOM - height(part * top);
        return (
          <g key={part}>
            <line className="grid" x1={LEFT} x2={WIDTH} y1={y} y2={y} />
            <text x={LEFT - 6} y={y + 4} textAnchor="end">
              {bytes(part * top)}
            </text>
          </g>
        );
      })}
      {Array.from({ length: days }, (_, i) => {
        const day = `${month}-${String(i + 1).padStart(2, "0")}`;
        const one = of.get(day);
        const size = one ? height(one.stored_bytes) : 0;
        return (
          <g key={day}>
            {one ? (
              <rect className="bar" x={LEFT + i * step + 1} width={Math.max(1, step - 3)} y={HEIGHT - BOTTOM - size} height={size} rx={1.5}>
                <title>{`${day}: ${bytes(one.stored_bytes)}, ${bytes(one.egress_bytes ?? 0)} downloaded`}</title>
              </rect>
            ) : null}
            {i === 0 || (i + 1) % 5 === 0 ? (
              <text x={LEFT + (i + 0.5) * step} y={HEIGHT - 6} textAnchor="middle">
                {i + 1}
              </text>
            ) : null}
          </g>
        );
      })}
    </svg>
  );
}
