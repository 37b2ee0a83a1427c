/** Claims of what components share: encodings, hashes, signatures, Merkle maps. */
import {
  BLAKE2B,
  type Claim,
  cases,
  check,
  exhaustive,
  NOTHING,
  PROPERTIES,
  random,
  UNIT,
  VECTORS,
  vectors,
} from "./claim.ts";

export const LIB_CLAIMS: readonly Claim[] = [
  {
    id: "lib-one-encoding",
    component: "lib",
    statement:
      "Of each frame, transaction and object exactly one encoding is accepted: shortest lengths, tags and bools in range, nothing missing, nothing left over",
    assumes: NOTHING,
    model: "core/wire/schema.ts for frames, the client's BCS for transactions and objects",
    checks: [
      check(
        `${PROPERTIES}/encodings.test.ts`,
        "frames to order",
        exhaustive("lengths, tags, bools, maxima and ends of an example of each frame"),
      ),
      check(
        `${UNIT}/transaction.test.ts`,
        "programmable transactions against the SDK's BCS > refuses every true prefix, and a byte too many",
        random(300),
      ),
      check(
        `${UNIT}/transaction.test.ts`,
        "programmable transactions against the SDK's BCS > accepts a changed transaction exactly when the SDK does",
        random(600),
      ),
      check(
        `${UNIT}/object.test.ts`,
        "any object > is refused when cut short or with a byte left over",
        exhaustive("lengths of published objects"),
      ),
    ],
    mutants: [
      "lengths may have a superfluous zero byte",
      "a transaction may have bytes left over",
      "an object may have bytes left over",
    ],
  },
  {
    id: "lib-blake2b",
    component: "lib",
    statement: "BLAKE2b is RFC 7693's, whole and in parts",
    assumes: NOTHING,
    model: "@noble/hashes, OpenSSL",
    checks: [
      check(`${VECTORS}/blake2b.test.ts`, "BLAKE2b", vectors("known digests; every length up to five blocks")),
      check(`${VECTORS}/blake2b.test.ts`, "BLAKE2b > gives the same digest however the input is cut", random(500)),
    ],
    mutants: ["BLAKE2b counts a full last block as one that more follows"],
  },
  {
    id: "lib-sha512",
    component: "lib",
    statement: "SHA-512 is FIPS 180-4's",
    assumes: NOTHING,
    model: "OpenSSL",
    checks: [check(`${VECTORS}/sha2.test.ts`, "SHA-512", vectors("NIST's examples; every length up to five blocks"))],
    mutants: ["SHA-512 pads into a block that is too full for the length"],
  },
  {
    id: "lib-keccak",
    component: "lib",
    statement: "SHA3-256, SHA3-512, SHAKE128 and SHAKE256 are FIPS 202's",
    assumes: NOTHING,
    model: "@noble/hashes, OpenSSL",
    checks: [
      check(`${VECTORS}/keccak.test.ts`, "FIPS 202", vectors("NIST's examples; every length around two blocks")),
    ],
    mutants: ["SHA-3 pads as SHAKE does"],
  },
  {
    id: "lib-ed25519-verify",
    component: "lib",
    statement: "An Ed25519 signature is accepted exactly when ZIP-215 accepts it",
    assumes: NOTHING,
    model: "@noble/curves, OpenSSL; the published 196 cases",
    checks: [
      check(`${VECTORS}/ed25519.test.ts`, "RFC 8032, section 7.1", vectors("RFC 8032")),
      check(`${VECTORS}/ed25519.test.ts`, "ZIP-215", vectors("ZIP-215 and 'Taming the Many EdDSAs'")),
      check(
        `${VECTORS}/ed25519.test.ts`,
        "against noble and OpenSSL > decides as noble does on arbitrary, all-ones and small-order parts",
        random(1000),
      ),
    ],
    mutants: ["Ed25519 takes an S of L and above", "Ed25519 wants the equation without the cofactor"],
  },
  {
    id: "lib-ed25519-batch",
    component: "lib",
    statement: "Ed25519 signatures that are looked at together have the verdicts that they have alone",
    assumes: "BLAKE2b-256 is a random function of 128 bits and more",
    model: "@noble/curves; each signature alone",
    checks: [
      check(
        `${VECTORS}/ed25519-batch.test.ts`,
        "any signatures > get the verdicts that they get alone, and from noble",
        random(150),
      ),
      check(
        `${VECTORS}/ed25519-batch.test.ts`,
        "invalid signatures",
        cases("one at every place; errors that would cancel out"),
      ),
      check(
        `${VECTORS}/ed25519-batch.test.ts`,
        "valid signatures",
        vectors("ZIP-215's 196 cases; every torsion on keys and commitments"),
      ),
    ],
    mutants: ["a batch of Ed25519 weighs all signatures alike"],
  },
  {
    id: "lib-secp256k1-verify",
    component: "lib",
    statement:
      "A secp256k1 signature is accepted exactly when ECDSA accepts it and s is at most half the group's order",
    assumes: NOTHING,
    model: "@noble/curves, OpenSSL",
    checks: [
      check(`${VECTORS}/ecdsa.test.ts`, "Wycheproof, k1", vectors("Wycheproof, 252 cases")),
      check(
        `${VECTORS}/ecdsa.test.ts`,
        "secp256k1 against noble and OpenSSL > decides as noble does on r, s and hashes at every edge",
        random(200),
      ),
    ],
    mutants: ["ECDSA takes an s in the upper half", "secp256k1 is verified on the other curve"],
  },
  {
    id: "lib-secp256r1-verify",
    component: "lib",
    statement:
      "A secp256r1 signature is accepted exactly when ECDSA accepts it and s is at most half the group's order",
    assumes: NOTHING,
    model: "@noble/curves, OpenSSL",
    checks: [
      check(`${VECTORS}/ecdsa.test.ts`, "Wycheproof, r1", vectors("Wycheproof, 262 cases")),
      check(`${VECTORS}/ecdsa.test.ts`, "RFC 6979, section A.2.5", vectors("RFC 6979")),
      check(
        `${VECTORS}/ecdsa.test.ts`,
        "secp256r1 against noble and OpenSSL > decides as noble does on r, s and hashes at every edge",
        random(200),
      ),
    ],
    mutants: ["ECDSA takes an s in the upper half", "ECDSA compares x with r alone"],
  },
  {
    id: "lib-multisig",
    component: "lib",
    statement:
      "A multisig is accepted exactly when its committee keeps upstream's rules, all members in its bitmap signed, and their weights reach the threshold",
    assumes: "the members' schemes are unforgeable",
    model: "the official client's verifier",
    checks: [
      check(
        `${PROPERTIES}/user-signatures.test.ts`,
        "are taken as the client takes them > signatures of committees: any schemes, weights, thresholds and signers",
        random(150),
      ),
      check(
        `${UNIT}/multisig.test.ts`,
        "weights > add up over every set of members",
        exhaustive("sets of four members, passkeys among them"),
      ),
      check(`${UNIT}/multisig.test.ts`, "a multisig is refused", cases("each rule")),
    ],
    mutants: [
      "a multisig needs no weight",
      "a multisig's members need not sign the message",
      "a multisig has one key twice",
    ],
  },
  {
    id: "lib-passkey",
    component: "lib",
    statement:
      "A passkey's signature is accepted exactly when its client data are of a get for this message and secp256r1 accepts it on them",
    assumes: "SHA-256 has no collisions",
    model: "the official client's verifier; a JSON reader and TextDecoder for client data",
    checks: [
      check(
        `${PROPERTIES}/user-signatures.test.ts`,
        "are taken as the client takes them > signatures of passkeys",
        random(60),
      ),
      check(`${UNIT}/signature.test.ts`, "passkeys", cases("each rule, each bit of one")),
      check(
        `${UNIT}/client-data.test.ts`,
        "client data > are read as the model reads them, whatever is changed",
        random(4_000),
      ),
    ],
    mutants: ["a passkey may have signed another message", "a passkey's client data may be of another type"],
  },
  {
    id: "lib-mldsa-verify",
    component: "lib",
    statement: "An ML-DSA-44 or ML-DSA-65 signature is accepted exactly when FIPS 204 accepts it",
    assumes: NOTHING,
    model: "@noble/post-quantum",
    checks: [
      check(`${VECTORS}/mldsa.test.ts`, "ACVP ML-DSA", vectors("NIST ACVP")),
      check(`${VECTORS}/mldsa.test.ts`, "Wycheproof ML-DSA, every case of verifying", vectors("Wycheproof")),
      check(
        `${VECTORS}/mldsa-differential.test.ts`,
        "ML-DSA-65 beside noble > agrees on damaged and rearranged hints",
        random(100),
      ),
    ],
    mutants: ["ML-DSA takes hints whose positions repeat"],
  },
  {
    id: "lib-mldsa-sign",
    component: "lib",
    statement: "ML-DSA keys and signatures are FIPS 204's, bit for bit",
    assumes: NOTHING,
    model: "@noble/post-quantum",
    checks: [
      check(`${VECTORS}/mldsa.test.ts`, "ACVP ML-DSA", vectors("NIST ACVP")),
      check(
        `${VECTORS}/mldsa-differential.test.ts`,
        "ML-DSA-65 beside noble > makes the same keys and signatures, which both accept",
        random(25),
      ),
    ],
    mutants: ["ML-DSA signs without rejecting large responses"],
  },
  {
    id: "lib-secrets",
    component: "lib",
    statement: "Deriving an Ed25519 key and signing with it leaves nothing in memory that depends on the seed",
    assumes: NOTHING,
    model: "the same memory after another seed",
    checks: [
      check(
        `${VECTORS}/ed25519.test.ts`,
        "secrets > leave nothing in memory: after any two seeds it is the same",
        cases("two seeds, the whole memory compared"),
      ),
    ],
    mutants: ["Ed25519 leaves the expanded seed in memory"],
  },
  {
    id: "lib-map-complete",
    component: "lib",
    statement:
      "Every true claim about the state tree has a proof that is accepted, and the new root is that of the new map",
    assumes: NOTHING,
    model: "proofs/model/state-tree.ts",
    checks: [
      check(
        `${PROPERTIES}/state-tree.test.ts`,
        "random histories > core root == model root == host root; the host's proof is the model's; a reopened store is the same tree",
        random(150),
      ),
    ],
    mutants: ["an inner node over a single leaf stays"],
  },
  {
    id: "lib-map-sound",
    component: "lib",
    statement: "No false claim about the state tree is accepted, and after a rejection the root is as it was",
    assumes: BLAKE2B,
    model: "proofs/model/state-tree.ts, also as a dishonest prover",
    checks: [
      check(
        `${PROPERTIES}/state-tree.test.ts`,
        "random histories > claims changed in any byte are accepted only where they are still true",
        random(60),
      ),
      check(
        `${PROPERTIES}/state-tree.test.ts`,
        "random histories > a prover that calls a present leaf somebody else's cannot prove its absence",
        random(60),
      ),
      check(`test/unit/state-tree-proofs.test.ts`, "a dishonest prover", cases("every lie of the layout")),
    ],
    mutants: ["a present leaf may pass for another's"],
  },
  {
    id: "lib-map-canonical",
    component: "lib",
    statement: "A map has one root, and a set of keys one proof against it",
    assumes: BLAKE2B,
    model: "proofs/model/state-tree.ts",
    checks: [
      check(
        `test/unit/state-tree-proofs.test.ts`,
        "the proof of",
        exhaustive("bytes, lengths, headers and words of proofs of each kind"),
      ),
      check(
        `test/unit/state-tree-proofs.test.ts`,
        "a tree that is not canonical",
        cases("every shape that no map has"),
      ),
    ],
    mutants: ["a proof may have words left over"],
  },
  {
    id: "lib-merkle-list",
    component: "lib",
    statement: "The Merkle list's root is RFC 6962's over BLAKE2b-256",
    assumes: NOTHING,
    model: "proofs/model/ledger-formats.ts",
    checks: [
      check(
        `${UNIT}/ledger-merkle-list.test.ts`,
        "has the root of RFC 6962 at every length up to 130, for leaves of several sizes",
        exhaustive("lengths up to 130"),
      ),
    ],
    mutants: ["a Merkle list hashes leaves and nodes alike"],
  },
];
