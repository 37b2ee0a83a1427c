/**
 * Keys as IOTA writes them: bech32 "iotaprivkey1…" and BIP-39 mnemonics with IOTA's derivation paths (sources: iotaledger/iota
 * crates/iota-types/src/crypto.rs, IotaKeyPair; crates/iota-keys/src/key_derive.rs). ML-DSA keys, which IOTA has not, are Caisson's
 * "caissonprivkey1…". No error here says what the secret was.
 */
import { decodeIotaPrivateKey, type Keypair } from "@iota/iota-sdk/cryptography";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { Secp256k1Keypair } from "@iota/iota-sdk/keypairs/secp256k1";
import { Secp256r1Keypair } from "@iota/iota-sdk/keypairs/secp256r1";
import { validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english";
import { CAISSON_PRIVATE_KEY_PREFIX, MlDsaKeypair } from "../../client/mldsa-keypair.ts";
import type { SchemeName } from "./schemes.ts";

/** A text is not the key that it should be. */
export class KeyFormatError extends Error {
  override readonly name = "KeyFormatError";
}

interface Scheme {
  readonly generate: () => Keypair;
  readonly fromSecretKey: (secret: Uint8Array) => Keypair;
  readonly derive: (mnemonic: string, path: string) => Keypair;
  readonly path: { readonly default: string; readonly pattern: RegExp };
}

/** What IOTA has formats for, by the name that it gives the scheme, in small letters. */
const IOTA_SCHEMES: Readonly<Partial<Record<string, Scheme>>> = {
  ed25519: {
    generate: () => new Ed25519Keypair(),
    fromSecretKey: (secret) => Ed25519Keypair.fromSecretKey(secret),
    derive: (mnemonic, path) => Ed25519Keypair.deriveKeypair(mnemonic, path),
    path: { default: "m/44'/4218'/0'/0'/0'", pattern: /^m\/44'\/4218'\/\d+'\/\d+'\/\d+'$/ },
  },
  secp256k1: {
    generate: () => new Secp256k1Keypair(),
    fromSecretKey: (secret) => Secp256k1Keypair.fromSecretKey(secret),
    derive: (mnemonic, path) => Secp256k1Keypair.deriveKeypair(mnemonic, path),
    path: { default: "m/54'/4218'/0'/0/0", pattern: /^m\/54'\/4218'\/\d+'\/\d+\/\d+$/ },
  },
  secp256r1: {
    generate: () => new Secp256r1Keypair(),
    fromSecretKey: (secret) => Secp256r1Keypair.fromSecretKey(secret),
    derive: (mnemonic, path) => Secp256r1Keypair.deriveKeypair(mnemonic, path),
    path: { default: "m/74'/4218'/0'/0/0", pattern: /^m\/74'\/4218'\/\d+'\/\d+\/\d+$/ },
  },
};

const ML_DSA = { "ml-dsa-44": "ML-DSA-44", "ml-dsa-65": "ML-DSA-65" } as const;

export const schemeOf = (keypair: Keypair): SchemeName => keypair.getKeyScheme().toLowerCase() as SchemeName;

export const generateKey = (scheme: SchemeName): Keypair =>
  scheme in ML_DSA ? new MlDsaKeypair(ML_DSA[scheme as keyof typeof ML_DSA]) : IOTA_SCHEMES[scheme]!.generate();

/** Reads "iotaprivkey1…" or "caissonprivkey1…", which name their scheme. Throws KeyFormatError. */
export function keyFromPrivateKey(text: string): Keypair {
  try {
    if (text.startsWith(CAISSON_PRIVATE_KEY_PREFIX)) return MlDsaKeypair.fromSecretKey(text);
    const { schema, secretKey } = decodeIotaPrivateKey(text);
    return IOTA_SCHEMES[schema.toLowerCase()]!.fromSecretKey(secretKey);
  } catch {
    // The reader's own error may quote the key.
    throw new KeyFormatError("not a private key: iotaprivkey1… or caissonprivkey1… in bech32 wanted");
  }
}

/** The key that a mnemonic without passphrase stands for; `path`: IOTA's default for the scheme if not given. Throws KeyFormatError. */
export function keyFromMnemonic(text: string, scheme: SchemeName, path?: string): Keypair {
  const mnemonic = text.trim().toLowerCase().split(/\s+/).join(" ");
  if (!validateMnemonic(mnemonic, wordlist)) {
    throw new KeyFormatError("not a mnemonic: 12 to 24 English BIP-39 words with a valid checksum wanted");
  }
  const known = IOTA_SCHEMES[scheme];
  if (!known) throw new KeyFormatError(`IOTA has no rule that makes ${scheme} keys of mnemonics`);
  const { default: usual, pattern } = known.path;
  if (!pattern.test(path ?? usual))
    throw new KeyFormatError(`${path} is no path for ${scheme}: one like ${usual} wanted`);
  return known.derive(mnemonic, path ?? usual);
}

/** Either of the two, told apart by how it looks. Throws KeyFormatError. */
export function keyFromText(text: string, scheme: SchemeName, path?: string): Keypair {
  const trimmed = text.trim();
  return trimmed.includes(" ") ? keyFromMnemonic(trimmed, scheme, path) : keyFromPrivateKey(trimmed);
}
