/**
 * Properties of the ledger over random histories: from a root and proofs alone, core/ledger says what a ledger that keeps every object
 * says (model/ledger.ts); whatever a host changes in a witness, nothing happens; and no object version is used twice.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HostToLedger } from "../../core/wire/frames.ts";
import { encode } from "../../core/wire/schema.ts";
import { CAPABILITY } from "../model/committee.ts";
import { decodeObject, type Wish } from "../model/ledger-execution.ts";
import { hex } from "../model/ledger-formats.ts";
import {
  CANDIDATES,
  FROZEN,
  GENESIS_OBJECTS,
  idOf,
  payment,
  THING,
  type Transaction,
  transaction,
  UNGOVERNED_OBJECTS,
  USERS,
  World,
} from "../model/ledger-world.ts";

const SEED = 0x1ed6e5;

/** What somebody tries to do; numbers choose among the objects there are. */
const intent = fc.record({
  user: fc.nat({ max: 2 }),
  sponsor: fc.option(fc.nat({ max: 2 }), { nil: undefined, freq: 6 }),
  gas: fc.nat({ max: 2 }),
  merged: fc.array(fc.nat({ max: 5 }), { maxLength: 2 }),
  paid: fc.array(fc.record({ to: fc.nat({ max: 2 }), amount: fc.bigInt({ min: 0n, max: 12_000_000_000n }) }), {
    maxLength: 2,
  }),
  moved: fc.option(
    fc.record({
      pick: fc.nat({ max: 5 }),
      to: fc.nat({ max: 2 }),
      kept: fc.option(fc.bigInt({ min: 0n, max: 600n }), { nil: undefined }),
    }),
    { nil: undefined },
  ),
  listed: fc.option(fc.shuffledSubarray([...CANDIDATES], { minLength: 1 }), { nil: undefined }),
  reads: fc.array(fc.constantFrom(FROZEN, THING, idOf("never there")), { maxLength: 2 }),
  /** Executed before the commit's other transactions are known, so that it may come to be stale. */
  early: fc.constantFrom(true, true, false),
});
type Intent = typeof intent extends fc.Arbitrary<infer T> ? T : never;

const commits = fc.array(
  fc.record({
    intents: fc.array(intent, { maxLength: 6 }),
    steps: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    chunk: fc.integer({ min: 1, max: 3 }),
    shuffle: fc.nat(),
    endOfEpoch: fc.constantFrom(true, false, false, false),
    /** Just too early to end a checkpoint, just late enough, and earlier than the commit before: checkpoints' times must not go back. */
    afterMs: fc.constantFrom(-250n, 0n, 49n, 50n, 500n, 59_999n, 60_000n),
  }),
  { minLength: 1, maxLength: 6 },
);
const history = fc.record({ commits, governed: fc.constantFrom(true, true, true, false) });

/** The wish of an intent, over the objects as they are before the commit. */
function wishOf(world: World, { user, sponsor, gas, merged, paid, moved, listed, reads }: Intent): Wish {
  const objects = [...world.model.objects.values()].map(decodeObject);
  const owned = (address: string, iota: boolean) =>
    objects
      .filter(({ owner }) => "AddressOwner" in owner && owner.AddressOwner === `0x${address}`)
      .filter(({ type }) => ("coin" in type && type.coin === "iota") === iota)
      .map(({ id }) => id);
  const sender = USERS[user]!;
  const gasOwner = USERS[sponsor ?? user]!;
  const coins = owned(gasOwner, true);
  const pick = (ids: readonly string[], n: number) => ids[n % Math.max(1, ids.length)] ?? idOf("never there");
  const gasCoin = pick(coins, gas);
  const mine = owned(sender, false);
  const picked = moved && mine.length > 0 ? pick(mine, moved.pick) : undefined;
  const movedId = listed && picked === CAPABILITY ? undefined : picked;
  return {
    sender,
    gasOwner,
    gas: gasCoin,
    merged: [...new Set(merged.map((n) => pick(coins, n)))].filter((id) => id !== gasCoin),
    paid: paid.map(({ to, amount }) => ({ to: USERS[to]!, amount })),
    ...(movedId === undefined || moved === undefined
      ? {}
      : { moved: { id: movedId, to: USERS[moved.to]!, ...(moved.kept === undefined ? {} : { kept: moved.kept }) } }),
    listed,
    read: reads.filter((id) => id !== movedId),
  };
}

