/**
 * The functions that are built in, which change the list of validators, against the model of `execute`: random programs of calls, most of them nearly
 * right, byte for byte.
 */
import { bcs } from "@iota/iota-sdk/bcs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CommitteeAbort } from "../../core/wire/codes.ts";
import { MAX_VALIDATORS } from "../../core/wire/limits.ts";
import { coin, moveObject, numbered, type TestObject } from "../../test/support/objects.ts";
import {
  type Argument,
  address,
  type Command,
  gas,
  type Input,
  input,
  makeVector,
  owned,
  pure,
  RECIPIENT,
  result,
  SENDER,
  shared,
  transaction,
  transfer,
} from "../../test/unit/core/execute-support.ts";
import {
  CAPABILITY,
  CAPABILITY_TYPE,
  LIST,
  LIST_TYPE,
  type ListedMember,
  listRest,
  PACKAGE,
} from "../model/committee.ts";
import { failed, framesOf, MODE, model, send } from "./execute-frames.ts";
import { expectFrames } from "./same-frames.ts";

const SEED = 0xc0331;

const keyOf = (fill: number, length = 1952) => new Uint8Array(length).fill(fill);
const member = (n: number): ListedMember => ({ name: `m${n}`, key: keyOf(n), address: "/dns4/m/tcp/1" });

const listOf = (members: readonly ListedMember[]) =>
  moveObject({
    id: `0x${LIST}`,
    owner: { Shared: { initialSharedVersion: 1n } },
    version: 30n,
    type: LIST_TYPE,
    fields: listRest(members),
  });
const SHORT = listOf([member(1), member(2)]);
const LAST = listOf([member(1)]);
const FULL = listOf(Array.from({ length: MAX_VALIDATORS }, (_, i) => ({ ...member(i), address: "" })));

const sender = { AddressOwner: SENDER };
const CAP = moveObject({ id: `0x${CAPABILITY}`, owner: sender, version: 6n, type: CAPABILITY_TYPE });
/** Objects that are nearly the list or the capability. */
const OTHERS = [
  moveObject({ id: numbered(0xca18), owner: sender, type: CAPABILITY_TYPE }),
  moveObject({ id: numbered(0xca19), owner: sender, type: LIST_TYPE, fields: listRest([member(1)]) }),
  coin({ id: numbered(0xca20), owner: SENDER, balance: 5n }),
];
const GAS = [gas(1, 40_000_000_000n)];

const text = (value: string): Input => pure(bcs.string().serialize(value).toBytes());
const bytes = (value: Uint8Array): Input => pure(bcs.byteVector().serialize(value).toBytes());
const long = (length: number) => "\u00fc".repeat(length / 2);
const NAMES = ["m1", "m2", "new", "newer", "", long(64), long(66)].map(text);
const KEYS = [...[1, 2, 200, 201].map((fill) => keyOf(fill)), keyOf(5, 1951), keyOf(6, 1953)].map(bytes);
const ADDRESSES = ["", "/ip4/10.0.0.1/tcp/9200", long(512), long(514)].map(text);
const BROKEN = [Uint8Array.of(2, 0xc3, 0x28), Uint8Array.of(5, 1), Uint8Array.of(0, 0)].map(pure);
const PURE = [...NAMES, ...KEYS, ...ADDRESSES, ...BROKEN, address(RECIPIENT)];

/** Places of inputs: the list, the capability, the others, then what is pure. */
const PLACES = { list: 0, capability: 1, others: 2, names: 2 + OTHERS.length } as const;
const KEYS_AT = PLACES.names + NAMES.length;
const ADDRESSES_AT = KEYS_AT + KEYS.length;
const RECIPIENT_AT = PLACES.names + PURE.length - 1;
const INPUTS = RECIPIENT_AT + 1;

const rarely = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 20, arbitrary: usual }, { weight: 1, arbitrary: rare });

const call = (
  name: string,
  args: Argument[],
  typeArguments: string[] = [],
  id = PACKAGE,
  module = "committee",
): Command => ({
  MoveCall: { package: id, module, function: name, typeArguments, arguments: args },
});
/** All of the arguments, or without the last. */
const mostly = (...args: fc.Arbitrary<Argument>[]): fc.Arbitrary<Argument[]> =>
  fc.tuple(...args).chain((all) => rarely(fc.constant(all), fc.constant(all.slice(0, -1))));

/** Mostly one of `count` inputs from `first` on; else any argument. */
const among = (first: number, count: number): fc.Arbitrary<Argument> =>
  fc.oneof(
    { weight: 40, arbitrary: fc.nat(count - 1).map((n) => input(first + n)) },
    { weight: 1, arbitrary: fc.nat(INPUTS).map(input) },
    { weight: 1, arbitrary: fc.constantFrom<Argument>({ GasCoin: true }, result(0)) },
  );
