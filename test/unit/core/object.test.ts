/** core/lib/iota/object.ts against published objects and the official client's BCS. */
import { readFileSync } from "node:fs";
import { fromBase64, fromHex, toBase58 } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeName, codeNumber, ExecuteRejection, LedgerRefusal } from "../../../core/wire/codes.ts";
import { MAX_OBJECT_BYTES } from "../../../core/wire/limits.ts";
import type { Executed } from "../../../proofs/model/ledger.ts";
import { payment, transaction, World } from "../../../proofs/model/ledger-world.ts";
import {
  clock,
  coin,
  moveObject,
  movePackage,
  numbered,
  ObjectBcs,
  parseObject,
  signableDigest,
  type TestObject,
} from "../../support/objects.ts";
import { loadWasm } from "../../support/wasm.ts";
import { component, environment, transaction as executed } from "./execute-support.ts";

interface ObjectWasm {
  readonly memory: WebAssembly.Memory;
  input(): number;
  output(): number;
  parse(length: number): number;
  rewrite(): number;
  digest(length: number): void;
  typeTag(length: number): number;
  id(): number;
  version(): bigint;
  kind(): number;
  typeLength(): number;
  contentsLength(): number;
  ownerKind(): number;
  owner(): number;
  sharedVersion(): bigint;
  previous(): number;
  rebate(): bigint;
  isCoin(): number;
  isIotaCoin(): number;
  balance(): bigint;
  gasSize(): number;
}

const wasm = loadWasm<ObjectWasm>("test-object");
/** Wasm hands 64-bit values over as signed. */
const u64Of = (value: bigint) => BigInt.asUintN(64, value);
const memory = () => new Uint8Array(wasm.memory.buffer);
const bytesAt = (at: number, length: number) => memory().slice(at, at + length);

const execute = component(1);
const reading = executed({ payment: [] });
const world = new World().start();
const transactions = [transaction("object", payment(0, 0, 1, 1n))];
world.begin(world.order(transactions), transactions);
const result = world.run(1, world.model.objects) as Executed;

/** `execute` and `ledger`, given the same bytes for an object, must find them malformed or not as well. */
function expectSameInComponents(object: Uint8Array, isObject: boolean): void {
  const frame = {
    kind: "execute",
    id: 1n,
    mode: 0,
    commit: 1n,
    environment,
    transaction: reading,
    absent: [],
  } as const;
  const [answer] = execute.step("hostToExecute", { ...frame, objects: [object] });
  const code = answer?.frame.kind === "rejected" && "code" in answer.frame ? answer.frame.code : 0;
  expect(code === codeNumber(ExecuteRejection, "malformedObject")).toBe(!isObject);
  world.component.step("executeToLedger", { ...result, inputs: [object] });
  expect(codeName(LedgerRefusal, world.status().lastRefusal) === "malformedObject").toBe(!isObject);
}

function parse(bytes: Uint8Array): boolean {
  memory().set(bytes, wasm.input());
  const parsed = wasm.parse(bytes.length) !== 0;
  if (bytes.length <= MAX_OBJECT_BYTES) expectSameInComponents(bytes, parsed);
  return parsed;
}

function rewritten(): Uint8Array {
  return bytesAt(wasm.output(), wasm.rewrite());
}

