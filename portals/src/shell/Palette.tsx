// The command palette: every page, the newest nights, datasets and packages, and an object's frames, by typing.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { datasetsQuery, newestNightsQuery, packagesQuery } from "../api/queries";
import { MODES, setMode } from "../parts/settings";
import { PLACES } from "./places";

const OPERATORS = ["health", "jobs", "organisations"];

type Command = { name: string; kind: string; run: () => void };

type PaletteProps = { organisation: string; isOperator: boolean; close: () => void };

export function Palette({ organisation, isOperator, close }: PaletteProps) {
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const nights = useQuery(newestNightsQuery(organisation));
  const datasets = useInfiniteQuery(datasetsQuery(organisation));
  const packages = useInfiniteQuery(packagesQuery(organisation));
  useEffect(() => dialog.current?.showModal(), []);

  const go = (path: string) => () => router.history.push(`/app/${encodeURIComponent(organisation)}/${path}`);
  const commands: Command[] = [
    ...PLACES.map(({ name, to }) => ({ name, kind: "page", run: go(to.split("/")[2] ?? "") })),
    ...(isOperator ? OPERATORS : []).map((page) => ({
      name: `Operator: ${page}`,
      kind: "page",
      run: () => router.history.push(`/app/-/${page}`),
    })),
    { name: "New package", kind: "do", run: go("packages/new") },
    { name: "Another organisation", kind: "page", run: () => router.history.push("/app/organisations") },
    ...MODES.map((mode) => ({ name: `Mode: ${mode}`, kind: "do", run: () => setMode(mode) })),
    ...(nights.data?.items ?? []).map((each) => ({
      name: `${each.night} ${each.telescope}`,
      kind: "night",
      run: go(`nights/${encodeURIComponent(each.telescope)}/${each.night}`),
    })),
    ...(datasets.data?.pages.flatMap((page) => page.items) ?? []).map((each) => ({
      name: each.name,
      kind: "dataset",
      run: go(`datasets/${encodeURIComponent(each.slug)}`),
    })),
    ...(packages.data?.pages.flatMap((page) => page.items) ?? []).map((each) => ({
      name: each.newest.title,
      kind: "package",
      run: go(`packages/${encodeURIComponent(each.slug)}`),
    })),
  ];
  const words = typed.trim().toLowerCase().split(/\s+/);
  const found = commands
    .filter((each) => words.every((word) => `${each.kind} ${each.name}`.toLowerCase().includes(word)))
    .slice(0, 12);
  if (typed.trim().length > 1) {
    found.push({ name: `Frames with “${typed.trim()}”`, kind: "search", run: go(`frames?text=${encodeURIComponent(JSON.stringify(typed.trim()))}`) });
  }
  const at = Math.min(chosen, found.length - 1);

  function run(command: Command | undefined) {
    if (!command) return;
    close();
    command.run();
  }

  function pressed(event: KeyboardEvent) {
    if (event.key === "ArrowDown") setChosen(Math.min(at + 1, found.length - 1));
    else if (event.key === "ArrowUp") setChosen(Math.max(at - 1, 0));
    else if (event.key === "Enter") run(found[at]);
    else return;
    event.preventDefault();
  }

  return (
    <dialog ref={dialog} className="palette" aria-label="Go to anything" onClose={close}>
      <input
        role="combobox"
        aria-label="Page, night, dataset, package or object"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={`palette-${at}`}
        placeholder="Page, night, dataset, package, object …"
        value={typed}
        autoFocus
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={pressed}
      />
      <ul id="palette-list" role="listbox" aria-label="Found">
        {found.map((each, i) => (
          <li
            key={`${each.kind} ${each.name}`}
            id={`palette-${i}`}
            role="option"
            aria-selected={i === at}
            onClick={() => run(each)}
            onMouseMove={() => setChosen(i)}
          >
            <span>{each.name}</span>
            <small>{each.kind}</small>
          </li>
        ))}
      </ul>
    </dialog>
  );
}
