// What the viewer's address says: which HDU, how it is shown, where one looks, and with what it blinks.
export const STRETCHES = ["asinh", "linear", "log", "sqrt"] as const;
export const LIMITS = ["auto", "zscale", "percentile", "minmax"] as const;
export const COLOURS = ["grey", "viridis", "magma", "inferno", "plasma", "cividis", "cubehelix", "hot", "turbo"] as const;

export type ViewerSearch = {
  hdu?: number;
  plane?: number;
  stretch?: (typeof STRETCHES)[number];
  limits?: (typeof LIMITS)[number];
  colours?: (typeof COLOURS)[number];
  inverted?: boolean;
  tracks?: boolean;
  x?: number;
  y?: number;
  scale?: number;
  blink?: string;
  align?: "pixels"; // else by the sky, where both are on it
  grid?: boolean;
  objects?: boolean;
  across?: number; // columns of a plot
  up?: number;
  row?: number;
  unit?: string;
  from?: number; // the first row of a page of a table
};

type Search = Record<string, unknown>;
const oneOf = <T extends string>(value: unknown, choices: readonly T[]) => choices.find((choice) => choice === value);
const number = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const count = (value: unknown) => {
  const given = number(value);
  return given !== undefined && Number.isInteger(given) && given >= 0 && given < 2 ** 31 ? given : undefined;
};

export function viewerSearch(search: Search): ViewerSearch {
  const scale = number(search.scale);
  return {
    hdu: count(search.hdu),
    plane: count(search.plane),
    stretch: oneOf(search.stretch, STRETCHES),
    limits: oneOf(search.limits, LIMITS),
    colours: oneOf(search.colours, COLOURS),
    inverted: search.inverted === true ? true : undefined,
    tracks: search.tracks === false ? false : undefined,
    x: number(search.x),
    y: number(search.y),
    scale: scale !== undefined && scale > 0 ? scale : undefined,
    align: search.align === "pixels" ? "pixels" : undefined,
    grid: search.grid === true ? true : undefined,
    objects: search.objects === true ? true : undefined,
    across: count(search.across) || undefined,
    up: count(search.up) || undefined,
    row: count(search.row) || undefined,
    unit: typeof search.unit === "string" ? search.unit.slice(0, 20) : undefined,
    from: count(search.from) || undefined,
    blink: typeof search.blink === "string" && /^[0-9a-f-]{36}$/.test(search.blink) ? search.blink : undefined,
  };
}

/** The part of a tile's address that says how it is painted, of an image with so many planes. */
export function painting(search: ViewerSearch, planes: number): string {
  const said = new URLSearchParams({ stretch: search.stretch ?? "asinh", limits: search.limits ?? "auto" });
  said.set("colours", search.colours ?? "grey");
  if (search.inverted) said.set("inverted", "true");
  if (search.plane && search.plane < planes) said.set("plane", String(search.plane));
  return said.toString();
}
