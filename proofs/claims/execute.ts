/** Claims of `execute`. */
import { type Claim, cases, check, exhaustive, NOTHING, PROPERTIES, random, UNIT, vectors } from "./claim.ts";

export const EXECUTE_CLAIMS: readonly Claim[] = [
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
    id: "execute-epoch",
    component: "execute",
    statement:
      "The prologue of a commit has a result in its own epoch alone, so that no ledger closes a commit of another one",
    assumes: NOTHING,
    model: "published prologues of a running network",
    checks: [
      check(
        `${UNIT}/execute-vectors.test.ts`,
        "prologues of a running network > are executed in their own epoch alone: a commit of another one has no result",
        vectors("two published prologues, an epoch later"),
      ),
    ],
    mutants: ["execute runs the prologue of another epoch"],
  },
  {
    id: "execute-committee",
    component: "execute",
    statement:
      "The functions of the list of validators change it as they are said to, for who has its capability, and cost what they are said to; no other function is called",
    assumes: NOTHING,
    model: "proofs/model/execute-commands.ts, committee.ts",
    checks: [
      check(
        `${PROPERTIES}/execute-committee.test.ts`,
        "execute runs calls of the list's functions as its model does, in commits and in dry runs",
        random(400),
      ),
      check(
        `${PROPERTIES}/execute-committee.test.ts`,
        "calls of anything else are refused, however near they come",
        cases("another package, module and function"),
      ),
      check(
        `${UNIT}/execute-end-of-epoch.test.ts`,
        "the end of an epoch > asks for the list of validators",
        cases("a list that is not given, and one that is"),
      ),
    ],
    mutants: [
      "execute changes the list for who has no capability",
      "execute lists a member twice",
      "execute removes the last member",
      "execute rewrites the list for nothing",
      "execute calls a function of any package",
      "execute ends an epoch without the list",
    ],
  },
];
