// Decoded tiles, so many and no more: the one that was not drawn for longest goes first.
export const MOST_TILES = 192; // 256 kB each; more only where more than that is wanted at once
const AT_ONCE = 6;

export type Tile = { bitmap: ImageBitmap; since: number };

export class TileStore {
  private readonly kept = new Map<string, Tile>();
  private readonly coming = new Map<string, AbortController>();
  private readonly failed = new Set<string>();
  private wanted: string[] = [];
  private asked = false; // before anything is wanted, nothing has come either
  private closed = false;

  constructor(private readonly changed: () => void) {}

  get size(): number {
    return this.kept.size;
  }

  /** How many of what is in sight could not be had. */
  get missing(): number {
    return this.wanted.filter((address) => this.failed.has(address)).length;
  }

  get isLoading(): boolean {
    return !this.asked || this.coming.size > 0;
  }

  get(address: string): Tile | undefined {
    const tile = this.kept.get(address);
    if (tile) {
      this.kept.delete(address);
      this.kept.set(address, tile);
    }
    return tile;
  }

  /** Says what is in sight, most wanted first; what was on its way and is no longer wanted is given up. */
  want(addresses: string[]): void {
    this.wanted = addresses;
    const set = new Set(addresses);
    for (const [address, stop] of this.coming) if (!set.has(address)) stop.abort();
    this.fetchMore();
    if (!this.asked) {
      this.asked = true;
      this.changed();
    }
  }

  tryAgain(): void {
    this.failed.clear();
    this.fetchMore();
  }

  close(): void {
    this.closed = true;
    for (const stop of this.coming.values()) stop.abort();
    for (const tile of this.kept.values()) tile.bitmap.close();
    this.kept.clear();
  }

  private fetchMore(): void {
    for (const address of this.wanted) {
      if (this.closed || this.coming.size >= AT_ONCE) return;
      if (!this.kept.has(address) && !this.coming.has(address) && !this.failed.has(address)) void this.fetch(address);
    }
  }

  private async fetch(address: string): Promise<void> {
    const stop = new AbortController();
    this.coming.set(address, stop);
    try {
      const reply = await fetch(address, { signal: stop.signal });
      if (!reply.ok) throw new Error(String(reply.status));
      const bitmap = await createImageBitmap(await reply.blob());
      if (this.closed) bitmap.close();
      else this.keep(address, bitmap);
    } catch {
      if (!stop.signal.aborted) this.failed.add(address);
    }
    this.coming.delete(address);
    if (!this.closed) {
      this.fetchMore();
      this.changed();
    }
  }

  private keep(address: string, bitmap: ImageBitmap): void {
    this.kept.get(address)?.bitmap.close();
    this.kept.set(address, { bitmap, since: performance.now() });
    for (const [oldest, tile] of this.kept) {
      if (this.kept.size <= Math.max(MOST_TILES, this.wanted.length)) break;
      tile.bitmap.close();
      this.kept.delete(oldest);
    }
  }
}
