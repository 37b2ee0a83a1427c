/**
 * What is claimed of the core, apart from how it is checked: the one source of the table in README.md. claims.test.ts holds the two together
 * and sees that each check exists; mutants/named.test.ts sees that each claim's mutants are killed by its checks.
 */

/** How strongly a check stands for its claim. Random cases are drawn from a fixed seed. */
export type Strength =
  | { readonly kind: "exhaustive"; readonly over: string }
  | { readonly kind: "random"; readonly cases: number }
  | { readonly kind: "vectors"; readonly of: string }
  | { readonly kind: "cases"; readonly of: string };

export interface ClaimCheck {
  /** From the project's root. */
  readonly file: string;
  /** Names as vitest reports them, joined by " > "; a group stands for all its tests. */
  readonly test: string;
  readonly strength: Strength;
}

export interface Claim {
  readonly id: string;
  readonly component: "lib" | "verify" | "order" | "execute" | "ledger" | "vault" | "all";
  readonly statement: string;
  /** What it holds under, besides that the platform runs WebAssembly as it is specified. */
  readonly assumes: string;
  /** What says how it should be, independently of the core. */
  readonly model: string;
  readonly checks: readonly ClaimCheck[];
  /** Names in mutants/named.ts. */
  readonly mutants: readonly string[];
}

const exhaustive = (over: string): Strength => ({ kind: "exhaustive", over });
const random = (cases: number): Strength => ({ kind: "random", cases });
const vectors = (of: string): Strength => ({ kind: "vectors", of });
const cases = (of: string): Strength => ({ kind: "cases", of });
const check = (file: string, test: string, strength: Strength): ClaimCheck => ({ file, test, strength });

const NOTHING = "nothing";
const UNIT = "test/unit/core";
const VECTORS = "test/vectors";
const PROPERTIES = "proofs/properties";
const BLAKE2B = "BLAKE2b-256 has no collisions";

