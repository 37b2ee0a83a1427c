/** Hex of ids and digests, by Node's own conversion: they are the keys of every map on a transaction's way, and the SDK converts byte by byte. */

/** Two lower-case digits a byte, without 0x. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** Bytes of hex digits that are known to be such, with or without 0x. */
export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.startsWith("0x") ? hex.slice(2) : hex, "hex"));
}
