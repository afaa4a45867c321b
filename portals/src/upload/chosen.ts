// The files that somebody dropped or chose, with their paths below what was dropped.
export type Chosen = { path: string; file: File };

const HIDDEN = /(^|\/)(\.|Thumbs\.db$|desktop\.ini$)/;

export function ofInput(files: FileList): Chosen[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })).filter(({ path }) => !HIDDEN.test(path));
}

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));
const someOf = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));

async function walk(entry: FileSystemEntry, into: Chosen[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, "");
  if (HIDDEN.test(path)) return;
  if (entry.isFile) {
    into.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A folder is told a hundred entries at a time.
  for (let some = await someOf(reader); some.length; some = await someOf(reader)) {
    for (const each of some) await walk(each, into);
  }
}

export async function ofDrop(dropped: DataTransfer): Promise<Chosen[]> {
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.length) return ofInput(dropped.files);
  const found: Chosen[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}
