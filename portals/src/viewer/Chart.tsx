// Points of a curve between two axes: dragged across to look nearer, moved by keys, the nearest point told.
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { type Choice, marks, short, told } from "./axes";

type Props = { name: string; x: number[]; y: number[]; across: Choice; up: string; isLine: boolean; isFlipped: boolean };
type Range = { low: number; high: number };

const HEIGHT = 340;
const SIDES = { left: 72, right: 36, top: 12, bottom: 46 };
const LEAST_DRAG_PX = 6;

function range(values: number[]): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) return { low: 0, high: 1 };
  const more = high > low ? (high - low) * 0.03 : Math.abs(high) * 0.01 || 1;
  return { low: low - more, high: high + more };
}

export function Chart({ name, x, y, across, up, isLine, isFlipped }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [looked, look] = useState<Range | null>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const [near, setNear] = useState<number | null>(null);
  useEffect(() => {
    if (!box.current) return;
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  const values = useMemo(() => x.map(across.at), [x, across]);
  const all = useMemo(() => range(values), [values]);
  useEffect(() => look(null), [values]);
  const shown = looked ?? all;
  const inside = useMemo(() => values.flatMap((value, i) => (value >= shown.low && value <= shown.high ? [i] : [])), [values, shown.low, shown.high]);
  const tall = useMemo(() => range(inside.map((i) => y[i] ?? NaN)), [inside, y]);
  const [right, bottom] = [width - SIDES.right, HEIGHT - SIDES.bottom];
  const toX = (value: number) => SIDES.left + ((value - shown.low) / (shown.high - shown.low)) * (right - SIDES.left);
  const part = (value: number) => (value - tall.low) / (tall.high - tall.low);
  const toY = (value: number) => SIDES.top + (isFlipped ? part(value) : 1 - part(value)) * (bottom - SIDES.top);
  const fromX = (px: number) => shown.low + ((px - SIDES.left) / (right - SIDES.left)) * (shown.high - shown.low);

  const path = useMemo(() => {
    if (width <= SIDES.left + SIDES.right) return "";
    let drawn = "";
    inside.forEach((i, place) => {
      const at = `${toX(values[i] ?? 0).toFixed(1)} ${toY(y[i] ?? 0).toFixed(1)}`;
      drawn += isLine ? `${place ? "L" : "M"}${at}` : `M${at}h0`;
    });
    return drawn;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- toX and toY are of these
  }, [inside, values, y, width, shown.low, shown.high, tall.low, tall.high, isLine, isFlipped]);

  const place = (event: PointerEvent<SVGSVGElement>) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  function moved(event: PointerEvent<SVGSVGElement>) {
    const px = place(event);
    if (drag) setDrag({ ...drag, to: px });
    const py = event.clientY - event.currentTarget.getBoundingClientRect().top;
    let [best, found] = [Infinity, null as number | null];
    for (const i of inside) {
      const away = (toX(values[i] ?? 0) - px) ** 2 + ((toY(y[i] ?? 0) - py) / 4) ** 2;
      if (away < best) [best, found] = [away, i];
    }
    setNear(found);
  }
  function lifted() {
    if (drag && Math.abs(drag.to - drag.from) >= LEAST_DRAG_PX) {
      const [low, high] = [fromX(Math.min(drag.from, drag.to)), fromX(Math.max(drag.from, drag.to))];
      look({ low: Math.max(low, all.low), high: Math.min(high, all.high) });
    }
    setDrag(null);
  }
  const about = (by: number) => {
    const [middle, half] = [(shown.low + shown.high) / 2, ((shown.high - shown.low) / 2) * by];
    look(half * 2 >= all.high - all.low ? null : { low: middle - half, high: middle + half });
  };
  const shift = (by: number) => {
    const step = (shown.high - shown.low) * by;
    if (looked && shown.low + step < all.high && shown.high + step > all.low) look({ low: shown.low + step, high: shown.high + step });
  };
  function pressed(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const does: Record<string, () => void> = {
      "+": () => about(0.5), "=": () => about(0.5), "-": () => about(2), "0": () => look(null),
      ArrowLeft: () => shift(-0.2), ArrowRight: () => shift(0.2),
    };
    if (!does[event.key]) return;
    event.preventDefault();
    does[event.key]?.();
  }
  const acrossMarks = marks(shown.low, shown.high, Math.max(2, Math.floor(width / (across.isDate ? 150 : 95))), across.isDate);
  const upMarks = marks(tall.low, tall.high, 6);
  return (
    <div className="chart" ref={box}>
      {width ? (
        <svg
          width={width}
          height={HEIGHT}
          role="application"
          tabIndex={0}
          aria-label={`${name}: + and − zoom, arrows move, 0 shows all`}
          data-points={inside.length}
          onKeyDown={pressed}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setDrag({ from: place(event), to: place(event) });
          }}
          onPointerMove={moved}
          onPointerUp={lifted}
          onPointerCancel={() => setDrag(null)}
          onPointerLeave={() => setNear(null)}
          onDoubleClick={() => look(null)}
        >
          {acrossMarks.map(({ at, text }) => (
            <g key={at}>
              <line className="grid" x1={toX(at)} x2={toX(at)} y1={SIDES.top} y2={bottom} />
              <text x={toX(at)} y={bottom + 17} textAnchor="middle">{text}</text>
            </g>
          ))}
          {upMarks.map(({ at, text }) => (
            <g key={at}>
              <line className="grid" x1={SIDES.left} x2={right} y1={toY(at)} y2={toY(at)} />
              <text x={SIDES.left - 6} y={toY(at) + 4} textAnchor="end">{text}</text>
            </g>
          ))}
          <path className={isLine ? "line" : "dots"} d={path} />
          {drag && Math.abs(drag.to - drag.from) >= LEAST_DRAG_PX ? (
            <rect className="band" x={Math.min(drag.from, drag.to)} width={Math.abs(drag.to - drag.from)} y={SIDES.top} height={bottom - SIDES.top} />
          ) : null}
          {near !== null && inside.includes(near) ? <circle className="near" cx={toX(values[near] ?? 0)} cy={toY(y[near] ?? 0)} r={4.5} /> : null}
          <text className="axis" x={(SIDES.left + right) / 2} y={HEIGHT - 8} textAnchor="middle">{across.label}</text>
          <text className="axis" transform={`translate(14 ${(SIDES.top + bottom) / 2}) rotate(-90)`} textAnchor="middle">{up}</text>
        </svg>
      ) : null}
      <p className="chart-foot">
        <span className="num" role="status">
          {near !== null ? `${told(values[near] ?? 0, across)}, ${short(y[near] ?? 0, (tall.high - tall.low) / 1e4 || 1)}` : looked ? `${inside.length} points in sight` : "Drag across to look nearer."}
        </span>
        <button type="button" disabled={!looked} onClick={() => look(null)}>Show all</button>
      </p>
    </div>
  );
}
