/** The sizes that one transaction may come to, each at its limit and one beyond: objects written, effects, and values that commands make. */
import { bcs } from "@iota/iota-sdk/bcs";
import { describe, expect, it } from "vitest";
import { codeNumber, ExecuteDrop } from "../../../core/wire/codes.ts";
import { moveObject, numbered, type TestObject } from "../../support/objects.ts";
import {
  type Argument,
  address,
  BILLION,
  type Command,
  execute,
  gas,
  gasCoin,
  input,
  makeVector,
  nested,
  other,
  owned,
  pure,
  RECIPIENT,
  run,
  SENDER,
  split,
  status,
  token,
  transaction,
  transfer,
  u64,
} from "./execute-support.ts";

/** `max_arguments` of protocol 38, less the coin that is split. */
const MOST_PARTS = 511;
const PAYMENT = [gas(1, 60n * BILLION)];
const BUDGET = 50n * BILLION;

/** Splits `count` parts off a coin and gives them away. `amount`, `recipient`: places of inputs. */
function splitAndGive(from: Argument, count: number, amount: number, recipient: number): Command[] {
  const commands: Command[] = [];
  for (let left = count; left > 0; left -= MOST_PARTS) {
    const parts = Math.min(left, MOST_PARTS);
    const at = commands.push(split(from, ...Array<Argument>(parts).fill(input(amount)))) - 1;
    commands.push(transfer(input(recipient), ...Array.from({ length: parts }, (_, i) => nested(at, i))));
  }
  return commands;
}

/** What an object's bytes are charged as (crates/iota-types/src/object.rs, object_size_for_gas_metering): contents, type, and 88 besides. */
const FIXED = 88;

describe("objects written", () => {
  /** `max_size_written_objects`. */
  const MOST = 5_000_000;
  const name = "N".repeat(128);
  const type = `0x99::t::T<${Array(8).fill(`0x99::${name}::${name}`).join()}>`;
  const coinBytes = FIXED + 40 + 1 + bcs.TypeTag.serialize(type).toBytes().length;
  const gasBytes = FIXED + 40 + 1;
  const PARTS = Math.floor((MOST - 1_000) / coinBytes) - 1;

  /** The token's parts, itself, the gas coin, and one more object that makes `bytes` of them all. */
  function written(bytes: number) {
    const mine = token(1, 1_000_000n, type);
    const filler = (fields: number): TestObject =>
      moveObject({
        id: numbered(0x8888),
        owner: { AddressOwner: SENDER },
        type: "0x99::m::T",
        fields: new Uint8Array(fields),
      });
    const fillerBytes = FIXED + 32 + 1 + bcs.StructTag.serialize(FILLER).toBytes().length;
    const rest = filler(bytes - (PARTS + 1) * coinBytes - gasBytes - fillerBytes);
    return execute(
      transaction({
        payment: PAYMENT,
        budget: BUDGET,
        inputs: [owned(mine), owned(rest), u64(1n), address(RECIPIENT)],
        commands: splitAndGive(input(0), PARTS, 2, 3),
      }),
      { objects: [mine, rest, ...PAYMENT] },
    );
  }
  const FILLER = { address: "0x99", module: "m", name: "T", typeParams: [] };

  it("may have five million bytes together", () => {
    const success = written(MOST);
    expect(status(success)).toMatchObject({ Success: true });
    expect(success.written.size).toBe(PARTS + 3);
  });

  it("may not have one more", () => {
    expect(status(written(MOST + 1)).Failed).toMatchObject({
      error: { WrittenObjectsTooLarge: { currentSize: String(MOST + 1), maxSize: String(MOST) } },
      command: null,
    });
  });
});

describe("effects", () => {
  // Upstream's bound: 2,220 bytes, 128 for each object made or written and again for each input that may be, 40 for each input
  // (crates/iota-types/src/effects/mod.rs, estimate_effects_size_upperbound_v1).
  const INPUTS = 881;
  const estimate = (parts: number) => 2_220 + 128 * (2 * (INPUTS + 1) + parts) + 40 * (INPUTS + 1);
  const MOST = 524_288;
  const coins = Array.from({ length: INPUTS }, (_, n) => other(n, 1n));

  function effectsOf(parts: number) {
    return execute(
      transaction({
        payment: PAYMENT,
        budget: BUDGET,
        inputs: [u64(1n), address(RECIPIENT), ...coins.map(owned)],
        commands: splitAndGive(gasCoin, parts, 0, 1),
      }),
      { objects: [...coins, ...PAYMENT] },
    );
  }

  it("may be estimated at 512 KiB, and not at more", () => {
    const parts = 2_039;
    expect([estimate(parts), estimate(parts + 1)].map((bytes) => bytes <= MOST)).toEqual([true, false]);
    expect(status(effectsOf(parts))).toMatchObject({ Success: true });
    expect(status(effectsOf(parts + 1)).Failed).toMatchObject({
      error: { EffectsTooLarge: { currentSize: String(estimate(parts + 1)), maxSize: String(MOST) } },
      command: null,
    });
  });
});

