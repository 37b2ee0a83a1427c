/** Claims of `ledger`. */
import { BLAKE2B, type Claim, cases, check, exhaustive, NOTHING, PROPERTIES, random, UNIT } from "./claim.ts";

export const LEDGER_CLAIMS: readonly Claim[] = [
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
    id: "ledger-cut",
    component: "ledger",
    statement:
      "A checkpoint ends where a function of the commits since the one before says, so that every ledger of a chain cuts alike, one that starts from a checkpoint among them; it lists the transactions of all its commits, there is room for those, and it goes on from the last",
    assumes: NOTHING,
    model: "proofs/model/ledger.ts",
    checks: [
      check(
        `${UNIT}/ledger-cut.test.ts`,
        "the time since the checkpoint before",
        cases("a millisecond around each interval, a clock that runs backwards"),
      ),
      check(`${UNIT}/ledger-cut.test.ts`, "what a checkpoint has room for", cases("one around each bound")),
      check(
        `${UNIT}/ledger-cut.test.ts`,
        "each checkpoint lists the transactions of all its commits, and goes on from the last of them",
        cases("three commits, one of them empty"),
      ),
      check(
        `${UNIT}/ledger-cut.test.ts`,
        "a ledger that starts from a checkpoint cuts on as the one that made it",
        cases("a millisecond around the interval"),
      ),
      check(
        `${UNIT}/ledger-cut.test.ts`,
        "a lone author's ends with every commit that holds users' transactions, and with no empty one",
        cases("commits with transactions, and without"),
      ),
      check(
        `${PROPERTIES}/ledger.test.ts`,
        "a ledger without its state > says what a ledger with its state says",
        random(50),
      ),
    ],
    mutants: [
      "the ledger ends a checkpoint with every commit",
      "the ledger ends no checkpoint for want of room",
      "the ledger forgets the contents of a checkpoint's earlier commits",
      "the ledger lets clients of a busy network wait as long as an idle one",
      "the ledger takes a clock that runs backwards for a long time",
    ],
  },
  {
    id: "ledger-epoch-end",
    component: "ledger",
    statement:
      "An epoch ends with one transaction that changes no object; its checkpoint names the next committee, and a ledger that is installed from it sums gas anew, in the next epoch's environment, or in the epoch that it ends, and then goes on with nothing",
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
      check(
        `${UNIT}/ledger.test.ts`,
        "genesis and install > a ledger stopped at its epoch's last checkpoint, which names others, starts from it and takes no commit",
        cases("the committee that made it, and a third one"),
      ),
    ],
    mutants: [
      "the ledger does not come back at the end of an epoch that changes its committee",
      "the ledger goes on after an epoch's last checkpoint that it was started from",
      "the ledger sums gas over epochs",
      "the ledger takes a commit after an epoch's last one",
      "the ledger takes a user's result for the end of an epoch",
      "the ledger goes on for another committee than the checkpoint names",
    ],
  },
  {
    id: "ledger-committee",
    component: "ledger",
    statement:
      "The next committee is whom the governed list names when the epoch ends, or the same as before where there is no list, or one of as many members as the chain's fault rule does not make safe; the list is changed by the holder of its capability alone, into a well-formed one",
    assumes: `genesis is right; ${BLAKE2B}`,
    model: "proofs/model/ledger.ts, committee.ts",
    checks: [
      check(
        `${PROPERTIES}/ledger.test.ts`,
        "a ledger without its state > says what a ledger with its state says",
        random(50),
      ),
      check(
        `${PROPERTIES}/ledger-committee.test.ts`,
        "the list of validators",
        cases("ways to be malformed, and to have something like the capability"),
      ),
      check(
        `${PROPERTIES}/ledger-committee.test.ts`,
        "the end of an epoch",
        cases("objects that are not the list, and lists that are malformed, or too short for the fault rule"),
      ),
      check(
        `${UNIT}/ledger.test.ts`,
        "the end of an epoch > puts the list in force that stands in the state",
        cases("another list, and none"),
      ),
      check(
        `${UNIT}/ledger.test.ts`,
        "the end of an epoch > takes no other result, and changes nothing",
        cases("what is shown, read or written besides"),
      ),
    ],
    mutants: [
      "the ledger names the same committee again",
      "the ledger names a committee that its chain's fault rule does not make safe",
      "the ledger keeps the keys of the committee before",
      "the ledger takes a list of validators from anybody",
      "the ledger takes a malformed list of validators",
      "the ledger takes any object for the list of validators",
      "the ledger takes the end of an epoch that does not show the list",
    ],
  },
  {
    id: "ledger-order",
    component: "ledger",
    statement:
      "Commits are applied in the order that an order gave which started from the ledger's checkpoint, without gaps, and a step that is refused applies nothing",
    assumes: NOTHING,
    model: "proofs/model/ledger.ts",
    checks: [
      check(
        `${UNIT}/ledger.test.ts`,
        "commits from order",
        cases("gaps, repetitions, full queues, an order that has not started"),
      ),
      check(`${PROPERTIES}/ledger-memory.test.ts`, "rings of commits and transactions", cases("where they wrap")),
      check(`${PROPERTIES}/ledger-memory.test.ts`, "the pool of results", random(8)),
      check(
        `${PROPERTIES}/ledger.test.ts`,
        "a ledger without its state > says what a ledger with its state says",
        random(50),
      ),
    ],
    mutants: [
      "the ledger takes a commit after a gap",
      "the ledger takes a commit of an order that has not started from its checkpoint",
      "the ledger keeps half of a step that is refused",
    ],
  },
];
