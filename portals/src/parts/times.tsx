// Times in UTC, at the site, or sidereal: chosen once, and then everywhere.
import { createContext, type Dispatch, type ReactNode, type SetStateAction, useContext, useEffect, useMemo, useState } from "react";
import { recall, remember } from "./settings";

export type Scale = "utc" | "local" | "sidereal";
export const SCALES: Scale[] = ["utc", "local", "sidereal"];
const NAMES: Record<Scale, string> = { utc: "UTC", local: "local", sidereal: "LST" };

export type Place = { organisation: string; timeZone: string; longitudeDeg: number; name: string };
type Times = {
  scale: Scale;
  setScale: (scale: Scale) => void;
  place: Place | null;
  setPlace: Dispatch<SetStateAction<Place | null>>;
};

const TimesContext = createContext<Times | null>(null);

export function TimesProvider({ children }: { children: ReactNode }) {
  const [scale, choose] = useState<Scale>(() => recall("scale", SCALES, "utc"));
  const [place, setPlace] = useState<Place | null>(null);
  const value = useMemo(
    () => ({
      scale,
      place,
      setPlace,
      setScale: (chosen: Scale) => {
        remember("scale", chosen);
        choose(chosen);
      },
    }),
    [scale, place],
  );
  return <TimesContext value={value}>{children}</TimesContext>;
}

export function useTimes(): Times {
  const times = useContext(TimesContext);
  if (!times) throw new Error("useTimes outside TimesProvider");
  return times;
}

/** Local mean sidereal time, seconds. Source: Meeus, Astronomical Algorithms (2nd ed.), eq. 12.4; UT1 is taken as UTC. */
export function siderealSeconds(at: Date, longitudeDeg: number): number {
  const days = at.getTime() / 86_400_000 + 2_440_587.5 - 2_451_545.0;
  const century = days / 36_525;
  const angle = 280.46061837 + 360.98564736629 * days + 0.000387933 * century ** 2 - century ** 3 / 38_710_000;
  return (((angle + longitudeDeg) % 360) + 360) % 360 * 240;
}

// Making one takes longer than drawing a table's row; there are two or three for each time zone.
const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + Object.values(options).join(" ");
  const format = formats.get(key) ?? new Intl.DateTimeFormat(language, options);
  formats.set(key, format);
  return format;
}

export function timeText(at: Date, scale: Scale, place: Place | null, seconds = false): string {
  if (scale === "sidereal" && place) {
    const total = Math.floor(siderealSeconds(at, place.longitudeDeg));
    const parts = [total / 3600, (total / 60) % 60, total % 60].map((part) => String(Math.floor(part)).padStart(2, "0"));
    return parts.slice(0, seconds ? 3 : 2).join(":");
  }
  return formatOf("en-GB", {
    timeZone: scale === "local" && place ? place.timeZone : "UTC",
    hour: "2-digit",
    minute: "2-digit",
    second: seconds ? "2-digit" : undefined,
  }).format(at);
}

export const scaleName = (scale: Scale, place: Place | null): string => (place ? NAMES[scale] : "UTC");

/** A moment; its full UTC time is its title. */
export function Time({ at, seconds, date }: { at: string | null | undefined; seconds?: boolean; date?: boolean }) {
  const { scale, place } = useTimes();
  if (!at) return <>–</>;
  const moment = new Date(at);
  const day =
    date &&
    formatOf("en-CA", {
      timeZone: scale === "local" && place ? place.timeZone : "UTC",
      dateStyle: "short",
    }).format(moment);
  return (
    <time dateTime={at} title={`${moment.toISOString().replace("T", " ").slice(0, 19)} UTC`}>
      {day ? `${day} ` : ""}
      {timeText(moment, scale, place, seconds)}
    </time>
  );
}

export function Clock() {
  const { scale, setScale, place } = useTimes();
  const [now, tick] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => tick(new Date()), 1000);
    return () => clearInterval(timer);
  }, []);
  const next = SCALES[(SCALES.indexOf(scale) + 1) % SCALES.length] ?? "utc";
  return (
    <button
      type="button"
      className="clock"
      onClick={() => setScale(next)}
      title={`Times are ${NAMES[scale]}${place ? ` at ${place.name}` : ""}. Press for ${NAMES[next]}.`}
    >
      <span>{timeText(now, scale, place, true)}</span> <small>{scaleName(scale, place)}</small>
    </button>
  );
}
