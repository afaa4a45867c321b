// What the axis of a plot counts: units one may choose, dates, and where its marks stand.
import type { Schemas } from "../api/client";
import { plain } from "../pages/files/plain";

type Curve = Schemas["HduCurve"];
export type Choice = { key: string; name: string; label: string; at: (value: number) => number; isDate?: boolean };
export type Mark = { at: number; text: string };

const LENGTHS: Record<string, number> = {
  m: 1, cm: 1e-2, mm: 1e-3, um: 1e-6, "µm": 1e-6, micron: 1e-6, microns: 1e-6, nm: 1e-9, nanometer: 1e-9, nanometers: 1e-9,
  angstrom: 1e-10, angstroms: 1e-10, "0.1nm": 1e-10, "0.1 nm": 1e-10,
};
const FREQUENCIES: Record<string, number> = { hz: 1, khz: 1e3, mhz: 1e6, ghz: 1e9 };
const SPEEDS: Record<string, number> = { "m/s": 1, "m s-1": 1, "m.s**-1": 1, "km/s": 1e3, "km s-1": 1e3 };
const FAMILIES: [Record<string, number>, [string, number][]][] = [
  [LENGTHS, [["Å", 1e-10], ["nm", 1e-9], ["µm", 1e-6]]],
  [FREQUENCIES, [["MHz", 1e6], ["GHz", 1e9]]],
  [SPEEDS, [["km/s", 1e3], ["m/s", 1]]],
];
/** FITS WCS Paper III, table 1. */
const SPECTRAL: Record<string, string> = {
  WAVE: "Wavelength in vacuum", AWAV: "Wavelength in air", FREQ: "Frequency", ENER: "Energy", WAVN: "Wave number",
  VRAD: "Radio velocity", VOPT: "Optical velocity", ZOPT: "Redshift", VELO: "Velocity", BETA: "Velocity over c",
};
const DATES = { barycentre: "BJD", heliocentre: "HJD", geocentre: "JD", telescope: "JD", "": "JD" } as const;
const MS_A_DAY = 86_400_000;
const JD_OF_1970 = 2_440_587.5;

const named = (axis: Schemas["AxisName"]) => SPECTRAL[axis.name.toUpperCase()] ?? plain(axis.name);
export const labelOf = (axis: Schemas["AxisName"]) => (axis.unit ? `${named(axis)} (${plain(axis.unit)})` : named(axis));

/** In what the horizontal axis may be read: as the file has it, in other units, as a Julian date, in UTC. */
export function choicesOf(curve: Curve): Choice[] {
  const choices: Choice[] = [{ key: "file", name: "as in the file", label: labelOf(curve.x_axis), at: (value) => value }];
  const unit = curve.x_axis.unit.trim().toLowerCase();
  const { time } = curve;
  if (time) {
    const jd = (value: number) => time.zero_jd + value * time.unit_days;
    const from = Math.floor(jd(Math.min(...curve.x.slice(0, 1))) / 1000) * 1000;
    const name = DATES[time.place];
    const clock = time.clock ? `, ${time.clock}` : "";
    // Thousands are taken away before the day is added, so that no digits are lost.
    choices.push({ key: "jd", name, label: `${name} − ${from} (days${clock})`, at: (value) => time.zero_jd - from + value * time.unit_days });
    if (time.utc_offset_s != null) {
      const offset = time.utc_offset_s * 1000;
      const where = { barycentre: " at the barycentre of the Solar System", heliocentre: " at the Sun", geocentre: "", telescope: "", "": "" }[time.place];
      choices.push({
        key: "utc", name: "UTC", label: `UTC${where}`, isDate: true,
        at: (value) => (time.zero_jd - JD_OF_1970) * MS_A_DAY + value * time.unit_days * MS_A_DAY + offset,
      });
    }
    return choices;
  }
  for (const [family, others] of FAMILIES) {
    const here = family[unit];
    if (here === undefined) continue;
    for (const [other, size] of others) {
      if (size !== here) choices.push({ key: other, name: other, label: `${named(curve.x_axis)} (${other})`, at: (value) => (value * here) / size });
    }
  }
  return choices;
}

const DATE_STEPS = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 2_592_000, 7_776_000, 31_557_600, 157_788_000]
  .map((seconds) => seconds * 1000);

/** Round places for marks between two values. */
export function marks(low: number, high: number, wanted: number, isDate = false): Mark[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return Number.isFinite(low) ? [{ at: low, text: isDate ? day(low) : short(low, 1) }] : [];
  if (isDate) {
    const step = DATE_STEPS.find((each) => span / each <= wanted) ?? span / wanted;
    let before = "";
    return places(low, high, step).map((at) => {
      const date = day(at);
      if (Number.isNaN(Date.parse(date))) return { at, text: date };
      const time = step < MS_A_DAY ? new Date(at).toISOString().slice(11, step < 60_000 ? 19 : 16) : "";
      const text = date === before && time ? time : time ? `${date} ${time}` : date;
      before = date;
      return { at, text };
    });
  }
  const power = 10 ** Math.floor(Math.log10(span / wanted));
  const step = ([1, 2, 5, 10].find((each) => span / (each * power) <= wanted) ?? 10) * power;
  return places(low, high, step).map((at) => ({ at, text: short(at, step) }));
}

function places(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step);
  const many = Math.min(40, Math.floor(high / step) - first + 1);
  return Array.from({ length: Math.max(0, many) }, (_, i) => (first + i) * step);
}

function day(ms: number): string {
  const at = new Date(ms);
  return Number.isNaN(at.getTime()) ? "–" : at.toISOString().slice(0, 10);
}

export function short(value: number, step: number): string {
  if (value === 0 || Math.abs(value) < step * 1e-6) return "0";
  const size = Math.abs(value);
  if (size >= 1e12 || size < 1e-4) return value.toExponential(Math.max(0, Math.min(6, Math.floor(Math.log10(size)) - Math.floor(Math.log10(step))))).replace("e-", "e−").replace("e+", "e").replace(/^-/, "−");
  return value.toFixed(Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)))).replace(/^-/, "−");
}

export const told = (value: number, choice: Choice): string =>
  choice.isDate ? (Number.isNaN(new Date(value).getTime()) ? "–" : new Date(value).toISOString().replace("T", " ").replace("Z", "")) : String(Number(value.toPrecision(12))).replace(/^-/, "−");
