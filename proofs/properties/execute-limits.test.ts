/** `execute` against its model where its numbers turn: at the steps of its gas, and at the largest value of each type. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { moveObject, numbered, type TestObject } from "../../test/support/objects.ts";
import {
  address,
  BILLION,
  gas,
  type Input,
  input,
  makeVector,
  nested,
  owned,
  pure,
  split,
  token,
  transaction,
  transfer,
  u64,
} from "../../test/unit/core/execute-support.ts";
import { LEAF_TYPES } from "../model/execute-commands.ts";
import { gasSize, readItem } from "../model/execute-values.ts";
import { WORLD } from "./execute-cases.ts";
import { failed, framesOf, MODE, model, send } from "./execute-frames.ts";
import { remembered } from "./remembered.ts";
import { expectFrames } from "./same-frames.ts";

const SEED = 0x57e9;
/** Protocol 38, in internal units: a step of computation, a byte read, one owner looked up in a deny list. */
const STEP = 1_000_000;
const BYTE = 15;
const LOOKUP = 150_000;

const sizeOf = (object: TestObject): number =>
  Number(gasSize(readItem(object.bytes, { mutable: false, shared: false })));

/** An immutable object that counts for so many bytes, or as few as it can. */
const ofSize = (bytes: number): TestObject => withFields(Math.max(0, bytes - sizeOf(withFields(0))));
const withFields = (length: number): TestObject =>
  remembered(`fields ${length}`, () => {
    const fields = new Uint8Array(length);
    return moveObject({ id: numbered(0x8888), owner: { Immutable: true }, type: "0x99::m::Big", fields });
  });

/** Mostly the numbers at which something turns: no unit more, one internal unit more or less than one, and a whole unit. */
const around = fc.oneof(fc.constantFrom(-67, -66, -1, 0, 1, 66, 67), fc.integer({ min: -3_000, max: 3_000 }));

const steps = fc.record({
  steps: fc.integer({ min: 1, max: 3 }),
  bytes: around,
  /** Owners of a coin that could be regulated: those who get a part, and the sender. */
  owners: fc.integer({ min: 0, max: 8 }),
  twice: fc.boolean(),
  price: fc.constantFrom(1_000n, 1_500n),
  units: fc.constantFrom(-1, 0, 0, 1, 1_000, 40_000),
  extra: fc.constantFrom(0n, 1n, 999n),
});

test("execute says what its model says of transactions whose computation is a step, or nearly", () => {
  const counts = { success: 0, failure: 0 };
  const payment = [gas(1, BILLION)];
  fc.assert(
    fc.property(steps, ({ steps: wanted, bytes, owners, twice, price, units, extra }) => {
      const coins = owners > 0 ? [token(1, 100n)] : [];
      const recipients = Array.from({ length: Math.max(0, owners - 1) }, (_, n) => numbered(0xee00 + n));
      if (twice && recipients.length > 0) recipients.push(recipients[0]!);
      const others = [...payment, ...coins].reduce((sum, object) => sum + sizeOf(object), 0);
      const big = ofSize(Math.ceil((wanted * STEP - owners * LOOKUP) / BYTE) - others + bytes);
      const gifts = recipients.map((_, n) => transfer(input(3 + n), nested(0, n)));
      const one = {
        transaction: transaction({
          payment,
          inputs: [owned(big), ...coins.map(owned), u64(1n), ...recipients.map(address)],
          commands: gifts.length > 0 ? [split(input(1), ...gifts.map(() => input(2))), ...gifts] : [],
          price,
          budget: BigInt(1_000 * wanted + units) * price + extra,
        }),
        missing: [],
        absent: [],
      };
      const world = [...payment, ...coins, big];
      const expected = model(one, world);
      if (expected.kind === "executed") counts[failed(expected) ? "failure" : "success"]++;
      expectFrames(send(one, world), framesOf(expected));
    }),
    { seed: SEED, numRuns: 120 },
  );
  expect(Math.min(counts.success, counts.failure)).toBeGreaterThan(25);
});