describe("vectors that commands make", () => {
  /** Bytes of all of them and of their types (core/execute/values.ts), of one of them, and of a pure argument. */
  const ROOM = 4_194_304;
  const LARGEST = 1_048_576;
  const ARGUMENT = 16_384;
  /** Of `vector<vector<u8>>`. */
  const TYPE = 3;
  const bytes = (length: number) => bcs.byteVector().serialize(new Uint8Array(length), { maxSize: ARGUMENT }).toBytes();
  const FULL = bytes(ARGUMENT - 2);

  /** Commands that leave `left` bytes of the room, and their inputs: full arguments, and one shorter for each vector. */
  function filling(left: number) {
    const inputs = [pure(FULL)];
    const commands: Command[] = [];
    for (let room = ROOM; room > left; ) {
      const size = Math.min(LARGEST, room - left - TYPE);
      const times = Math.floor((size - 1) / ARGUMENT);
      const rest = size - 1 - times * ARGUMENT;
      const last = rest >= 128 + 2 ? bytes(rest - 2) : bytes(rest - 1);
      expect(last.length).toBe(rest);
      commands.push(makeVector("vector<u8>", ...Array<Argument>(times).fill(input(0)), input(inputs.length)));
      inputs.push(pure(last));
      room -= TYPE + size;
    }
    return { inputs, commands };
  }

  /** What becomes of a last vector when `left` bytes are left for it. */
  function outcome(left: number, last: (inputs: number) => Command, objects: readonly TestObject[] = []) {
    const { inputs, commands } = filling(left);
    const all = [...inputs, u64(1n), ...objects.map(owned)];
    const { host } = run(transaction({ payment: PAYMENT, inputs: all, commands: [...commands, last(inputs.length)] }), {
      objects: [...objects, ...PAYMENT],
    });
    if (host.kind === "dropped") {
      expect(host).toMatchObject({ code: codeNumber(ExecuteDrop, "valuesTooLarge"), a: BigInt(ROOM), b: 0n });
      return "dropped";
    }
    return host.kind === "executed" ? bcs.TransactionEffects.parse(host.effects).V1.status : host.kind;
  }

  // A vector's type takes a byte more than its elements', and its count one.
  it.each([
    ["of nothing", 2 + 1, () => makeVector("u64")],
    ["of an amount", 2 + 1 + 8, (n: number) => makeVector("u64", input(n))],
  ] as const)("%s may take all that is left of their room", (_, wanted, last) => {
    expect(outcome(wanted, last)).toMatchObject({ Success: true });
    for (const less of [1, 2, wanted - 2, wanted - 1, wanted]) expect(outcome(wanted - less, last)).toBe("dropped");
  });

  // The type of a coin of IOTA has 88 bytes. That of each further object is written behind what the vector has so far, to be compared, with
  // room for the longest that comes of a short form of one byte (MAX_TAG_GROWTH of core/lib/iota/types.ts).
  const COIN_TYPE = 88;
  const ROOM_FOR_TYPE = 1 + 88;
  it.each([
    ["one coin", 1, 1 + COIN_TYPE + 1 + 40],
    ["two coins", 2, 1 + COIN_TYPE + 1 + 40 + ROOM_FOR_TYPE],
  ])("of %s may take all that is left, with room for their types", (_, count, wanted) => {
    const coins = Array.from({ length: count }, (_, n) => other(n, 1n));
    const last = (n: number) => makeVector(null, ...coins.map((_, i) => input(n + 1 + i)));
    expect(outcome(wanted, last, coins)).toMatchObject({ Failed: { error: { $kind: "UnusedValueWithoutDrop" } } });
    for (const less of [1, 40, 41, 42, wanted - 2]) expect(outcome(wanted - less, last, coins)).toBe("dropped");
  });

  it("of objects may have 8,192 bytes, and no more", () => {
    const vectorOf = (size: number) => {
      const mine = moveObject({
        id: numbered(0x8888),
        owner: { AddressOwner: SENDER },
        type: "0x99::m::T",
        fields: new Uint8Array(size - 1 - 32),
      });
      const bytes = transaction({ payment: PAYMENT, inputs: [owned(mine)], commands: [makeVector(null, input(0))] });
      return status(execute(bytes, { objects: [mine, ...PAYMENT] })).Failed?.error;
    };
    expect(vectorOf(8_192)).toMatchObject({ UnusedValueWithoutDrop: { resultIdx: 0, secondaryIdx: 0 } });
    expect(vectorOf(8_193)).toMatchObject({ MoveObjectTooBig: { objectSize: "8193", maxObjectSize: "8192" } });
  });
});