function shuffled(count: number, seed: number): number[] {
  const places = Array.from({ length: count }, (_, i) => i);
  let state = seed;
  for (let i = count - 1; i > 0; i--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const j = state % (i + 1);
    [places[i], places[j]] = [places[j]!, places[i]!];
  }
  return places;
}

/** Plays one commit to its end, results in any order, some too early. Returns how often a step was refused as stale. */
function play(
  world: World,
  commit: {
    intents: readonly Intent[];
    steps: readonly number[];
    chunk: number;
    shuffle: number;
    endOfEpoch: boolean;
    afterMs: bigint;
  },
): number {
  const transactions: Transaction[] = commit.intents.map((wanted, i) =>
    transaction(`${world.model.commit} ${i}`, wishOf(world, wanted)),
  );
  const ordered = world.order(transactions, 0n, commit.endOfEpoch, commit.afterMs);
  world.begin(ordered, transactions);
  const before = world.model.objects;
  for (const place of shuffled(transactions.length + 1, commit.shuffle)) {
    if (place === 0 || commit.intents[place - 1]!.early) world.give(place, world.run(place, before));
  }
  let stale = 0;
  let answer: ReturnType<World["step"]> = [];
  for (let turn = 0; world.left > 0; turn++) {
    const count = Math.min(world.left, commit.steps[turn % commit.steps.length]!);
    world.runAll(true);
    answer = world.step(count);
    const [first] = answer;
    if (first?.lane === "ledgerToHost" && first.frame.kind === "stale") {
      stale++;
      world.runAll();
    }
    expect(turn).toBeLessThan(64);
  }
  world.finish(answer, commit.chunk);
  if (commit.endOfEpoch) world.nextEpoch();
  return stale;
}

describe("a ledger without its state", () => {
  test("says what a ledger with its state says", () => {
    let stale = 0;
    let executed = 0;
    let dropped = 0;
    let committees = 0;
    let folded = 0;
    fc.assert(
      fc.property(history, ({ commits, governed }) => {
        const world = new World().start(governed ? GENESIS_OBJECTS : UNGOVERNED_OBJECTS);
        for (const commit of commits) {
          const before = world.model.keys.map(hex).join();
          const { sequence } = world.model;
          stale += play(world, commit);
          if (world.model.sequence === sequence) folded++;
          if (world.model.keys.map(hex).join() !== before) committees++;
          for (const result of world.results) {
            if (result?.kind === "executed") executed++;
            else dropped++;
          }
          expect(hex(world.status().root)).toBe(hex(world.model.root));
        }
        expect(world.status().refusedResults).toBe(0n);
      }),
      { seed: SEED, numRuns: 50 },
    );
    // The histories must reach what they are about.
    expect(Math.min(stale, executed, dropped)).toBeGreaterThan(40);
    expect(committees).toBeGreaterThan(5);
    expect(folded).toBeGreaterThan(40);
  });

  test("changes nothing when a witness is changed, whatever the change", () => {
    const world = new World().start();
    const transactions = [
      transaction("w0", payment(0, 0, 1, 5n)),
      transaction("w1", { ...payment(1, 1, 2, 7n), merged: [idOf("coin 1 0")], read: [FROZEN, idOf("never there")] }),
      transaction("w2", { ...payment(2, 2, 0, 9n), moved: { id: idOf("token 2 0"), to: USERS[0]!, kept: 400n } }),
    ];
    world.begin(world.order(transactions), transactions);
    world.runAll();
    const honest = world.stepFrame(4);
    const before = world.component.state();
    fc.assert(
      fc.property(witnessChange, (change) => {
        const frame = changed(honest, change);
        const same = Buffer.from(encode(HostToLedger, frame)).equals(Buffer.from(encode(HostToLedger, honest)));
        fc.pre(!same);
        const [answer] = world.component.step("hostToLedger", frame);
        expect(["rejected", "stale"]).toContain(answer?.frame.kind);
        expect(Buffer.from(world.component.state()).equals(Buffer.from(before))).toBe(true);
      }),
      { seed: SEED, numRuns: 400 },
    );
    // And the honest one is taken.
    world.finish(world.step(4));
  });

  test("uses no object version twice: of two transactions with one input, the second is stale", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 2, maxLength: 4 }),
        fc.boolean(),
        fc.nat({ max: 2 }),
        (amounts, oneStep, user) => {
          const world = new World().start();
          const transactions = amounts.map((amount) =>
            transaction(`twice ${amount}`, payment(user, 0, 1, BigInt(amount))),
          );
          world.begin(world.order(transactions), transactions);
          const before = world.model.objects;
          world.runAll(true);
          for (let place = 1; place <= amounts.length; place++) world.give(place, world.run(place, before));
          if (!oneStep) world.step(2);
          const [answer] = world.step(oneStep ? world.left : 1);
          const expected = transactions.slice(1, oneStep ? undefined : 2).map(({ entry }) => entry.digest);
          expect(answer?.frame).toMatchObject({ kind: "stale", transactions: expected });
        },
      ),
      { seed: SEED, numRuns: 12 },
    );
  });
});

