// When the shutter was open: a lane for each filter or type, with the gaps between.
import type { Schemas } from "../../api/client";
import { duration, plural } from "../../parts/format";
import { timeText, useTimes } from "../../parts/times";

type Props = {
  lanes: Schemas["TimelineLane"][];
  gaps: Schemas["NightGap"][];
  start: string;
  end: string;
};
const WIDTH = 720;
const LEFT = 96;
const LANE = 20;

export function Timeline({ lanes, gaps, start, end }: Props) {
  const { scale, place } = useTimes();
  const moments = lanes.flatMap((lane) => lane.spans.flatMap((span) => [Date.parse(span.start_at), Date.parse(span.end_at)]));
  const from = Math.min(Date.parse(start), ...moments);
  const to = Math.max(Date.parse(end), ...moments, from + 1);
  const x = (at: number) => LEFT + ((at - from) / (to - from)) * (WIDTH - LEFT - 8);
  const height = lanes.length * LANE + 24;
  const step = to - from > 8 * 3_600_000 ? 7_200_000 : 3_600_000;
  const hours: number[] = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step) hours.push(at);
  return (
    <svg className="timeline" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label="Timeline of exposures">
      {hours.map((at) => (
        <g key={at}>
          <line className="grid" x1={x(at)} x2={x(at)} y1={0} y2={height - 18} />
          <text x={x(at)} y={height - 4} textAnchor="middle">
            {timeText(new Date(at), scale, place)}
          </text>
        </g>
      ))}
      {gaps.map((gap) => (
        <rect
          key={gap.start_at}
          className="gap"
          x={x(Date.parse(gap.start_at))}
          width={Math.max(1, x(Date.parse(gap.end_at)) - x(Date.parse(gap.start_at)))}
          y={0}
          height={height - 18}
        >
          <title>{`Gap of ${duration(gap.seconds)}`}</title>
        </rect>
      ))}
      {lanes.map((lane, i) => {
        const name = [lane.frame_type ?? "unknown", lane.filter].filter(Boolean).join(" ");
        return (
          <g key={name}>
            <text x={0} y={i * LANE + 14}>
              {name}
            </text>
            {lane.spans.map((span) => (
              <rect
                key={span.start_at}
                className={`span lane-${i % 5}`}
                x={x(Date.parse(span.start_at))}
                width={Math.max(1.5, x(Date.parse(span.end_at)) - x(Date.parse(span.start_at)))}
                y={i * LANE + 3}
                height={LANE - 6}
              >
                <title>{`${name}: ${plural(span.frames, "frame")}`}</title>
              </rect>
            ))}
          </g>
        );
      })}
    </svg>
  );
}
