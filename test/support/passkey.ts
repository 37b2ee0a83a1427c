/** A passkey in software: what a browser's `navigator.credentials` would give the SDK's PasskeyKeypair. */
import type { PasskeyProvider } from "@iota/iota-sdk/keypairs/passkey";
import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";

type Registration = Awaited<ReturnType<PasskeyProvider["create"]>>;
type Authentication = Awaited<ReturnType<PasskeyProvider["get"]>>;

/** What comes before the point in the DER of a P-256 public key (RFC 5480). */
const SPKI_HEADER = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");
/** Flags user present and user verified, counter 0 (W3C Web Authentication Level 3, section 6.1). */
const AUTHENTICATOR_TAIL = Uint8Array.of(0x05, 0, 0, 0, 0);

export class SoftwarePasskey implements PasskeyProvider {
  readonly #secretKey: Uint8Array;
  readonly #origin: string;

  constructor(secretKey: Uint8Array, origin = "https://wallet.example") {
    this.#secretKey = secretKey;
    this.#origin = origin;
  }

  create(): Promise<Registration> {
    const point = p256.getPublicKey(this.#secretKey, false);
    const response = { getPublicKey: () => Uint8Array.from([...SPKI_HEADER, ...point]).buffer };
    return Promise.resolve({ rawId: new ArrayBuffer(16), response } as unknown as Registration);
  }

  get(challenge: Uint8Array): Promise<Authentication> {
    const clientDataJSON = new TextEncoder().encode(
      JSON.stringify({
        type: "webauthn.get",
        challenge: Buffer.from(challenge).toString("base64url"),
        origin: this.#origin,
        crossOrigin: false,
      }),
    );
    const host = new TextEncoder().encode(new URL(this.#origin).hostname);
    const authenticatorData = Uint8Array.from([...sha256(host), ...AUTHENTICATOR_TAIL]);
    const message = Uint8Array.from([...authenticatorData, ...sha256(clientDataJSON)]);
    const signature = p256.sign(message, this.#secretKey, { prehash: true, format: "der" });
    const response = { authenticatorData, clientDataJSON, signature };
    return Promise.resolve({ rawId: new ArrayBuffer(16), response } as unknown as Authentication);
  }
}
