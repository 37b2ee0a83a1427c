/** Users' signatures against the official client's own verifiers: what it takes for good is good here, for the address that it names. */

import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { PasskeyKeypair } from "@iota/iota-sdk/keypairs/passkey";
import { Secp256k1Keypair } from "@iota/iota-sdk/keypairs/secp256k1";
import { Secp256r1Keypair } from "@iota/iota-sdk/keypairs/secp256r1";
import { MultiSigPublicKey } from "@iota/iota-sdk/multisig";
import { verifyTransactionSignature } from "@iota/iota-sdk/verify";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SoftwarePasskey } from "../../test/support/passkey.ts";
import { addressOf, faultOf, fromBase64, transactionMessage } from "../../test/unit/core/signature-support.ts";

const SEED = 0x516;
const MAKE = { Ed25519: Ed25519Keypair, Secp256k1: Secp256k1Keypair, Secp256r1: Secp256r1Keypair } as const;
type KeyScheme = keyof typeof MAKE;

/** What becomes of a signature before it is looked at. */
type Damage = { readonly kind: "none" } | { readonly kind: "message" } | { readonly kind: "bit"; readonly at: number };

const seed = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes.with(0, 1));
const transaction = fc.uint8Array({ minLength: 1, maxLength: 200 });
const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: "none" } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: "message" } as const) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("bit" as const), at: fc.nat(8 * 64 - 1) }) },
);

/** Flips a bit of the 64 bytes from `from`. */
function flipped(signature: Uint8Array, from: number, how: Damage): Uint8Array {
  const copy = Uint8Array.from(signature);
  if (how.kind === "bit") copy[from + (how.at >> 3)]! ^= 1 << (how.at & 7);
  return copy;
}

const otherwise = (bytes: Uint8Array, how: Damage): Uint8Array =>
  how.kind === "message" ? Uint8Array.from([...bytes, 0]) : bytes;

/** Whether the client takes it, and then for whose; it throws for what it does not take. */
async function client(bytes: Uint8Array, signature: Uint8Array): Promise<string | undefined> {
  try {
    return (await verifyTransactionSignature(bytes, Buffer.from(signature).toString("base64"))).toIotaAddress();
  } catch {
    return undefined;
  }
}

async function agree(bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const expected = await client(bytes, signature);
  const good = faultOf(signature, transactionMessage(bytes)) === undefined;
  expect(good ? addressOf(signature) : undefined).toBe(expected);
  return good;
}

/** Both answers must have been seen. */
function expectBoth(answers: readonly boolean[]): void {
  const good = answers.filter(Boolean).length;
  expect(Math.min(good, answers.length - good)).toBeGreaterThan(answers.length / 5);
}

describe("are taken as the client takes them", () => {
  test.each(["Ed25519", "Secp256k1", "Secp256r1"] as const)("signatures of %s", async (scheme) => {
    const answers: boolean[] = [];
    await fc.assert(
      fc.asyncProperty(seed, transaction, damage, async (secret, bytes, how) => {
        const { signature } = await MAKE[scheme].fromSecretKey(secret).signTransaction(bytes);
        answers.push(await agree(otherwise(bytes, how), flipped(fromBase64(signature), 1, how)));
      }),
      { seed: SEED, numRuns: 60 },
    );
    expectBoth(answers);
  });

  test("signatures of passkeys", async () => {
    const answers: boolean[] = [];
    await fc.assert(
      fc.asyncProperty(seed, transaction, damage, async (secret, bytes, how) => {
        const keypair = await PasskeyKeypair.getPasskeyInstance(new SoftwarePasskey(secret));
        const signature = fromBase64((await keypair.signTransaction(bytes)).signature);
        // The last 33 bytes are the key, and before it stand the 64 of the signature.
        answers.push(await agree(otherwise(bytes, how), flipped(signature, signature.length - 97, how)));
      }),
      { seed: SEED, numRuns: 60 },
    );
    expectBoth(answers);
  });

  test("signatures of committees: any schemes, weights, thresholds and signers", async () => {
    const member = fc.record({
      scheme: fc.constantFrom<KeyScheme>("Ed25519", "Secp256k1", "Secp256r1"),
      weight: fc.integer({ min: 1, max: 255 }),
      signs: fc.boolean(),
    });
    const answers: boolean[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.array(member, { minLength: 1, maxLength: 6 }),
        fc.nat(99),
        transaction,
        damage,
        async (members, percent, bytes, how) => {
          const keys = members.map(({ scheme }, i) => MAKE[scheme].fromSecretKey(new Uint8Array(32).fill(i + 1)));
          const sum = members.reduce((total, { weight }) => total + weight, 0);
          const committee = MultiSigPublicKey.fromPublicKeys({
            threshold: 1 + Math.floor((sum * percent) / 100),
            publicKeys: keys.map((key, i) => ({ publicKey: key.getPublicKey(), weight: members[i]!.weight })),
          });
          const signers = keys.filter((_, i) => members[i]!.signs);
          if (signers.length === 0) return;
          const parts = await Promise.all(signers.map((key) => key.signTransaction(bytes)));
          const damaged = parts.map(({ signature }, i) =>
            i === 0 ? Buffer.from(flipped(fromBase64(signature), 1, how)).toString("base64") : signature,
          );
          answers.push(await agree(otherwise(bytes, how), fromBase64(committee.combinePartialSignatures(damaged))));
        },
      ),
      { seed: SEED, numRuns: 150 },
    );
    expectBoth(answers);
  });
});
