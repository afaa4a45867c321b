// CRC-32 (of ZIP and zlib) and CRC32C (of S3), eight bytes at a step: browsers have no code of their own for either.
const SLICES = 8;

/** Tables of a polynomial, lowest bit first; the n-th is for a byte with n more behind it. */
function tablesOf(polynomial: number): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    tables[byte] = rest;
  }
  for (let at = 256; at < tables.length; at += 1) {
    const before = tables[at - 256] as number;
    tables[at] = (before >>> 8) ^ (tables[before & 255] as number);
  }
  return tables;
}

const CRC32 = tablesOf(0xedb88320);
const CRC32C = tablesOf(0x82f63b78);

function extend(tables: Int32Array, crc: number, bytes: Uint8Array): number {
  const t = (slice: number, byte: number) => tables[slice * 256 + (byte & 255)] as number;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let rest = crc;
  let at = 0;
  for (; at + SLICES <= bytes.length; at += SLICES) {
    const a = rest ^ view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    rest =
      t(7, a) ^ t(6, a >>> 8) ^ t(5, a >>> 16) ^ t(4, a >>> 24) ^ t(3, b) ^ t(2, b >>> 8) ^ t(1, b >>> 16) ^ t(0, b >>> 24);
  }
  for (; at < bytes.length; at += 1) rest = (rest >>> 8) ^ t(0, rest ^ view.getUint8(at));
  return rest;
}

/** As S3 writes it: base64 of the four bytes, the highest first. */
const written = (rest: number) => btoa(String.fromCharCode(...[24, 16, 8, 0].map((shift) => (~rest >>> shift) & 255)));

/** Both of a content that comes block by block. */
export class Crcs {
  #crc32 = -1;
  #crc32c = -1;

  update(block: Uint8Array): void {
    this.#crc32 = extend(CRC32, this.#crc32, block);
    this.#crc32c = extend(CRC32C, this.#crc32c, block);
  }

  told(): { crc32: string; crc32c: string } {
    return { crc32: written(this.#crc32), crc32c: written(this.#crc32c) };
  }
}
