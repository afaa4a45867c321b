// The nights of visitors on one line of time, from the first of theirs to the last that is known.
import type { Schemas } from "../../api/client";

const WIDTH = 720;
const LEFT = 130;
const LINE = 22;
const DAY_MS = 86_400_000;
const SHOWN = 30;

const at = (night: string) => Date.parse(`${night}T12:00:00Z`);
const date = (moment: number) => new Date(moment).toISOString().slice(0, 10);

export function GuestNights({ items }: { items: Schemas["Assignment"][] }) {
  const shown = items.slice(0, SHOWN);
  const today = Date.now();
  const first = Math.min(today, ...shown.map((each) => at(each.first_night)));
  const last = Math.max(today + 7 * DAY_MS, ...shown.map((each) => at(each.last_night ?? each.first_night) + DAY_MS));
  const x = (moment: number) => LEFT + ((WIDTH - LEFT) * (moment - first)) / (last - first);
  const height = shown.length * LINE + 20;
  return (
    <svg className="guest-nights" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`Nights of visitors from ${date(first)} to ${date(last)}`}>
      {shown.map((each, i) => {
        const begin = x(at(each.first_night));
        const end = x(each.last_night ? at(each.last_night) + DAY_MS : last);
        return (
          <g key={each.id}>
            <text x={0} y={i * LINE + 15}>
              {each.name.length > 19 ? `${each.name.slice(0, 18)}…` : each.name}
            </text>
            <rect className="span" x={begin} y={i * LINE + 5} width={Math.max(2, end - begin)} height={LINE - 9} rx={3}>
              <title>{`${each.name}, ${each.telescope}: ${each.first_night} to ${each.last_night ?? "open"}`}</title>
            </rect>
          </g>
        );
      })}
      <line className="today" x1={x(today)} x2={x(today)} y1={0} y2={height - 16} />
      <text x={LEFT} y={height - 3}>
        {date(first)}
      </text>
      <text x={WIDTH} y={height - 3} textAnchor="end">
        {date(last)}
      </text>
    </svg>
  );
}
