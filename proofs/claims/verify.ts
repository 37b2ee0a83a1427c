/** Claims of `verify`. */
import { type Claim, cases, check, exhaustive, NOTHING, PROPERTIES, random, UNIT } from "./claim.ts";

export const VERIFY_CLAIMS: readonly Claim[] = [
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
      "A checkpoint passes only with valid signatures of as many different members as the chain's fault rule makes a quorum of n on its digest for its sequence",
    assumes: "ML-DSA-65 is unforgeable",
    model: "the messages written out, @noble/post-quantum",
    checks: [
      check(
        `${UNIT}/verify-committee.test.ts`,
        "checkpoints",
        cases("each signed field changed; a quorum of each rule, and one less"),
      ),
      check(
        `${UNIT}/fault-rules.test.ts`,
        "verify wants the rule's quorum",
        exhaustive("rules of numbers up to 3, committees of up to 11"),
      ),
    ],
    mutants: ["verify counts a member's signature twice", "verify has one quorum for every fault rule"],
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
        cases(
          "no quorum, other members, another chain or fault rule, no committee or one that is not safe, ends out of order, changed bytes",
        ),
      ),
    ],
    mutants: [
      "verify puts a committee in force that no quorum has signed",
      "verify puts a committee of another chain in force",
      "verify puts a committee in force that its chain's fault rule does not make safe",
      "verify follows the end of an epoch of another fault rule",
      "verify keeps the keys of the committee before",
      "verify takes any checkpoint for the one that its epoch began with",
    ],
  },
  {
    id: "verify-genesis",
    component: "verify",
    statement:
      "Who configures a core chooses its chain and nothing of it: verify serves the committee and the fault rule of the checkpoint that the chain is named by, and passes no checkpoint that names another chain; order starts only for a committee of the size that verify has in force",
    assumes: "BLAKE2b-256 has no collisions",
    model: NOTHING,
    checks: [
      check(
        `${UNIT}/verify-epochs.test.ts`,
        "genesis",
        cases(
          "other members, fewer, more, another order; another rule, protocol, sequence, chain; bytes less and more",
        ),
      ),
      check(
        `${UNIT}/verify-epochs.test.ts`,
        "the end of an epoch > is none of a chain that its summary does not name, whoever signed it",
        cases("a quorum's signatures under another chain's name"),
      ),
      check(
        `${UNIT}/order.test.ts`,
        "after a restart > a checkpoint counts only when verify has a committee of our size in force",
        cases("sizes on both sides, and on both sides of what a byte holds"),
      ),
    ],
    mutants: [
      "verify serves another committee than genesis names",
      "verify passes a checkpoint that names another chain",
      "order starts for a committee of another size than the one that verify has in force",
    ],
  },
  {
    id: "verify-recovery",
    component: "verify",
    statement:
      "What others' vaults say to one that has lost its state passes only when F + b + 1 members have signed it for its nonce, none of them with its own key; the highest round is theirs",
    assumes: "ML-DSA-65 is unforgeable",
    model: "the messages written out, @noble/post-quantum; proofs/explore/restart.ts",
    checks: [
      check(
        `${UNIT}/verify-recovery.test.ts`,
        "standings",
        cases("each signed field changed; five rules and committees"),
      ),
      check(
        "proofs/explore/restart.test.ts",
        "no slot is signed twice",
        exhaustive("orders of signing, losing, asking and recovering, within the bounds of each row"),
      ),
    ],
    mutants: [
      "verify is content with one member too few who say where they stand",
      "verify counts what the member says that asks",
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
        cases("each signed field changed, another member, no member, another chain"),
      ),
      check(
        `${UNIT}/order.test.ts`,
        "after a restart > a checkpoint that no quorum has signed counts only when it was our own vault",
        cases("our key, another, none yet"),
      ),
    ],
    mutants: [
      "verify takes any member's signature for our own",
      "verify takes our vault's signature under a checkpoint of another chain",
      "order takes any member's checkpoint for our own",
    ],
  },
];
