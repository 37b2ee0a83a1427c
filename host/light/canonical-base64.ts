import { fromBase64, toBase64 } from "@iota/iota-sdk/utils";

/** The bytes of a text that is their one base64, and no other. */
export function canonicalBase64(text: string): Uint8Array | undefined {
  try {
    const bytes = fromBase64(text);
    return toBase64(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
