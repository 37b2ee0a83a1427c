/**
 * The two forms of IOTA's keystore file (iotaledger/iota crates/iota-keys/src/keystore.rs, FileBasedKeystore): version 1 is a JSON array
 * of "iotaprivkey1…" strings, version 2 an object in which keys have names, and some are not there but in a device. A file keeps the form
 * that it has; a new one is of version 1, which every IOTA client reads. With ML-DSA keys among them a file is Caisson's alone.
 */
import type { Keypair } from "@iota/iota-sdk/cryptography";
import * as v from "valibot";
import { keyFromPrivateKey } from "./formats.ts";

/** The text is no keystore; the message never quotes it. */
export class KeystoreFileError extends Error {
  override readonly name = "KeystoreFileError";
}

export interface KeystoreFile {
  /** The keys that are there, in the file's order. */
  readonly keypairs: readonly Keypair[];
  /** The file's text with one more key, behind the others. */
  withKey(keypair: Keypair): string;
}

/** An entry of version 2: what an IOTA client put there beside a key pair (an account's address, a key of a device) is kept as it is. */
const KEY_PAIR = "key_pair";
const namedKey = v.looseObject({
  alias: v.string(),
  address: v.string(),
  key: v.variant("type", [
    v.looseObject({ type: v.literal(KEY_PAIR), value: v.string() }),
    v.looseObject({ type: v.picklist(["account", "external"]) }),
  ]),
});
const version2 = v.object({ version: v.literal(2), keys: v.array(namedKey) });
const version1 = v.array(v.string());
type NamedKey = v.InferOutput<typeof namedKey>;

/** Throws KeystoreFileError. */
export function readKeystoreFile(text: string): KeystoreFile {
  const json = parseJson(text);
  if (v.is(version1, json)) return plain(json.map(keyAt));
  if (v.is(version2, json)) return named(json.keys);
  throw new KeystoreFileError("a JSON array of iotaprivkey1… strings wanted, or a keystore of version 2");
}

export const newKeystoreFile = (): KeystoreFile => plain([]);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The parser's own error may quote what is there.
  }
}

function keyAt(secret: string, index: number): Keypair {
  try {
    return keyFromPrivateKey(secret);
  } catch (error) {
    throw new KeystoreFileError(`key ${index}: ${(error as Error).message}`);
  }
}

const textOf = (json: unknown): string => `${JSON.stringify(json, null, 2)}\n`;

function plain(keypairs: readonly Keypair[]): KeystoreFile {
  return { keypairs, withKey: (keypair) => textOf([...keypairs, keypair].map((key) => key.getSecretKey())) };
}

function named(keys: readonly NamedKey[]): KeystoreFile {
  const secrets = keys.map(({ key }) => (key.type === KEY_PAIR ? String(key.value) : undefined));
  return {
    keypairs: secrets.flatMap((secret, index) => (secret === undefined ? [] : [keyAt(secret, index)])),
    withKey: (keypair) => {
      const address = keypair.toIotaAddress();
      const added = {
        alias: freeAlias(keys, address),
        address,
        key: { type: KEY_PAIR, value: keypair.getSecretKey() },
      };
      return textOf({ version: 2, keys: [...keys, added] });
    },
  };
}

/** Hex digits of an address that make a name for people. */
const ALIAS_DIGITS = 8;

/** A name that no other key has, as IOTA clients allow them: letters, digits, `-`, `_` and `.`, a letter first. */
function freeAlias(keys: readonly NamedKey[], address: string): string {
  const taken = new Set(keys.map(({ alias }) => alias));
  const name = `caisson-${address.slice(2, 2 + ALIAS_DIGITS)}`;
  if (!taken.has(name)) return name;
  let n = 2;
  while (taken.has(`${name}-${n}`)) n++;
  return `${name}-${n}`;
}
