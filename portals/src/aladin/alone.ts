// Runs before Aladin Lite: the frame is nobody's origin, so that what it would read and keep there does not exist.
const kept = new Map<string, string>();
Object.defineProperty(window, "localStorage", {
  value: {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
    clear: () => kept.clear(),
  },
});
// Only a page at the top may set it; Aladin tries wherever it is there.
delete (Navigator.prototype as { virtualKeyboard?: unknown }).virtualKeyboard;
