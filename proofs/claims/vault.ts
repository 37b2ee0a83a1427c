/** Claims of `vault`. */
import { type Claim, cases, check, exhaustive, NOTHING, PROPERTIES, random, UNIT } from "./claim.ts";

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
