/** Claims of `order`. */
import { type Claim, cases, check, exhaustive, NOTHING, PROPERTIES, random, UNIT } from "./claim.ts";

export const ORDER_CLAIMS: readonly Claim[] = [
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
    id: "order-rule",
    component: "order",
    statement:
      "A core starts from a checkpoint only with the thresholds of the fault rule that its chain commits to, where that makes its committee safe",
    assumes: "nothing",
    model: "core/wire/thresholds.ts",
    checks: [
      check(
        `${UNIT}/fault-rules.test.ts`,
        "order starts from a checkpoint with exactly the thresholds of its chain's rule",
        exhaustive("rules of numbers up to 3, committees of up to 11, each threshold one off"),
      ),
      check(`${UNIT}/ledger.test.ts`, "genesis and install", cases("each number of the rule changed")),
    ],
    mutants: [
      "order starts with thresholds that are not those of its chain's fault rule",
      "the ledger goes on under another fault rule than the checkpoint's",
    ],
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
    id: "order-clock",
    component: "order",
    statement:
      "F members cannot move the time of commits out of what the others say, or, where a history is of fewer than a quorum, from what it was",
    assumes: "at most F members say wrong times",
    model: "what honest members say",
    checks: [
      check(
        `${UNIT}/order-clock.test.ts`,
        "",
        cases("the latest and the earliest time there is, over each row of up to seven members"),
      ),
    ],
    mutants: ["order takes the time of a leader without a history"],
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
      check(
        "test/sim/delays.test.ts",
        "",
        cases("clusters of real cores under virtual time: the delays of two rows, one member dead"),
      ),
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
];
