import type { BcsType } from "@iota/iota-sdk/bcs";

/**
 * Reads a BCS value with the SDK's reader, which takes a view for the whole buffer behind it: frames and records are views, so
 * they are copied first.
 */
// biome-ignore lint/suspicious/noExplicitAny: what a type takes to write does not matter to a reader
export function parseBcs<T>(type: BcsType<T, any>, bytes: Uint8Array): T {
  return type.parse(bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice());
}
