// Numbers and angles as the portal writes them, with their units.
export function bytes(size: number | null | undefined): string {
  if (size == null) return "–";
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = size;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

export const count = (value: number): string => value.toLocaleString("en-GB").replaceAll(",", "\u202f");

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

export function duration(seconds: number | null | undefined): string {
  if (seconds == null) return "–";
  if (seconds < 60) return `${Number(seconds.toFixed(2))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

export const exposure = (seconds: number | null | undefined): string =>
  seconds == null ? "–" : `${Number(seconds.toPrecision(4))} s`;

export const degrees = (value: number | null | undefined, digits = 1): string =>
  value == null ? "–" : `${value.toFixed(digits).replace("-", "−")}°`;

function sexagesimal(value: number, digits: number): [string, string, string] {
  const scale = 10 ** digits;
  const total = Math.round(Math.abs(value) * 3600 * scale);
  const whole = Math.floor(total / (3600 * scale));
  const minutes = Math.floor(total / (60 * scale)) % 60;
  const seconds = (total % (60 * scale)) / scale;
  const pad = digits ? digits + 3 : 2;
  return [String(whole).padStart(2, "0"), String(minutes).padStart(2, "0"), seconds.toFixed(digits).padStart(pad, "0")];
}

/** Right ascension and declination (degrees, ICRS) in hours and degrees. */
export function position(ra: number | null | undefined, dec: number | null | undefined): string {
  if (ra == null || dec == null) return "–";
  const [h, m, s] = sexagesimal((((ra % 360) + 360) % 360) / 15, 1);
  const [d, dm, ds] = sexagesimal(dec, 0);
  return `${h}ʰ${m}ᵐ${s}ˢ ${dec < 0 ? "−" : "+"}${d}°${dm}′${ds}″`;
}

const POINTS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];
export const compass = (azimuth: number | null | undefined): string =>
  azimuth == null ? "–" : (POINTS[Math.round(azimuth / 45) % 8] ?? "–");

/** The evening date of the night that is going on, or comes next, in a time zone. */
export function nightNow(timeZone: string, now = new Date()): string {
  const before = new Date(now.getTime() - 12 * 3_600_000);
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(before);
}

export function shiftNight(night: string, days: number): string {
  const at = new Date(`${night}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}