test("execute says what its model says of coins of many types, of one owner or of many, whose lookups are a step", () => {
  const payment = [gas(1, BILLION)];
  const costs = [1, 2, 6, 7, 8].flatMap((types) =>
    [1, types].map((owners) => {
      const coins = Array.from({ length: types }, (_, n) => token(n, 100n, `0x99::token::T${n}`));
      const recipients = Array.from({ length: owners }, (_, n) => numbered(0xee00 + n));
      const commands = coins.map((_, n) => transfer(input(types + (n % owners)), input(n)));
      const inputs = [...coins.map(owned), ...recipients.map(address)];
      const one = { transaction: transaction({ payment, inputs, commands }), missing: [], absent: [] };
      const world = [...payment, ...coins];
      const expected = model(one, world);
      expectFrames(send(one, world), framesOf(expected));
      return expected.kind === "executed" ? expected.gas.computationCost : 0n;
    }),
  );
  expect(new Set(costs).size).toBe(2);
});

/** `max_ptb_value_size` and `max_pure_argument_size` of protocol 38, in bytes. */
const LARGEST_VALUE = 1_048_576;
const LARGEST_ARGUMENT = 16_384;
const COUNT_BYTES = 3;

/** A value of each leaf, and by how much values of it count for more than their bytes. */
const LEAF_VALUES: Readonly<Record<string, readonly [value: Uint8Array, amplification: number]>> = {
  bool: [Uint8Array.of(1), 1],
  u8: [Uint8Array.of(7), 1],
  u16: [new Uint8Array(2), 1],
  u32: [new Uint8Array(4), 1],
  u64: [new Uint8Array(8), 1],
  u128: [new Uint8Array(16), 2],
  u256: [new Uint8Array(32), 2],
  address: [new Uint8Array(32), 2],
  "0x2::object::ID": [new Uint8Array(32), 2],
  "0x1::string::String": [Uint8Array.of(1, 0x61), 2],
  "0x1::ascii::String": [Uint8Array.of(1, 0x61), 2],
};

const uleb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >> 7)]);

/** A value of `vector<leaf>`, or with `some` an option of one, as large as `most` bytes allow. */
function vectorWithin(most: number, leaf: Uint8Array, some: boolean): Uint8Array {
  const prefix = some ? [1] : [];
  const room = most - prefix.length;
  let count = Math.floor(room / leaf.length);
  while (uleb(count).length + count * leaf.length > room) count--;
  return Uint8Array.from([...prefix, ...uleb(count), ...Array.from({ length: count }, () => [...leaf]).flat()]);
}

describe("execute says what its model says of the largest values", () => {
  const payment = [gas(1, BILLION)];

  test.each(LEAF_TYPES.flatMap((leaf) => [[leaf, false] as const, [leaf, true] as const]))(
    "made of %s; in options: %s",
    (leaf, some) => {
      const [value, amplification] = LEAF_VALUES[leaf]!;
      const bound = Math.floor(LARGEST_VALUE / (some ? amplification + 1 : amplification));
      const full = vectorWithin(LARGEST_ARGUMENT, value, some);
      const times = Math.floor((bound - COUNT_BYTES) / full.length);
      const left = bound - uleb(times + 1).length - times * full.length;
      const type = some ? `0x1::option::Option<vector<${leaf}>>` : `vector<${leaf}>`;
      const outcomes = [left, left + value.length].map((most) => {
        const inputs: Input[] = [pure(full), pure(vectorWithin(most, value, some))];
        const one = {
          transaction: transaction({
            payment,
            inputs,
            commands: [makeVector(type, ...Array(times).fill(input(0)), input(1))],
          }),
          missing: [],
          absent: [],
        };
        const expected = model(one);
        expectFrames(send(one, WORLD, 1, MODE.dryRun), framesOf(expected, MODE.dryRun));
        return failed(expected);
      });
      expect(outcomes).toEqual([false, true]);
    },
  );
});