const list = among(PLACES.list, 1);
const capability = among(PLACES.capability, 1);
/** Mostly one of the right inputs. */
const rightly = (right: readonly number[], any: fc.Arbitrary<Argument>): fc.Arbitrary<Argument> =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...right).map(input) }, { weight: 1, arbitrary: any });
const name = among(PLACES.names, NAMES.length);
const newName = rightly([PLACES.names + 2, PLACES.names + 3], name);
const oldName = rightly([PLACES.names, PLACES.names + 1], name);
const key = rightly([KEYS_AT + 2, KEYS_AT + 3], among(KEYS_AT, KEYS.length));
const where = rightly([ADDRESSES_AT, ADDRESSES_AT + 1], among(ADDRESSES_AT, ADDRESSES.length));
const types = rarely(fc.constant<string[]>([]), fc.constant(["u8"]));

const command = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(mostly(list, capability, newName, key, where), types)
      .map(([args, of]) => call("add", args, of)),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(mostly(list, capability, oldName), types).map(([args, of]) => call("remove", args, of)),
  },
  { weight: 1, arbitrary: fc.constant(transfer(input(RECIPIENT_AT), input(PLACES.capability))) },
  { weight: 1, arbitrary: fc.constant(makeVector("u8", input(RECIPIENT_AT))) },
);

interface Program {
  readonly world: readonly TestObject[];
  readonly transaction: Uint8Array;
  readonly missing: readonly string[];
  readonly absent: readonly string[];
}

const worldOf = (first: TestObject) => [first, CAP, ...OTHERS, ...GAS];

const program: fc.Arbitrary<Program> = fc
  .record({
    commands: fc.array(command, { minLength: 1, maxLength: 3 }),
    first: fc.constantFrom(SHORT, SHORT, SHORT, SHORT, LAST, LAST, FULL),
    mutable: rarely(fc.constant(true), fc.constant(false)),
    budget: fc.constantFrom(3_000_000_000n, 3_000_000_000n, 3_000_000_000n, 60_000_000n, 1_000_000n),
  })
  .map(({ commands, first, mutable, budget }) => ({
    world: worldOf(first),
    transaction: transaction({
      inputs: [shared(first, mutable), owned(CAP), ...OTHERS.map(owned), ...PURE],
      commands,
      payment: GAS,
      budget,
    }),
    missing: [],
    absent: [],
  }));

/** The code that a failure says, where a function aborted. */
function abortCode(effects: Uint8Array): bigint | undefined {
  const { Failed: failure } = bcs.TransactionEffects.parse(effects).V1!.status as {
    Failed?: { error: { MoveAbort?: readonly [unknown, string] } };
  };
  const abort = failure?.error.MoveAbort;
  return abort && BigInt(abort[1]);
}

test("execute runs calls of the list's functions as its model does, in commits and in dry runs", () => {
  const aborts = new Set<bigint>();
  const counts = { success: 0, failure: 0, dropped: 0 };
  fc.assert(
    fc.property(program, (one) => {
      const expected = model(one, one.world);
      counts[expected.kind !== "executed" ? "dropped" : failed(expected) ? "failure" : "success"]++;
      const code = expected.kind === "executed" ? abortCode(expected.effects) : undefined;
      if (code !== undefined) aborts.add(code);
      expectFrames(send(one, one.world), framesOf(expected));
      expectFrames(send(one, one.world, 1, MODE.dryRun), framesOf(expected, MODE.dryRun));
    }),
    { seed: SEED, numRuns: 400 },
  );
  expect(aborts.size).toBe(Object.keys(CommitteeAbort).length);
  expect(Math.min(counts.success, counts.failure)).toBeGreaterThan(50);
});

test("calls of anything else are refused, however near they come", () => {
  const args = [input(0), input(1), input(PLACES.names)];
  const near: Command[] = [
    call("remove", args, [], numbered(0xca14)),
    call("remove", args, [], PACKAGE, "committees"),
    call("removed", args),
    call("delete", args),
    call("ad", args),
  ];
  for (const one of near) {
    const given = {
      transaction: transaction({
        inputs: [shared(SHORT, true), owned(CAP), ...OTHERS.map(owned), ...PURE],
        commands: [one],
        payment: GAS,
      }),
      missing: [],
      absent: [],
    };
    const expected = model(given, worldOf(SHORT));
    expect(expected.kind).toBe("dropped");
    expectFrames(send(given, worldOf(SHORT)), framesOf(expected));
  }
});
