/** Claims of every component. */
import { type Claim, cases, check, exhaustive, NOTHING, PROPERTIES, random, UNIT } from "./claim.ts";

export const EVERY_CLAIMS: readonly Claim[] = [
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
