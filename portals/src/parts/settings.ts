// What somebody chose in this browser: looks and time scale, never anything that tells who they are.
const PREFIX = "uraniborg-";

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Storage is closed to us: the choice lasts as long as the page.
  }
}

export function recall<T extends string>(name: string, choices: readonly T[], usual: T): T {
  try {
    const kept = localStorage.getItem(PREFIX + name);
    return choices.find((choice) => choice === kept) ?? usual;
  } catch {
    return usual;
  }
}

export function recallText(name: string): string {
  try {
    return localStorage.getItem(PREFIX + name) ?? "";
  } catch {
    return "";
  }
}

export const MODES = ["light", "dark", "red"] as const;
export type Mode = (typeof MODES)[number];

export const currentMode = (): Mode => MODES.find((mode) => mode === document.documentElement.dataset.mode) ?? "dark";

const listeners = new Set<() => void>();

export function onMode(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setMode(mode: Mode): void {
  document.documentElement.dataset.mode = mode;
  remember("mode", mode);
  for (const listener of listeners) listener();
}
