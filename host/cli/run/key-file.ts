/** The file with a validator's keys: what `caisson keys` shows. */
import { readFileSync } from "node:fs";
import { fromBase64 } from "@iota/iota-sdk/utils";
import { PUBLIC_KEY_BYTES } from "../../../core/wire/limits.ts";
import { isPeerId } from "../../genesis/reachability.ts";
import { CommandError } from "../failure.ts";

const WANTED = `what caisson keys shows: base64 of the ${PUBLIC_KEY_BYTES} bytes of a public key, and a peer id`;

/** `publicKey` in base64. Throws CommandError. */
export function readKeyFile(path: string): { readonly publicKey: string; readonly peerId: string | undefined } {
  let lines: string[];
  try {
    lines = readFileSync(path, "utf8")
      .trim()
      .split(/\s*\n\s*/);
  } catch (error) {
    throw new CommandError("keyFile", `${path} cannot be read, and should hold ${WANTED}: ${(error as Error).message}`);
  }
  const [publicKey = "", peerId, more] = lines;
  if (!isBase64Of(PUBLIC_KEY_BYTES, publicKey) || (peerId !== undefined && !isPeerId(peerId)) || more !== undefined)
    throw new CommandError("keyFile", `${path} does not hold ${WANTED}`);
  return { publicKey, peerId };
}

function isBase64Of(length: number, text: string): boolean {
  try {
    return fromBase64(text).length === length;
  } catch {
    return false;
  }
}
