/**
 * ML-DSA-44 and ML-DSA-65 (FIPS 204) keys for the official SDK: `client.signAndExecuteTransaction({ signer: new MlDsaKeypair() })`.
 *
 * The SDK writes flag 0 for a scheme that it does not know, so the serialized signature (flag || signature || public key) is built here;
 * the rest of the SDK takes a signer as it is. Messages and addresses follow IOTA's rules: blake2b256(intent || message) is signed,
 * with an empty context string, and an address is blake2b256(flag || public key).
 *
 * A secret key is the 32-byte seed that FIPS 204 makes both keys of, written in bech32 (BIP 173) as "caissonprivkey1…": flag || seed. The
 * prefix is not IOTA's "iotaprivkey", which stands for the schemes that every wallet of IOTA has.
 */
import { Keypair, messageWithIntent, PublicKey } from "@iota/iota-sdk/cryptography";
import { fromBase64, toBase64 } from "@iota/iota-sdk/utils";
import { blake2b } from "@noble/hashes/blake2.js";
import { ml_dsa44, ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { randomBytes } from "@noble/post-quantum/utils.js";
import { bech32 } from "@scure/base";

type IntentScope = Parameters<Keypair["signWithIntent"]>[1];
type SignatureWithBytes = Awaited<ReturnType<Keypair["signWithIntent"]>>;
type SignatureScheme = ReturnType<Keypair["getKeyScheme"]>;
type PublicKeyInitData = string | Uint8Array | Iterable<number>;

export type MlDsaScheme = "ML-DSA-44" | "ML-DSA-65";

/** Prefix of a secret key's text. */
export const CAISSON_PRIVATE_KEY_PREFIX = "caissonprivkey";

/** Of FIPS 204, algorithm 1: what both keys are made of, in bytes. */
const SEED_BYTES = 32;
/** Of an IOTA signing digest, in bytes. */
const DIGEST_BYTES = 32;

/** Flags are Caisson's own. */
const SCHEMES = {
  "ML-DSA-44": { flag: 0x20, algorithm: ml_dsa44 },
  "ML-DSA-65": { flag: 0x21, algorithm: ml_dsa65 },
} as const;

function schemeOfFlag(flag: number | undefined): MlDsaScheme {
  for (const [name, { flag: own }] of Object.entries(SCHEMES)) if (flag === own) return name as MlDsaScheme;
  throw new RangeError(`no ML-DSA scheme has flag ${flag}`);
}

function expectLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new RangeError(`${what}: ${length} bytes wanted, ${bytes.length} given`);
}

/** flag || signature || public key */
function serialized(key: MlDsaPublicKey, signature: Uint8Array): Uint8Array {
  return Uint8Array.from([key.flag(), ...signature, ...key.toRawBytes()]);
}

export class MlDsaPublicKey extends PublicKey {
  readonly scheme: MlDsaScheme;
  readonly #bytes: Uint8Array;

  /** `value`: the raw key, or its base64. Throws RangeError when it has not the scheme's length. */
  constructor(value: PublicKeyInitData, scheme: MlDsaScheme = "ML-DSA-65") {
    super();
    this.scheme = scheme;
    this.#bytes = typeof value === "string" ? fromBase64(value) : Uint8Array.from(value);
    expectLength(`${scheme} public key`, this.#bytes, SCHEMES[scheme].algorithm.lengths.publicKey!);
  }

  override equals(other: PublicKey): boolean {
    return other.flag() === this.flag() && super.equals(other);
  }

  override toRawBytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }

  override flag(): number {
    return SCHEMES[this.scheme].flag;
  }

  /** Whether a signature of `data` is this key's: serialized (flag, signature, this key), in base64 or bytes, or bare bytes. */
  override verify(data: Uint8Array, signature: Uint8Array | string): Promise<boolean> {
    const { algorithm } = SCHEMES[this.scheme];
    const given = typeof signature === "string" ? fromBase64(signature) : signature;
    const bareBytes = algorithm.lengths.signature!;
    if (given.length === bareBytes) return Promise.resolve(algorithm.verify(given, data, this.#bytes));
    const bare = given.subarray(1, 1 + bareBytes);
    const own = serialized(this, bare);
    const same = given.length === own.length && given.every((byte, i) => byte === own[i]);
    return Promise.resolve(same && algorithm.verify(bare, data, this.#bytes));
  }
}

export class MlDsaKeypair extends Keypair {
  readonly scheme: MlDsaScheme;
  readonly #seed: Uint8Array;
  readonly #secretKey: Uint8Array;
  readonly #publicKey: MlDsaPublicKey;

  /** The keys of a 32-byte seed; of a random one if none is given. Throws RangeError for another length. */
  constructor(scheme: MlDsaScheme = "ML-DSA-65", seed: Uint8Array = randomBytes(SEED_BYTES)) {
    super();
    expectLength("seed", seed, SEED_BYTES);
    const { publicKey, secretKey } = SCHEMES[scheme].algorithm.keygen(seed);
    this.scheme = scheme;
    this.#seed = Uint8Array.from(seed);
    this.#secretKey = secretKey;
    this.#publicKey = new MlDsaPublicKey(publicKey, scheme);
  }

  /** Reads what `getSecretKey` wrote, which names its scheme. Throws RangeError; the message does not say what the key is. */
  static fromSecretKey(text: string): MlDsaKeypair {
    const decoded = bech32.decodeUnsafe(text);
    const bytes = decoded && bech32.fromWordsUnsafe(decoded.words);
    if (decoded?.prefix !== CAISSON_PRIVATE_KEY_PREFIX || !bytes) {
      throw new RangeError(`not an ML-DSA secret key: ${CAISSON_PRIVATE_KEY_PREFIX}1… in bech32 wanted`);
    }
    return new MlDsaKeypair(schemeOfFlag(bytes[0]), bytes.subarray(1));
  }

  /** The seed with its flag, in bech32: whoever has it has the key. */
  override getSecretKey(): string {
    const bytes = Uint8Array.of(this.#publicKey.flag(), ...this.#seed);
    return bech32.encode(CAISSON_PRIVATE_KEY_PREFIX, bech32.toWords(bytes));
  }

  /** The SDK's type has only its own schemes; it looks at the name where it builds a signature, which it does not for these keys. */
  override getKeyScheme(): SignatureScheme {
    return this.scheme as unknown as SignatureScheme;
  }

  override getPublicKey(): MlDsaPublicKey {
    return this.#publicKey;
  }

  /** The bare signature, made with fresh randomness (FIPS 204's hedged variant). */
  override sign(data: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(Uint8Array.from(SCHEMES[this.scheme].algorithm.sign(data, this.#secretKey)));
  }

  override async signWithIntent(bytes: Uint8Array, intent: IntentScope): Promise<SignatureWithBytes> {
    const digest = blake2b(messageWithIntent(intent, bytes), { dkLen: DIGEST_BYTES });
    const signature = await this.sign(digest);
    return { signature: toBase64(serialized(this.#publicKey, signature)), bytes: toBase64(bytes) };
  }
}
