/** LEB128, as WebAssembly writes integers (WebAssembly Core Specification 2.0, section 5.2.2). */

/** An integer of at most 64 bits and where the next byte lies. */
export interface Leb {
  readonly value: bigint;
  readonly end: number;
}

function read(bytes: Uint8Array, at: number, signed: boolean): Leb {
  let value = 0n;
  let shift = 0n;
  for (let end = at; end < bytes.length; ) {
    const byte = bytes[end++]!;
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte < 0x80) return { value: signed && byte & 0x40 ? value - (1n << shift) : value, end };
  }
  throw new RangeError(`the integer at ${at} does not end`);
}

export const readUnsigned = (bytes: Uint8Array, at: number): Leb => read(bytes, at, false);
export const readSigned = (bytes: Uint8Array, at: number): Leb => read(bytes, at, true);

/** The shortest encoding of a number that is not negative. */
export function unsigned(value: number | bigint): number[] {
  const out: number[] = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 0x80n) return [...out, Number(rest)];
    out.push(Number(rest & 0x7fn) | 0x80);
  }
}

/** The shortest encoding of a signed number. */
export function signed(value: number | bigint): number[] {
  const out: number[] = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    const byte = Number(rest & 0x7fn);
    const last = rest >= -0x40n && rest < 0x40n;
    out.push(last ? byte : byte | 0x80);
    if (last) return out;
  }
}
