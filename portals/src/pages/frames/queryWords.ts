// The current query as somebody would write it in Python or on the command line.
import type { FrameFilter } from "../../api/keys";

type Value = string | number | boolean | string[];
const given = (filter: FrameFilter): [string, Value][] =>
  Object.entries(filter).filter((pair): pair is [string, Value] => pair[1] !== undefined);

// JSON's strings, numbers and lists of strings are Python's; what is not ASCII is written out, so that nothing hides.
const python = (value: Value): string =>
  typeof value === "boolean"
    ? value ? "True" : "False"
    : JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

const shell = (value: string): string =>
  /^[\w.,:@%+/-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;

export function asPython(organisation: string, filter: FrameFilter): string {
  const words = given(filter).map(([name, value]) => `${name}=${python(value)}`);
  return [
    "import uraniborg",
    "",
    `client = uraniborg.connect(organisation=${python(organisation)})`,
    `frames = client.find(${words.join(", ")})`,
  ].join("\n");
}

export function asCommand(organisation: string, filter: FrameFilter): string {
  const words = given(filter).flatMap(([name, value]) => {
    if (typeof value === "boolean") return [value ? `--${name}` : `--not-${name}`];
    const option = `--${name.replaceAll("_", "-")}`;
    return (Array.isArray(value) ? value : [String(value)]).map((each) => `${option} ${shell(each)}`);
  });
  return ["uraniborg find", `--organisation ${shell(organisation)}`, ...words].join(" ");
}