export const CLAIMS: readonly Claim[] = [
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
  {
    id: "verify-authorisation",
    component: "verify",
    statement:
      "Authorisation is necessary: a transaction passes only with a valid signature of its sender, and of its gas owner if that is another, and with none besides",
    assumes: "the signature schemes are unforgeable",
    model: "proofs/model/verify.ts, @noble/curves, @noble/post-quantum",
    checks: [
      check(
        `${PROPERTIES}/verify.test.ts`,
        "verify says what its model says > of well-formed transactions, with signatures that are right, damaged or somebody else's",
        random(600),
      ),
      check(
        `${PROPERTIES}/verify.test.ts`,
        "Ed25519 signatures of transactions are accepted exactly as ZIP-215 has it",
        cases("edges of keys, commitments and S; every torsion"),
      ),
      check(`${UNIT}/verify-transaction.test.ts`, "signatures that are refused", cases("each rule")),
    ],
    mutants: ["verify passes a signature that does not verify", "verify lets one signature stand for two"],
  },
  {
    id: "verify-together",
    component: "verify",
    statement:
      "Several transactions in one frame get, in their order, the very answers that each gets in a frame of its own",
    assumes: NOTHING,
    model: "the same transactions one by one",
    checks: [
      check(
        `${PROPERTIES}/verify.test.ts`,
        "verify answers several transactions in one frame > exactly as one by one, whatever they are",
        random(120),
      ),
      check(
        `${PROPERTIES}/verify.test.ts`,
        "verify answers several transactions in one frame > exactly as one by one when all are good, and when any one signature of a full frame is not",
        cases("first, middle and last transaction, each signature"),
      ),
    ],
    mutants: [
      "verify takes signatures to be good that are looked at together",
      "verify confuses signatures that are looked at together",
    ],
  },
  {
    id: "verify-schemes",
    component: "verify",
    statement:
      "A signature speaks for the address of its own scheme and key: Ed25519, secp256k1, secp256r1, ML-DSA-44 and ML-DSA-65 of users, multisig, passkey; every other scheme is refused by its number, zkLogin and Move authenticators by name",
    assumes: "BLAKE2b-256 has no collisions",
    model: "proofs/model/verify.ts, the official client's keys",
    checks: [
      check(
        `${UNIT}/verify-signatures.test.ts`,
        "secp256k1",
        cases("its own transaction, another's, each part changed"),
      ),
      check(
        `${UNIT}/verify-signatures.test.ts`,
        "secp256r1",
        cases("its own transaction, another's, each part changed"),
      ),
      check(
        `${UNIT}/verify-signatures.test.ts`,
        "ML-DSA-44",
        cases("its own transaction, another's, each part changed"),
      ),
      check(
        `${UNIT}/verify-signatures.test.ts`,
        "ML-DSA-65",
        cases("its own transaction, another's, each part changed"),
      ),
      check(
        `${PROPERTIES}/user-signatures.test.ts`,
        "are taken as the client takes them",
        cases("keys, committees, messages and damage drawn from a seed"),
      ),
      check(`${UNIT}/verify-signatures.test.ts`, "other flags", cases("seven flags that are no scheme's")),
      check("test/unit/host/signature-refusals.test.ts", "", cases("what each refusal is called")),
    ],
    mutants: [
      "verify takes every ML-DSA-44 signature of a user",
      "verify takes every ML-DSA-65 signature of a user",
      "addresses leave the scheme out",
      "Move authenticators are a scheme",
    ],
  },
  {
    id: "verify-rules",
    component: "verify",
    statement:
      "What passes keeps every rule of protocol 38 that needs no object, and what does not is refused for the first rule it breaks",
    assumes: NOTHING,
    model: "proofs/model/verify.ts",
    checks: [
      check(
        `${PROPERTIES}/verify.test.ts`,
        "verify says what its model says > of well-formed transactions, with signatures that are right, damaged or somebody else's",
        random(600),
      ),
      check(
        `${PROPERTIES}/verify.test.ts`,
        "verify says what its model says > of transactions with any byte changed: what is not one encoding of one transaction is malformed",
        random(400),
      ),
      check(`${UNIT}/verify-transaction.test.ts`, "transactions that are refused", cases("each rule at its limit")),
    ],
    mutants: ["verify takes an object twice"],
  },
  {
    id: "verify-blocks",
    component: "verify",
    statement:
      "A block passes only if it is of this chain and epoch and its author's vault signed its digest for its round",
    assumes: "ML-DSA-65 is unforgeable",
    model: "the messages written out, @noble/post-quantum",
    checks: [check(`${UNIT}/verify-committee.test.ts`, "blocks", cases("each signed field changed"))],
    mutants: ["verify takes a block of any epoch"],
  },
  {
    id: "verify-quorum",
    component: "verify",
    statement:
      "A checkpoint passes only with valid signatures of n - floor((n - 1) / 3) different members on its digest for its sequence",
    assumes: "ML-DSA-65 is unforgeable",
    model: "the messages written out, @noble/post-quantum",
    checks: [
      check(
        `${UNIT}/verify-committee.test.ts`,
        "checkpoints",
        cases("each signed field changed; committees of 1 to 4"),
      ),
    ],
    mutants: ["verify counts a member's signature twice"],
  },
  {
    id: "verify-committee-chain",
    component: "verify",
    statement:
      "A committee is in force only when it is genesis's, or a quorum of one that was in force signed the checkpoint that names it as the next",
    assumes:
      "ML-DSA-65 is unforgeable; of no committee that was in force do more members than may be faulty sign what is not so",
    model: "the messages written out, @noble/post-quantum",
    checks: [
      check(
        `${UNIT}/verify-epochs.test.ts`,
        "the end of an epoch",
        cases("no quorum, other members, another chain, no committee, ends out of order, changed bytes"),
      ),
    ],
    mutants: [
      "verify puts a committee in force that no quorum has signed",
      "verify puts a committee of another chain in force",
      "verify keeps the keys of the committee before",
      "verify takes any checkpoint for the one that its epoch began with",
    ],
  },
  {
    id: "verify-own-checkpoint",
    component: "verify",
    statement:
      "A core goes on from a checkpoint without a quorum only when its own member's vault signed it for its sequence",
    assumes: "ML-DSA-65 is unforgeable",
    model: "the messages written out, @noble/post-quantum",
    checks: [
      check(
        `${UNIT}/verify-committee.test.ts`,
        "checkpoints > pass when our own vault signed them",
        cases("each signed field changed, another member, no member"),
      ),
    ],
    mutants: ["verify takes any member's signature for our own"],
  },
  {
    id: "order-verified-only",
    component: "order",
    statement: "Only what verify passed is proposed, committed or installed",
    assumes: "no lane but verify's carries verified digests",
    model: "proofs/model/order.ts",
    checks: [
      check(
        `${PROPERTIES}/order.test.ts`,
        "order says what its model says > over random frames, restarts and moves",
        random(120),
      ),
      check(`${UNIT}/order.test.ts`, "a proposal is rejected", cases("each reason")),
    ],
    mutants: ["order takes a block that verify has not passed"],
  },
  {
    id: "order-once",
    component: "order",
    statement:
      "While it is remembered our blocks hold no transaction that was ordered, and no two transactions of any block pay with one object",
    assumes: "nothing",
    model: "proofs/model/order.ts",
    checks: [
      check(
        `${PROPERTIES}/order.test.ts`,
        "order says what its model says > over random frames, restarts and moves",
        random(120),
      ),
      check(
        `${PROPERTIES}/order.test.ts`,
        "order says what its model says > when the pool is full, by transactions and by gas objects, and what was ordered is forgotten",
        cases("every bound passed"),
      ),
    ],
    mutants: ["order takes a transaction again that it ordered", "order lets two transactions pay with one object"],
  },
  {
    id: "order-one-chain",
    component: "order",
    statement:
      "Blocks and commits are one chain: each names the one before, and stored blocks lead to the same commits again from any checkpoint",
    assumes: "a committee of one",
    model: "proofs/model/order.ts",
    checks: [
      check(
        `${PROPERTIES}/order.test.ts`,
        "order says what its model says > over random frames, restarts and moves",
        random(120),
      ),
      check(`${UNIT}/order.test.ts`, "after a restart", cases("every checkpoint of a history")),
    ],
    mutants: ["order takes a block with another parent", "order commits to no commit before"],
  },
  {
    id: "order-time",
    component: "order",
    statement: "No commit is earlier than the one before, nor than the beginning of its epoch, whatever blocks say",
    assumes: "nothing",
    model: "proofs/model/order.ts",
    checks: [
      check(
        `${PROPERTIES}/order.test.ts`,
        "order says what its model says > over random frames, restarts and moves",
        random(120),
      ),
      check(
        `${UNIT}/order.test.ts`,
        "after a restart > installing the genesis checkpoint is the same as beginning",
        cases("a clock behind the chain's beginning"),
      ),
    ],
    mutants: ["order begins before its epoch", "order forgets the beginning of its epoch when genesis is installed"],
  },
  {
    id: "order-epoch-cut",
    component: "order",
    statement:
      "An epoch's last commit is the first that is a whole duration after its beginning; nothing is committed, made or taken after it, and the next epoch goes on from it alone",
    assumes: NOTHING,
    model: "proofs/model/order.ts",
    checks: [
      check(
        `${PROPERTIES}/order.test.ts`,
        "order says what its model says > over random frames, restarts and moves",
        random(120),
      ),
      check(`${UNIT}/order.test.ts`, "the end of an epoch", cases("before and at the end, the next epoch, wrong ones")),
    ],
    mutants: [
      "order ends an epoch a millisecond late",
      "order goes on with an epoch that has ended",
      "order begins an epoch at another time than the one before ended",
    ],
  },
  {
    id: "order-1",
    component: "order",
    statement: "At most one block of a slot can be certified, and direct commit and direct skip exclude each other",
    assumes: "at most b members equivocate and F are faulty, and the thresholds are a row of core/wire/thresholds.ts",
    model: "proofs/model/dag.ts",
    checks: [
      check(`${PROPERTIES}/dag.test.ts`, "order over random DAGs > says what its model says", random(100)),
      check(
        "proofs/explore/walk.test.ts",
        "%s stands the same search",
        cases("10,000 DAGs a row of up to seven members"),
      ),
      check(`${UNIT}/order-scenarios.test.ts`, "%s", cases("each scenario over each row")),
    ],
    mutants: ["order certifies on a vote too few", "order counts an author's two blocks as two votes"],
  },
  {
    id: "order-2",
    component: "order",
    statement:
      "A direct decision is shared by every later anchor, and decisions neither change as the DAG grows nor depend on the order of delivery",
    assumes: "at most b members equivocate and F are faulty",
    model: "proofs/model/dag.ts",
    checks: [
      check(
        "proofs/explore/general.test.ts",
        "%s, all DAGs of %i rounds: no slot is decided in two ways",
        cases("every DAG of complete layers of three members, six rounds"),
      ),
      check(`${PROPERTIES}/dag.test.ts`, "order over random DAGs > says what its model says", random(100)),
      check(
        `${PROPERTIES}/dag.test.ts`,
        "order over random DAGs > comes to the same bytes by every order of delivery",
        random(150),
      ),
    ],
    mutants: [
      "order passes over an anchor that is not decided",
      "order lets an anchor count blocks outside its history",
      "order keeps an author's blocks as they came",
    ],
  },
  {
    id: "order-3",
    component: "order",
    statement:
      "Committed prefixes of all views agree while at most b members equivocate, and for one more, or a sharp threshold off by one, views that do not agree are found",
    assumes: "nothing for the counterexamples; the search is random",
    model: "proofs/explore/walk.ts",
    checks: [
      check(`${PROPERTIES}/dag.test.ts`, "order over random DAGs > says what its model says", random(100)),
      check(`${PROPERTIES}/dag.test.ts`, "order over random DAGs > commits what every other view commits", random(120)),
      check(
        "proofs/explore/target.test.ts",
        "with %s one below its value an anchor does",
        cases("each threshold that is sharp"),
      ),
      check("proofs/explore/walk.test.ts", "%s off by %i is broken", cases("each threshold that is sharp, seven rows")),
      check("proofs/explore/walk.test.ts", "one equivocator more is too many", cases("seven rows")),
    ],
    mutants: ["order skips a leader on too little blame"],
  },
  {
    id: "order-4",
    component: "order",
    statement: "Each block is ordered once, after its history, the same everywhere; horizon and restart preserve it",
    assumes: "the blocks above the horizon are given back",
    model: "proofs/model/dag.ts",
    checks: [
      check(`${PROPERTIES}/dag.test.ts`, "order over random DAGs > says what its model says", random(100)),
      check(
        `${PROPERTIES}/dag.test.ts`,
        "order over random DAGs > goes on from any commit as if it had never stopped",
        random(120),
      ),
    ],
    mutants: ["order orders a block again", "order resumes without its horizon"],
  },
  {
    id: "order-5",
    component: "order",
    statement:
      "An intact leader that everybody hears commits within the wave, an absent one is skipped, and nobody goes on without its own block while a slot hangs on it",
    assumes: "the host keeps to the pacemaker's times",
    model: "the trace of blocks written out",
    checks: [
      check(
        "proofs/explore/pacemaker.test.ts",
        "our own block of the round before",
        cases("an endless trace, 24 rounds of it"),
      ),
      check(`${UNIT}/order-scenarios.test.ts`, "%s", cases("direct commit, direct skip, late blocks over each row")),
    ],
    mutants: ["order lets us go on without our own block"],
  },
  {
    id: "order-member",
    component: "order",
    statement:
      "A member of a committee answers as its model does whatever it hears of others' blocks, its own and its vault, and says where it stands",
    assumes: NOTHING,
    model: "proofs/model/order.ts, dag.ts",
    checks: [
      check(
        `${PROPERTIES}/order-member.test.ts`,
        "a member answers as its model does, whatever it hears, in every order",
        random(80),
      ),
    ],
    mutants: [
      "order takes a vault whose boot failed for ready",
      "order names a block of another's that its own history has",
    ],
  },
  {
    id: "order-limits",
    component: "order",
    statement:
      "A configuration is taken exactly within its limits and while its arena fits; a commit, and a step, hold what is stated and no more",
    assumes: NOTHING,
    model: "core/wire/limits.ts, capacities.ts",
    checks: [
      check(
        `${UNIT}/order-limits.test.ts`,
        "a configuration is taken from the least to the most of",
        exhaustive("the least and the most of each number, and one beyond"),
      ),
      check(
        `${UNIT}/order-limits.test.ts`,
        "a history that one commit does not hold",
        cases("512 transactions, 512 blocks, 16 commits"),
      ),
    ],
    mutants: ["order has a commit end before it is full", "order is configured with more twins than it has bits for"],
  },
  {
    id: "execute-model",
    component: "execute",
    statement:
      "A coin transaction comes to what its commands mean: effects, objects, results and failures byte for byte",
    assumes: "user transactions without Move calls",
    model: "proofs/model/execute.ts, execute-commands.ts, execute-values.ts",
    checks: [
      check(
        `${PROPERTIES}/execute.test.ts`,
        "execute says what its model says > of transactions that run",
        random(600),
      ),
      check(
        `${PROPERTIES}/execute.test.ts`,
        "execute says what its model says > of transactions that may be dropped, or want objects that were not given",
        random(600),
      ),
      check(
        `${PROPERTIES}/execute.test.ts`,
        "execute says in a dry run what its model says, and what each command came to",
        random(300),
      ),
      check(`${UNIT}/execute-vectors.test.ts`, "whole executions", vectors("upstream's published effects")),
    ],
    mutants: [
      "execute splits more than a coin holds",
      "execute gives two new coins one id",
      "execute tells what a failed transaction's commands came to",
    ],
  },
  {
    id: "execute-gas",
    component: "execute",
    statement:
      "Gas is protocol 38's to the NANOS: computation in steps, storage by the byte, rebates, and the fallbacks when the budget does not suffice",
    assumes: "user transactions without Move calls",
    model: "proofs/model/execute-gas.ts",
    checks: [
      check(
        `${PROPERTIES}/execute.test.ts`,
        "execute says what its model says > of transactions that run",
        random(600),
      ),
      check(
        `${PROPERTIES}/execute-limits.test.ts`,
        "execute says what its model says of transactions whose computation is a step, or nearly",
        random(120),
      ),
      check(`${UNIT}/execute-vectors.test.ts`, "gas of coin transactions", vectors("upstream's published gas")),
    ],
    mutants: ["execute charges computation by the unit", "execute looks up an owner less than there are"],
  },
  {
    id: "execute-sizes",
    component: "execute",
    statement: "Values, effects and objects written may be as large as upstream lets them be, and no larger",
    assumes: "user transactions without Move calls",
    model: "proofs/model/execute-commands.ts, and protocol 38's limits",
    checks: [
      check(
        `${PROPERTIES}/execute-limits.test.ts`,
        "execute says what its model says of the largest values",
        exhaustive("each type that pure bytes may stand for, and options of it"),
      ),
      check(`${UNIT}/execute-limits.test.ts`, "objects written", cases("the most, and a byte more")),
      check(`${UNIT}/execute-limits.test.ts`, "effects", cases("the most, and an object more")),
    ],
    mutants: [
      "execute counts a string for no more than its bytes",
      "execute has no limit for effects",
      "execute has no limit for what is written",
    ],
  },
  {
    id: "execute-reads",
    component: "execute",
    statement:
      "The reads reported are all that mattered: an object that is not among them changes nothing, given, absent or not spoken of",
    assumes: NOTHING,
    model: "the same transaction among other objects",
    checks: [
      check(
        `${PROPERTIES}/execute.test.ts`,
        "execute is a function of what it reports > objects that it does not report as read change nothing, given or absent or not spoken of",
        random(200),
      ),
    ],
    mutants: ["execute looks at objects that nobody named"],
  },
  {
    id: "execute-absences",
    component: "execute",
    statement: "What was relied on as absent is reported as absent",
    assumes: NOTHING,
    model: "proofs/model/execute.ts",
    checks: [
      check(
        `${PROPERTIES}/execute.test.ts`,
        "execute says what its model says > of transactions that may be dropped, or want objects that were not given",
        random(600),
      ),
    ],
    mutants: ["execute does not report an absence it relied on"],
  },
  {
    id: "execute-pure",
    component: "execute",
    statement:
      "What ran before changes nothing, and an instance outside the core tells the host the same and the ledger nothing",
    assumes: NOTHING,
    model: "the same frame in another instance",
    checks: [
      check(
        `${PROPERTIES}/execute.test.ts`,
        "execute is a function of what it reports > what ran before changes nothing, and an instance outside the core tells the host the same and the ledger nothing",
        random(200),
      ),
    ],
    mutants: ["execute keeps the ids it made", "execute tells the ledger of results made outside the core"],
  },
  {
    id: "ledger-conservation",
    component: "ledger",
    statement:
      "Conservation: whatever execute says, a result that is applied makes and destroys no IOTA beyond the gas it states and no other coin at all",
    assumes: "genesis is right; no Move code runs",
    model: "proofs/model/ledger-execution.ts",
    checks: [
      check(
        `${PROPERTIES}/ledger-results.test.ts`,
        "every written object",
        exhaustive("fields of each object of an honest result"),
      ),
      check(
        `${PROPERTIES}/ledger-results.test.ts`,
        "every input",
        exhaustive("fields of each object of an honest result"),
      ),
      check(`${PROPERTIES}/ledger-results.test.ts`, "gas", exhaustive("fields of the gas summary")),
    ],
    mutants: [
      "the ledger does not add up IOTA",
      "the ledger's sums wrap at 2^64",
      "the ledger does not add up other coins",
    ],
  },
  {
    id: "ledger-version-once",
    component: "ledger",
    statement: "No object version is consumed twice",
    assumes: BLAKE2B,
    model: "proofs/model/ledger.ts",
    checks: [
      check(
        `${PROPERTIES}/ledger.test.ts`,
        "a ledger without its state > uses no object version twice: of two transactions with one input, the second is stale",
        random(12),
      ),
      check(
        `${PROPERTIES}/ledger.test.ts`,
        "a ledger without its state > says what a ledger with its state says",
        random(50),
      ),
    ],
    mutants: ["the ledger takes a result on an object that an earlier one changed"],
  },
  {
    id: "ledger-ownership",
    component: "ledger",
    statement:
      "A result changes only objects of the sender, coins of the gas owner and shared objects, and pays with the gas owner's",
    assumes: "sender and gas owner are those that verify passed",
    model: "proofs/model/ledger-execution.ts",
    checks: [check(`${PROPERTIES}/ledger-results.test.ts`, "whose objects they are", cases("each kind of owner"))],
    mutants: ["the ledger takes another's coin as input"],
  },
  {
    id: "ledger-stateless",
    component: "ledger",
    statement:
      "Stateless equals stateful: from a root and proofs alone the ledger says what a ledger that keeps every object says",
    assumes: BLAKE2B,
    model: "proofs/model/ledger.ts, state-tree.ts",
    checks: [
      check(
        `${PROPERTIES}/ledger.test.ts`,
        "a ledger without its state > says what a ledger with its state says",
        random(50),
      ),
    ],
    mutants: ["the ledger leaves its root as it was"],
  },
  {
    id: "ledger-witness",
    component: "ledger",
    statement: "Every mutation of a witness is rejected, and nothing changes by it",
    assumes: BLAKE2B,
    model: "the honest witness",
    checks: [
      check(
        `${PROPERTIES}/ledger.test.ts`,
        "a ledger without its state > changes nothing when a witness is changed, whatever the change",
        random(400),
      ),
    ],
    mutants: ["the ledger takes operations that no result touches", "a ledger's proof may have words left over"],
  },
  {
    id: "ledger-root",
    component: "ledger",
    statement:
      "No checkpoint is asked for or given out on a root, a time, a gas sum or contents that the model does not reach",
    assumes: NOTHING,
    model: "proofs/model/ledger.ts",
    checks: [
      check(
        `${PROPERTIES}/ledger.test.ts`,
        "a ledger without its state > says what a ledger with its state says",
        random(50),
      ),
    ],
    mutants: ["the ledger signs a checkpoint on another root"],
  },
  {
    id: "ledger-signatures",
    component: "ledger",
    statement: "A checkpoint's contents hold exactly the signatures that verify passed, for executed transactions only",
    assumes: BLAKE2B,
    model: "proofs/model/ledger.ts",
    checks: [check(`${UNIT}/ledger.test.ts`, "signatures", cases("missing, strange, repeated, out of order"))],
    mutants: ["the ledger takes signatures that verify has not passed"],
  },
  {
    id: "ledger-epoch-end",
    component: "ledger",
    statement:
      "An epoch ends with one transaction that changes no object; its checkpoint names the next committee, and gas is summed anew and in the next epoch's environment from then on",
    assumes: NOTHING,
    model: "proofs/model/ledger.ts",
    checks: [
      check(
        `${PROPERTIES}/ledger.test.ts`,
        "a ledger without its state > says what a ledger with its state says",
        random(50),
      ),
      check(
        `${UNIT}/ledger.test.ts`,
        "the end of an epoch",
        cases("results that are none, commits that come too late"),
      ),
      check(
        `${UNIT}/ledger.test.ts`,
        "genesis and install > an epoch's last checkpoint starts a ledger of the next epoch",
        cases("the committee that it names, and another"),
      ),
    ],
    mutants: [
      "the ledger sums gas over epochs",
      "the ledger takes a commit after an epoch's last one",
      "the ledger takes a user's result for the end of an epoch",
      "the ledger goes on for another committee than the checkpoint names",
    ],
  },
  {
    id: "ledger-order",
    component: "ledger",
    statement:
      "Commits are applied in the order that order gave, without gaps, and a step that is refused applies nothing",
    assumes: NOTHING,
    model: "proofs/model/ledger.ts",
    checks: [
      check(`${UNIT}/ledger.test.ts`, "commits from order", cases("gaps, repetitions, full queues")),
      check(`${PROPERTIES}/ledger-memory.test.ts`, "rings of commits and transactions", cases("where they wrap")),
      check(`${PROPERTIES}/ledger-memory.test.ts`, "the pool of results", random(8)),
      check(
        `${PROPERTIES}/ledger.test.ts`,
        "a ledger without its state > says what a ledger with its state says",
        random(50),
      ),
    ],
    mutants: ["the ledger takes a commit after a gap", "the ledger keeps half of a step that is refused"],
  },
  {
    id: "vault-one-signature",
    component: "vault",
    statement: "One signature a slot: no two digests are signed for one round or sequence, over all boots and crashes",
    assumes: "the platform's counter does not go back",
    model: "proofs/model/vault.ts, vault-disk.ts",
    checks: [
      check(
        `${PROPERTIES}/vault.test.ts`,
        "one signature a slot > holds over random requests with several faults",
        random(60),
      ),
      check(
        `${PROPERTIES}/vault.test.ts`,
        "one signature a slot > holds whichever operation of the disk is the one that fails",
        exhaustive("operations of the disk, for three scripts"),
      ),
    ],
    mutants: ["the vault signs a second digest for a round", "the vault signs a second digest for a checkpoint"],
  },
  {
    id: "vault-signs-again",
    component: "vault",
    statement:
      "What was signed last is signed again for whoever asks, a block in the name of the boot that signed it first",
    assumes: NOTHING,
    model: "the messages written out, @noble/post-quantum",
    checks: [
      check(`${UNIT}/vault.test.ts`, "signatures > are given again", cases("a block and a checkpoint, a boot later")),
    ],
    mutants: ["the vault signs an old block in the name of a new boot"],
  },
  {
    id: "vault-never-back",
    component: "vault",
    statement: "Never backwards: nothing is signed for a slot below one that was signed",
    assumes: "the platform's counter does not go back",
    model: "proofs/model/vault.ts",
    checks: [
      check(
        `${PROPERTIES}/vault.test.ts`,
        "one signature a slot > holds over random requests with several faults",
        random(60),
      ),
      check(
        `${UNIT}/vault.test.ts`,
        "signatures > are refused for a slot that was taken or passed",
        cases("both kinds of slot"),
      ),
    ],
    mutants: ["the vault signs a round below its highest"],
  },
  {
    id: "vault-epochs",
    component: "vault",
    statement:
      "Nothing is signed in an epoch before the last; rounds begin anew with an epoch, and no checkpoint's number is signed for in two of them",
    assumes: "the platform's counter does not go back",
    model: "proofs/model/vault.ts",
    checks: [
      check(
        `${PROPERTIES}/vault.test.ts`,
        "one signature a slot > holds over random requests with several faults",
        random(60),
      ),
    ],
    mutants: [
      "the vault signs a block of an epoch before the last",
      "the vault signs a checkpoint of an epoch before the last",
      "the vault signs for a checkpoint's number again in a later epoch",
      "the vault takes rounds of an epoch for those of the next",
    ],
  },
  {
    id: "vault-one-chain",
    component: "vault",
    statement: "A vault is bound to one chain for ever, and signs nothing before",
    assumes: NOTHING,
    model: "proofs/model/vault.ts",
    checks: [
      check(
        `${PROPERTIES}/vault.test.ts`,
        "one signature a slot > holds over random requests with several faults",
        random(60),
      ),
      check(`${UNIT}/vault.test.ts`, "chain", cases("unbound, bound, another")),
    ],
    mutants: ["the vault may be bound to another chain"],
  },
  {
    id: "vault-durable-first",
    component: "vault",
    statement: "A signature leaves only after the watermark that forbids a second one is durable",
    assumes: "trust answers sealed only for what is durable",
    model: "proofs/model/vault.ts, vault-disk.ts",
    checks: [
      check(
        `${PROPERTIES}/vault.test.ts`,
        "one signature a slot > holds over random requests with several faults",
        random(60),
      ),
      check(
        `${UNIT}/vault.test.ts`,
        "signatures > leave once the watermark is durable, and are those of the independent implementation",
        cases("one of each kind"),
      ),
    ],
    mutants: ["the vault releases a signature before its watermark is durable"],
  },
  {
    id: "vault-no-old-copy",
    component: "vault",
    statement: "An older sealed state, or none, put in the place of the newest is refused",
    assumes: "the counter was not put back with it",
    model: "proofs/model/vault-disk.ts",
    checks: [
      check(
        `${PROPERTIES}/vault.test.ts`,
        "an older copy put back > of vault.sealed alone is refused, whichever it is, and so is none",
        exhaustive("copies of a history of six seals"),
      ),
    ],
    mutants: ["the vault wakes up with an older copy"],
  },
  {
    id: "vault-secrets",
    component: "vault",
    statement:
      "The seed leaves in seals alone, and once an answer is out nothing in memory outside the arena depends on it but the public key and what is made of that",
    assumes: NOTHING,
    model: "@noble/post-quantum's expanded key; a second life that differs in the seed alone",
    checks: [check(`${UNIT}/vault.test.ts`, "secrets", cases("all answers of a life; the whole memory compared"))],
    mutants: ["the vault leaves the expanded key in memory"],
  },
  {
    id: "all-total",
    component: "all",
    statement:
      "Totality: a frame that is not one of the lane's ends in a typed rejection, on private lanes in silence, without a trap and with the state as it was",
    assumes: NOTHING,
    model: "core/wire/schema.ts",
    checks: [
      check(
        `${PROPERTIES}/encodings.test.ts`,
        "frames to",
        exhaustive("lengths, tags, bools, maxima and ends of an example of each frame"),
      ),
      check(
        `${UNIT}/verify-transaction.test.ts`,
        "any bytes > answers each frame once, and keeps its state",
        random(1000),
      ),
      check(
        `${UNIT}/order.test.ts`,
        "any bytes > end in a rejection or nothing, with the state unchanged, when they are no frame",
        random(100),
      ),
      check(`${UNIT}/vault.test.ts`, "malformed frames > change nothing and are not answered", random(300)),
    ],
    mutants: [
      "bytes may be left over after a frame",
      "order answers a malformed proposal with its id",
      "the vault serves a request with bytes left over",
    ],
  },
  {
    id: "all-deterministic",
    component: "all",
    statement:
      "Determinism: the same frames give the same answers and the same state in every instance, and nothing outside the state matters",
    assumes: NOTHING,
    model: "another instance, new or used; another one before each frame",
    checks: [check(`${PROPERTIES}/determinism.test.ts`, "", cases("a recorded session of each component"))],
    mutants: ["verify keeps what a transaction said"],
  },
];
