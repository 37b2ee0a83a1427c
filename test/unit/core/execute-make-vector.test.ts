/** MakeMoveVec: what may be an element, and what the vector comes to. */
import { toBase58 } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import { describe, expect, it } from "vitest";
import { movePackage, numbered } from "../../support/objects.ts";
import {
  address,
  gasCoin,
  input,
  makeVector,
  other,
  plain,
  pure,
  result,
  SENDER,
  split,
  status,
  type TransactionOptions,
  token,
  u64,
} from "./execute-support.ts";

describe("vectors", () => {
  const of = (type: string | null, inputs: TransactionOptions["inputs"], n = inputs!.length) =>
    plain({
      inputs: inputs!,
      commands: [makeVector(type, ...Array.from({ length: n }, (_, i) => input(i)))],
      extra: [STD, FRAMEWORK],
    });
  const STD = movePackage({ id: numbered(1) });
  const FRAMEWORK = movePackage({ id: numbered(2), previous: new Uint8Array(32).fill(5) });
  const text = (value: string) => pure(bcs.string().serialize(value).toBytes());

  it.each([
    ["u64", [u64(1n), u64(2n)]],
    ["bool", [pure([0]), pure([1])]],
    ["u8", []],
    ["address", [address(SENDER)]],
    ["0x2::object::ID", [address(SENDER)]],
    ["vector<u8>", [pure([3, 1, 2, 3]), pure([0])]],
    ["0x1::option::Option<u64>", [pure([0]), pure([1, 1, 0, 0, 0, 0, 0, 0, 0])]],
    ["0x1::string::String", [text("grüß dich 🦀"), text("")]],
    ["0x1::ascii::String", [text("plain")]],
  ] as const)("of %s are dropped without harm", (type, inputs) => {
    expect(status(of(type, [...inputs])).$kind).toBe("Success");
  });

  it.each([
    ["bool", pure([2])],
    ["u64", pure([1])],
    ["vector<u8>", pure([3, 1, 2])],
    ["vector<u8>", pure([0x80, 0])],
    ["0x1::option::Option<u64>", pure([2])],
    ["0x1::string::String", pure([2, 0xc3, 0x28])],
    ["0x1::string::String", pure([3, 0xed, 0xa0, 0x80])],
    ["0x1::string::String", pure([2, 0xc0, 0x80])],
    ["0x1::ascii::String", text("ä")],
  ] as const)("of %s refuse other bytes", (type, value) => {
    expect(status(of(type, [value])).Failed?.error.CommandArgumentError).toMatchObject({
      argIdx: 0,
      kind: { $kind: "InvalidBCSBytes" },
    });
  });

  it("of coins cannot be left over", () => {
    const success = plain({ objects: [other(1, 1n), other(2, 2n)], commands: [makeVector(null, input(0), input(1))] });
    expect(status(success).Failed).toMatchObject({
      error: { UnusedValueWithoutDrop: { resultIdx: 0, secondaryIdx: 0 } },
      command: null,
    });
    expect(success.written.size).toBe(3);
  });

  it("of coins take coins of one type alone", () => {
    const success = plain({ objects: [other(1, 1n), token(2, 2n)], commands: [makeVector(null, input(0), input(1))] });
    expect(status(success).Failed?.error.CommandArgumentError).toMatchObject({
      argIdx: 1,
      kind: { $kind: "TypeMismatch" },
    });
  });

  it("of a stated coin type take no pure bytes, and name their package as a dependency", () => {
    const success = of("0x2::coin::Coin<0x2::iota::IOTA>", [u64(1n)]);
    expect(status(success).Failed?.error.CommandArgumentError).toMatchObject({
      argIdx: 0,
      kind: { $kind: "InvalidUsageOfPureArg" },
    });
    expect(success.effects.dependencies).toContain(toBase58(new Uint8Array(32).fill(5)));
    expect(success.host.reads.some((read) => read.id[31] === 2)).toBe(true);
  });

  it.each([
    ["0x1::string::String", 1],
    ["0x2::coin::Coin<0x2::iota::IOTA>", 2],
  ])("of %s read its package for nothing", (type, id) => {
    const cost = (bytes: number) =>
      plain({
        inputs: [],
        commands: [makeVector(type)],
        extra: [movePackage({ id: numbered(id), modules: new Map([["m", new Uint8Array(bytes)]]) })],
      }).effects.gasUsed.computationCost;
    // A step of a thousand units is 66,667 bytes read.
    expect(cost(70_000)).toBe(cost(0));
  });

  it("nest, and are no amounts", () => {
    const nesting = plain({
      inputs: [u64(1n)],
      commands: [makeVector("u64", input(0)), makeVector("vector<u64>", result(0), result(0))],
    });
    expect(status(nesting).$kind).toBe("Success");
    const amount = plain({ inputs: [u64(1n)], commands: [makeVector("u64", input(0)), split(gasCoin, result(0))] });
    expect(status(amount).Failed?.error.CommandArgumentError).toMatchObject({
      argIdx: 1,
      kind: { $kind: "TypeMismatch" },
    });
  });

  it("of more than 8,192 bytes of objects are too big", () => {
    const many = Array.from({ length: 250 }, (_, n) => other(n, 1n));
    const success = plain({ objects: many, commands: [makeVector(null, ...many.map((_, i) => input(i)))] });
    // 2 bytes of count, then 40 a coin: the 205th coin passes the bound.
    expect(status(success).Failed).toMatchObject({
      error: { MoveObjectTooBig: { objectSize: "8202", maxObjectSize: "8192" } },
      command: "0",
    });
  });
});
