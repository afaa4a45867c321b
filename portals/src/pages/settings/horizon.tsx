// A horizon mask as it is typed and as it is seen from north through east to north again.
const WIDTH = 360;
const HEIGHT = 100;
const TOP_DEG = 60;

/** Reads points of azimuth and altitude, sorted by azimuth. */
export function readHorizon(text: string): number[][] | "wrong" {
  const points: number[][] = [];
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    const [azimuth, altitude, ...more] = line.trim().split(/[\s,;]+/).map(Number);
    const fits = azimuth !== undefined && altitude !== undefined && !more.length;
    if (!fits || !(azimuth >= 0 && azimuth <= 360) || !(altitude >= -90 && altitude <= 90)) return "wrong";
    points.push([azimuth, altitude]);
  }
  return points.sort(([a = 0], [b = 0]) => a - b);
}

export const writeHorizon = (points: number[][] | null): string => (points ?? []).map((each) => each.join(" ")).join("\n");

export function HorizonShape({ points }: { points: number[][] }) {
  const y = (altitude: number) => HEIGHT - 14 - (Math.max(0, Math.min(TOP_DEG, altitude)) * (HEIGHT - 20)) / TOP_DEG;
  // It goes on around: the last point leads to the first.
  const first = points[0];
  const last = points[points.length - 1];
  const around = first && last ? [[(last[0] ?? 0) - 360, last[1] ?? 0], ...points, [(first[0] ?? 0) + 360, first[1] ?? 0]] : [[0, 0], [360, 0]];
  const line = around.map(([azimuth = 0, altitude = 0]) => `${azimuth},${y(altitude).toFixed(1)}`).join(" L");
  return (
    <svg className="horizon-shape" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label="The horizon as it is seen">
      <path d={`M${line} L720,${HEIGHT} L-360,${HEIGHT} Z`} />
      {["N", "E", "S", "W", "N"].map((name, i) => (
        <text key={i} x={Math.min(WIDTH - 8, Math.max(4, i * 90))} y={HEIGHT - 3} textAnchor={i === 0 ? "start" : i === 4 ? "end" : "middle"}>
          {name}
        </text>
      ))}
      <text x={4} y={12}>
        {TOP_DEG}°
      </text>
    </svg>
  );
}
