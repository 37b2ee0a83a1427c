/** Claims of `vault`. */
import { type Claim, cases, check, exhaustive, NOTHING, PROPERTIES, random, UNIT } from "./claim.ts";

const RESTART = "proofs/explore/restart.test.ts";
const ONE_INSTANCE = "one instance of the vault is live; (F, b) holds; ML-DSA-65 is unforgeable";

export const VAULT_CLAIMS: readonly Claim[] = [
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
    id: "vault-recovery",
    component: "vault",
    statement:
      "What a vault that has lost its state signs, once F + b + 1 others have said where they stand, is above every round that it signed before: no block of a round twice",
    assumes: ONE_INSTANCE,
    model: "who has signed which round, and what a block needs of the round before (proofs/explore/restart.ts)",
    checks: [
      check(
        RESTART,
        "no slot is signed twice",
        exhaustive("orders of signing, losing, asking and recovering, within the bounds of each row"),
      ),
      check(
        RESTART,
        "a block is signed twice",
        cases("one equivocator more than b; what others have seen instead of what they signed"),
      ),
      check(
        `${UNIT}/vault-recovery.test.ts`,
        "a vault whose counter is not to be trusted",
        cases("answers right and wrong, older copies"),
      ),
      check(`${UNIT}/vault-recovery.test.ts`, "where a vault stands", cases("before, during and after a recovery")),
    ],
    mutants: [
      "a vault that has lost its state begins one round too early",
      "a vault says where it stands while it recovers",
      "a vault takes what was said to another one's nonce",
    ],
  },
  {
    id: "vault-recovery-checkpoints",
    component: "vault",
    statement:
      "Nor does it sign a checkpoint's number twice: of commits whose leaders are not above those rounds it signs none",
    assumes: ONE_INSTANCE,
    model: "proofs/explore/restart.ts",
    checks: [
      check(RESTART, "no slot is signed twice", exhaustive("with checkpoints of each round")),
      check(
        `${UNIT}/vault-recovery.test.ts`,
        "a vault whose counter is not to be trusted",
        cases("leaders below, at and above"),
      ),
    ],
    mutants: ["a vault that was recovered signs a checkpoint of commits from before"],
  },
  {
    id: "vault-recovery-epochs",
    component: "vault",
    statement:
      "It recovers in no epoch that has ended: who has signed an epoch's last checkpoint, or may have and forgotten it, does not say where it stands there",
    assumes: ONE_INSTANCE,
    model: "proofs/explore/restart.ts",
    checks: [
      check(RESTART, "no slot is signed twice", exhaustive("with an epoch's end")),
      check(
        `${UNIT}/vault-recovery.test.ts`,
        "where a vault stands",
        cases("before and after the last checkpoint, and after a recovery"),
      ),
    ],
    mutants: [
      "a vault says where it stands in an epoch whose end it has signed",
      "a vault that was recovered forgets that it may have signed the epoch's end",
    ],
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
];