type StepFrame = ReturnType<World["stepFrame"]>;

const witnessChange = fc.oneof(
  fc.record({ kind: fc.constant("proof byte" as const), at: fc.nat(), flip: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant("proof length" as const), at: fc.nat(), flip: fc.nat({ max: 40 }) }),
  fc.record({ kind: fc.constant("id byte" as const), at: fc.nat(), flip: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant("digest byte" as const), at: fc.nat(), flip: fc.integer({ min: 1, max: 255 }) }),
  fc.record({
    kind: fc.constantFrom("absent", "left out", "twice", "swapped", "fewer", "more"),
    at: fc.nat(),
    flip: fc.nat(),
  }),
);
type WitnessChange = typeof witnessChange extends fc.Arbitrary<infer T> ? T : never;

function flipped(bytes: Uint8Array, at: number, flip: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at % copy.length]! ^= flip;
  return copy;
}

/** The frame with one thing changed; sometimes that comes to nothing. */
function changed(frame: StepFrame, { kind, at, flip }: WitnessChange): StepFrame {
  const operations = [...frame.operations];
  const index = at % operations.length;
  const operation = operations[index]!;
  const byte = Math.floor(at / operations.length);
  switch (kind) {
    case "proof byte":
      return { ...frame, proof: flipped(frame.proof, at, flip) };
    case "proof length":
      return {
        ...frame,
        proof:
          at % 2 === 0
            ? frame.proof.slice(0, -flip || undefined)
            : Uint8Array.from([...frame.proof, ...new Uint8Array(flip)]),
      };
    case "id byte":
      operations[index] = { ...operation, id: flipped(operation.id, byte, flip) };
      break;
    case "digest byte":
      operations[index] = { ...operation, digest: flipped(operation.digest, byte, flip) };
      break;
    case "absent":
      operations[index] = { ...operation, digest: new Uint8Array(32) };
      break;
    case "left out":
      operations.splice(index, 1);
      break;
    case "twice":
      operations.splice(index, 0, operation);
      break;
    case "swapped":
      operations.splice(index, 1);
      operations.splice(flip % frame.operations.length, 0, operation);
      break;
    case "fewer":
      return { ...frame, transactions: flip % 4 };
    case "more":
      return { ...frame, transactions: 5 + (flip % 1000) };
  }
  return { ...frame, operations };
}
