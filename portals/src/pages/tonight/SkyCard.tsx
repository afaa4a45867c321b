// The night at a glance: twilights, darkness, Moon, and curves of altitude over the hours.
import { type FormEvent, useState } from "react";
import type { Schemas } from "../../api/client";
import { degrees, duration } from "../../parts/format";
import { Time, timeText, useTimes } from "../../parts/times";

type Sky = Schemas["PlaceNight"];
const WIDTH = 720;
const HEIGHT = 220;
const LEFT = 34;
const BOTTOM = 22;
const TOP = 8;

export function SkyCard({ sky, setTargets }: { sky: Sky; setTargets: (names: string[]) => void }) {
  const [typed, setTyped] = useState("");
  const names = sky.targets.map((each) => each.name);

  function add(event: FormEvent) {
    event.preventDefault();
    if (typed.trim()) setTargets([...new Set([...names, typed.trim()])]);
    setTyped("");
  }

  return (
    <section className="panel sky-card" aria-label="The sky">
      <dl className="facts">
        <div>
          <dt>Dark</dt>
          <dd>{sky.dark_s > 0 ? duration(sky.dark_s) : "never"}</dd>
        </div>
        <div>
          <dt>Sunset, sunrise</dt>
          <dd>
            <Time at={sky.sunset_at} /> · <Time at={sky.sunrise_at} />
          </dd>
        </div>
        <div>
          <dt>Nautical</dt>
          <dd>
            <Time at={sky.nautical_dusk_at} /> · <Time at={sky.nautical_dawn_at} />
          </dd>
        </div>
        <div>
          <dt>Astronomical</dt>
          <dd>
            <Time at={sky.astronomical_dusk_at} /> · <Time at={sky.astronomical_dawn_at} />
          </dd>
        </div>
        <div>
          <dt>Moon</dt>
          <dd>
            {Math.round(sky.moon_illuminated_fraction * 100)} % {sky.moon_phase}
          </dd>
        </div>
        <div>
          <dt>Moon rises, sets</dt>
          <dd>
            <Time at={sky.moonrises_at[0]} /> · <Time at={sky.moonsets_at[0]} />
          </dd>
        </div>
      </dl>
      <Curves sky={sky} />
      <form className="row" onSubmit={add}>
        <label>
          Target
          <input value={typed} onChange={(event) => setTyped(event.target.value)} placeholder="M31, or RA,Dec" maxLength={200} />
        </label>
        <button type="submit">Draw it</button>
        {sky.targets.map((target, i) => (
          <button
            key={target.name}
            type="button"
            className={`badge target-${i % 5}`}
            title="Take it away"
            onClick={() => setTargets(names.filter((name) => name !== target.name))}
          >
            {target.name}: {degrees(target.highest_altitude_deg, 0)} at <Time at={target.highest_at} /> ×
          </button>
        ))}
      </form>
    </section>
  );
}

function Curves({ sky }: { sky: Sky }) {
  const { scale, place } = useTimes();
  const start = Date.parse(sky.start);
  const end = Date.parse(sky.end);
  const x = (at: string | number) =>
    LEFT + (((typeof at === "string" ? Date.parse(at) : at) - start) / (end - start)) * (WIDTH - LEFT - 8);
  const y = (altitude: number) => TOP + (1 - Math.max(0, altitude) / 90) * (HEIGHT - TOP - BOTTOM);

  function curve(altitudes: number[]): string {
    let path = "";
    let up = false;
    altitudes.forEach((altitude, i) => {
      const at = sky.times[i];
      if (altitude >= 0 && at) path += `${up ? "L" : "M"}${x(at).toFixed(1)} ${y(altitude).toFixed(1)}`;
      up = altitude >= 0;
    });
    return path;
  }

  const bands = [
    ["civil", sky.sunset_at, sky.sunrise_at],
    ["nautical", sky.civil_dusk_at, sky.civil_dawn_at],
    ["astronomical", sky.nautical_dusk_at, sky.nautical_dawn_at],
    ["dark", sky.astronomical_dusk_at, sky.astronomical_dawn_at],
  ] as const;
  const hours: number[] = [];
  for (let at = Math.ceil(start / 7_200_000) * 7_200_000; at < end; at += 7_200_000) hours.push(at);
  const now = Date.now();
  return (
    <svg className="curves" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label="Altitudes through the night">
      <rect className="band day" x={LEFT} y={TOP} width={WIDTH - LEFT - 8} height={HEIGHT - TOP - BOTTOM} />
      {bands.map(([name, from, to]) =>
        from && to ? (
          <rect
            key={name}
            className={`band ${name}`}
            x={x(from)}
            y={TOP}
            width={Math.max(0, x(to) - x(from))}
            height={HEIGHT - TOP - BOTTOM}
          />
        ) : null,
      )}
      {[0, 30, 60, 90].map((altitude) => (
        <g key={altitude}>
          <line className="grid" x1={LEFT} x2={WIDTH - 8} y1={y(altitude)} y2={y(altitude)} />
          <text x={LEFT - 6} y={y(altitude) + 4} textAnchor="end">
            {altitude}°
          </text>
        </g>
      ))}
      {hours.map((at) => (
        <text key={at} x={x(at)} y={HEIGHT - 6} textAnchor="middle">
          {timeText(new Date(at), scale, place)}
        </text>
      ))}
      <path className="moon" d={curve(sky.moon_altitude_deg)}>
        <title>Moon</title>
      </path>
      {sky.targets.map((target, i) => (
        <path key={target.name} className={`target target-${i % 5}`} d={curve(target.altitude_deg)}>
          <title>{target.name}</title>
        </path>
      ))}
      {now > start && now < end ? <line className="now" x1={x(now)} x2={x(now)} y1={TOP} y2={HEIGHT - BOTTOM} /> : null}
    </svg>
  );
}