const data = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../vectors/data/upstream/${name}.json`, import.meta.url), "utf8"));

interface Published {
  readonly id: string;
  readonly version: string | number;
  readonly digest: string;
  readonly bcs: string;
}

const published: Published[] = [
  ...data("checkpoints").checkpoints.flatMap((checkpoint: { transactions: Record<string, Published[]>[] }) =>
    checkpoint.transactions.flatMap((t) => [...t.inputObjects!, ...t.outputObjects!]),
  ),
  ...data("executions").coinObjects,
];

describe("published objects", () => {
  it("are twenty at least", () => expect(published.length).toBeGreaterThanOrEqual(20));

  it.each(published.map((o) => [`${o.id.slice(0, 10)}… version ${o.version}`, o] as const))("%s", (_, object) => {
    const bytes = fromBase64(object.bcs);
    expect(parse(bytes)).toBe(true);
    expect(bytesAt(wasm.id(), 32)).toEqual(fromHex(object.id));
    expect(wasm.version()).toBe(BigInt(object.version));
    expect(rewritten()).toEqual(bytes);
    wasm.digest(bytes.length);
    expect(toBase58(bytesAt(wasm.output(), 32))).toBe(object.digest);
  });

  it("fixtures of the Rust SDK are read and written alike", () => {
    const fixtures = data("sdk-fixtures").fixtures.filter((f: { type: string }) => f.type === "Object");
    expect(fixtures.length).toBe(5);
    for (const { bcs: encoded, note } of fixtures) {
      const bytes = fromBase64(encoded);
      expect(parse(bytes), note).toBe(true);
      expect(rewritten()).toEqual(bytes);
    }
  });
});

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => `0x${Buffer.from(b).toString("hex")}`);
const u64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
const owner = fc.oneof(
  id.map((address) => ({ AddressOwner: address })),
  id.map((address) => ({ ObjectOwner: address })),
  u64.map((initialSharedVersion) => ({ Shared: { initialSharedVersion } })),
  fc.constant({ Immutable: true as const }),
);
const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,12}$/);
const type = fc.letrec<{ tag: string }>((tie) => ({
  tag: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("bool", "u8", "u16", "u32", "u64", "u128", "u256", "address", "signer"),
    tie("tag").map((inner) => `vector<${inner}>`),
    fc
      .tuple(id, name, name, fc.array(tie("tag"), { maxLength: 3 }))
      .map(([a, m, n, of]) => `${a}::${m}::${n}${of.length > 0 ? `<${of.join(",")}>` : ""}`),
  ),
})).tag;
const anyObject: fc.Arbitrary<TestObject> = fc.oneof(
  fc.record({ id, owner, balance: u64, version: u64, rebate: u64 }).map(coin),
  fc.record({ id, owner, balance: u64, version: u64, type }).map(coin),
  fc
    .tuple(id, owner, u64, name, fc.array(type, { maxLength: 3 }), fc.uint8Array({ maxLength: 300 }))
    .map(([i, o, version, n, of, fields]) =>
      moveObject({ id: i, owner: o, version, type: `0x99::m::${n}${of.length ? `<${of.join(",")}>` : ""}`, fields }),
    ),
  fc
    .tuple(id, u64, fc.dictionary(name, fc.uint8Array({ maxLength: 60 }), { maxKeys: 4, noNullPrototype: true }), id)
    .map(([i, version, modules, other]) =>
      movePackage({
        id: i,
        version,
        modules: new Map(Object.entries(modules)),
        origins: Object.keys(modules).map((moduleName) => ({ moduleName, datatypeName: "Thing", package: i })),
        linkage: new Map([[other, { upgradedId: i, upgradedVersion: 3n }]]),
      }),
    ),
);

/** Size for gas, by the published formulas (notes on objects: crates/iota-types/src/object.rs, move_package.rs). */
function gasSize(bytes: Uint8Array): number {
  const { value } = parseObject(bytes);
  const move = value.data.Move;
  if (move) {
    const typeBytes = bytes.length - 1 - 8 - ulebBytes(move.contents.length) - move.contents.length - tailBytes(value);
    return 80 + 8 + move.contents.length + typeBytes;
  }
  const p = value.data.Package!;
  let size = 80 + 8;
  for (const [n, code] of p.moduleMap) size += n.length + code.length;
  for (const origin of p.typeOriginTable) size += origin.moduleName.length + origin.datatypeName.length + 32;
  return size + 72 * p.linkageTable.size;
}
const ulebBytes = (n: number) => (n < 0x80 ? 1 : n < 0x4000 ? 2 : 3);
const tailBytes = (value: ReturnType<typeof parseObject>["value"]) =>
  (value.owner.$kind === "Immutable" ? 1 : value.owner.$kind === "Shared" ? 9 : 33) + 33 + 8;

describe("any object", () => {
  it("is read as the client reads it, and written again to the same bytes", () => {
    fc.assert(
      fc.property(anyObject, ({ bytes }) => {
        const value = ObjectBcs.parse(bytes);
        expect(parse(bytes)).toBe(true);
        expect(rewritten()).toEqual(bytes);
        expect(u64Of(wasm.rebate())).toBe(BigInt(value.storageRebate));
        expect(toBase58(bytesAt(wasm.previous(), 32))).toBe(value.previousTransaction);
        expect(wasm.ownerKind()).toBe(
          ["AddressOwner", "ObjectOwner", "Shared", "Immutable"].indexOf(value.owner.$kind),
        );
        const address = value.owner.AddressOwner ?? value.owner.ObjectOwner;
        if (address) expect(bytesAt(wasm.owner(), 32)).toEqual(fromHex(address));
        expect(u64Of(wasm.sharedVersion())).toBe(BigInt(value.owner.Shared?.initialSharedVersion ?? 0));
        expect(wasm.gasSize()).toBe(gasSize(bytes));
        const move = value.data.Move;
        expect(wasm.isCoin() !== 0).toBe(Boolean(move?.type.GasCoin || move?.type.Coin));
        expect(wasm.isIotaCoin() !== 0).toBe(Boolean(move?.type.GasCoin));
        if (wasm.isCoin())
          expect(u64Of(wasm.balance())).toBe(
            new DataView(Uint8Array.from(move!.contents).buffer).getBigUint64(32, true),
          );
        wasm.digest(bytes.length);
        expect(bytesAt(wasm.output(), 32)).toEqual(signableDigest("Object", bytes));
      }),
    );
  });

  it("is refused when cut short or with a byte left over", () => {
    fc.assert(
      fc.property(anyObject, fc.nat(), ({ bytes }, n) => {
        expect(parse(bytes.slice(0, n % bytes.length))).toBe(false);
        expect(parse(Uint8Array.from([...bytes, 0]))).toBe(false);
      }),
    );
  });

  it("that is read after a change of any byte writes the changed bytes again", () => {
    fc.assert(
      fc.property(anyObject, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ bytes }, at, change) => {
        const changed = bytes.slice();
        changed[at % bytes.length]! ^= change;
        if (parse(changed)) expect(rewritten()).toEqual(changed);
      }),
    );
  });

  it("with one byte changed is one, or none, to every component", () => {
    const samples = [
      coin({ id: numbered(5), owner: numbered(6), balance: 7n }),
      moveObject({
        id: numbered(5),
        owner: { ObjectOwner: numbered(6) },
        type: "0x99::m::T<u8>",
        fields: new Uint8Array(3),
      }),
      movePackage({
        id: numbered(5),
        modules: new Map([
          ["a", new Uint8Array(2)],
          ["b", new Uint8Array(1)],
        ]),
      }),
      clock(5n),
    ];
    for (const { bytes } of samples) {
      let taken = 0;
      for (const [at, byte] of bytes.entries()) {
        for (const other of [byte + 1, byte - 1, byte ^ 0x80]) {
          const changed = bytes.slice();
          changed[at] = other;
          if (parse(changed)) taken++;
        }
      }
      expect(taken).toBeGreaterThan(bytes.length);
      expect(taken).toBeLessThan(3 * bytes.length);
    }
  });

  it("of random bytes never traps", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void parse(bytes)),
      { numRuns: 500 },
    );
  });
});

describe("canonical types", () => {
  const long = (tag: string) => {
    const { bytes } = moveObject({
      id: numbered(1),
      owner: { Immutable: true },
      type: tag,
      fields: new Uint8Array(8),
    });
    return bytes;
  };

  it.each(["0x2::coin::Coin<0x2::iota::IOTA>", "0x2::coin::Coin<0x99::m::T>", "0x3::staking_pool::StakedIota"])(
    "%s must not be written in the long form",
    (tag) => {
      expect(parse(long(tag))).toBe(false);
    },
  );

  it.each(["0x2::coin::CoinMetadata<0x2::iota::IOTA>", "0x2::coin::Coins<u8>", "0x3::staking_pool::Staked"])(
    "%s has no short form",
    (tag) => {
      expect(parse(long(tag))).toBe(true);
    },
  );

  it("IOTA's coin must not be written as a coin of IOTA", () => {
    const options = { id: numbered(1), owner: numbered(2), balance: 1n };
    expect(parse(coin({ ...options, type: "0x2::iota::IOTA" }).bytes)).toBe(false);
    expect(parse(coin({ ...options, type: "0x2::iota::IOTA2" }).bytes)).toBe(true);
  });

  it.each([undefined, "0x99::token::TOKEN"])("a coin has 40 bytes of contents and no others (type %s)", (type) => {
    const { bytes } = coin({ id: numbered(1), owner: numbered(2), balance: 1n, ...(type ? { type } : {}) });
    const value = ObjectBcs.parse(bytes);
    const { data } = value;
    for (const length of [31, 32, 39, 40, 41, 48, 80]) {
      const contents = Array.from({ length }, (_, i) => i);
      const other = ObjectBcs.serialize({ ...value, data: { Move: { ...data.Move!, contents } } }).toBytes();
      expect(parse(other)).toBe(length === 40);
    }
  });

  it.each([
    [0, false],
    [1, true],
    [128, true],
    [129, false],
  ])("names of %d letters: %s", (length, read) => {
    const { bytes } = moveObject({
      id: numbered(1),
      owner: { Immutable: true },
      type: "0x99::name::T",
      fields: new Uint8Array(1),
    });
    const at = Buffer.from(bytes).indexOf("name") - 1;
    const uleb = length < 128 ? [length] : [(length & 0x7f) | 0x80, 1];
    const renamed = [...bytes.subarray(0, at), ...uleb, ...Buffer.from("n".repeat(length)), ...bytes.subarray(at + 5)];
    expect(parse(Uint8Array.from(renamed))).toBe(read);
  });

  it("the clock is read", () => {
    expect(parse(clock(5n).bytes)).toBe(true);
    expect(wasm.gasSize()).toBe(80 + 8 + 40 + 46);
  });
});

describe("type tags", () => {
  const readTag = (bytes: Uint8Array) => {
    memory().set(bytes, wasm.input());
    return wasm.typeTag(bytes.length) !== 0;
  };

  it("that the client writes are read", () => {
    fc.assert(
      fc.property(type, (tag) => {
        expect(readTag(bcs.TypeTag.serialize(tag).toBytes())).toBe(true);
      }),
    );
  });

  it("are bounded in depth", () => {
    const vectors = (n: number) => Uint8Array.from([...new Array(n).fill(6), 1]);
    expect(readTag(vectors(63))).toBe(true);
    expect(readTag(vectors(64))).toBe(false);
    expect(readTag(vectors(100_000))).toBe(false);
  });

  it.each([[11], [6], [7], [1, 1], []])("%j is none", (...bytes) => {
    expect(readTag(Uint8Array.from(bytes))).toBe(false);
  });

  it("need Move identifiers", () => {
    const struct = (module: string) =>
      Uint8Array.from([7, ...new Uint8Array(32), module.length, ...Buffer.from(module), 1, 84, 0]);
    for (const good of ["a", "Z9", "_a", "_1", "a_b"]) expect(readTag(struct(good)), good).toBe(true);
    for (const bad of ["", "_", "1a", "a-b", "a b", "é"]) expect(readTag(struct(bad)), bad).toBe(false);
  });
});
