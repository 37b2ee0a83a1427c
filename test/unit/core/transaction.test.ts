/** core/lib/iota/transaction: against the official SDK's BCS, and against values published by the reference implementation. */
import { readFileSync } from "node:fs";
import { bcs } from "@iota/iota-sdk/bcs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SignedMessage } from "../../../core/wire/frames.ts";
import { encode } from "../../../core/wire/schema.ts";
import {
  anyTransaction,
  bytesAt,
  described,
  INPUT,
  MALFORMED,
  OUT,
  oracleAccepts,
  PARSED,
  ProgrammableData,
  parse,
  put,
  UNSUPPORTED_KIND,
  wasm,
} from "./transaction-support.ts";

const upstream = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../vectors/data/upstream/${file}.json`, import.meta.url), "utf8"));
const base64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const base58 = (at: number) => bcs.ObjectDigest.parse(new Uint8Array([32, ...bytesAt(at, 32)]));

function digestOf(bytes: Uint8Array): string {
  put(INPUT, bytes);
  wasm.transactionDigest(OUT, INPUT, bytes.length);
  return base58(OUT);
}

/** Whether every name in the parsed transaction is a Move identifier; the SDK's text for types cannot hold others. */
function namesValid(): boolean {
  for (let i = 0; i < wasm.transactionCommandCount(); i++) {
    const kind = wasm.openCommand(i);
    if (!wasm.commandTypeNamesValid() || (kind === 0 && !wasm.commandNamesValid())) return false;
  }
  return true;
}

describe("programmable transactions against the SDK's BCS", () => {
  it("reads every field of any well-formed transaction", () => {
    fc.assert(
      fc.property(anyTransaction, (bytes) => {
        expect(parse(bytes)).toBe(PARSED);
        expect(described(bytes.length)).toEqual(ProgrammableData.parse(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it("refuses every true prefix, and a byte too many", () => {
    fc.assert(
      fc.property(anyTransaction, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (bytes, part) => {
        expect(parse(bytes.subarray(0, Math.floor(part * bytes.length)))).toBe(MALFORMED);
        expect(parse(new Uint8Array([...bytes, 0]))).toBe(MALFORMED);
      }),
      { numRuns: 300 },
    );
  });

  it("accepts a changed transaction exactly when the SDK does", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 7, 32, 128, 255))), {
      minLength: 1,
      maxLength: 3,
    });
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(anyTransaction, changes, (original, edits) => {
        const bytes = original.slice();
        for (const [place, value] of edits) bytes[place % bytes.length] = value;
        const parsed = parse(bytes) === PARSED;
        if (parsed && (wasm.transactionKind() !== 0 || !namesValid())) return;
        expect(parsed).toBe(oracleAccepts(bytes));
        if (parsed) accepted++;
        else refused++;
      }),
      { numRuns: 600 },
    );
    expect(accepted).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  }, 60_000);

  const reference = { objectId: "0x5", version: 6, digest: base58(OUT) };
  /** One with every kind of input. */
  const everyInput = (expiration: { None: true } | { Epoch: number }): Uint8Array =>
    ProgrammableData.serialize({
      V1: {
        kind: {
          ProgrammableTransaction: {
            inputs: [
              { Pure: { bytes: Uint8Array.of(1, 2, 3) } },
              { Object: { ImmOrOwnedObject: reference } },
              { Object: { SharedObject: { objectId: "0x6", initialSharedVersion: 7, mutable: true } } },
              { Object: { Receiving: reference } },
            ],
            commands: [{ SplitCoins: { coin: { GasCoin: true }, amounts: [{ Input: 0 }] } }],
          },
        },
        sender: "0x1",
        gasData: { payment: [reference], owner: "0x2", price: 3, budget: 4 },
        expiration,
      },
    }).toBytes();

  it("accepts a transaction with one other byte, wherever it is, exactly when the SDK does", () => {
    const good = everyInput({ Epoch: 8 });
    for (let place = 0; place < good.length; place++) {
      for (const value of [0, 1, 2, 31, 33, 0x80]) {
        const bytes = good.slice();
        bytes[place] = value;
        const parsed = parse(bytes);
        if (parsed !== UNSUPPORTED_KIND) expect([place, parsed === PARSED]).toEqual([place, oracleAccepts(bytes)]);
      }
    }
  });

  it("accepts a transaction with a piece of its end left out exactly when the SDK does", () => {
    for (const good of [everyInput({ None: true }), everyInput({ Epoch: 8 })]) {
      for (let from = good.length - 52; from < good.length; from++) {
        for (let to = from + 1; to <= good.length; to++) {
          const bytes = new Uint8Array([...good.subarray(0, from), ...good.subarray(to)]);
          expect([from, to, parse(bytes) === PARSED]).toEqual([from, to, oracleAccepts(bytes)]);
        }
      }
    }
  });

  it("refuses random bytes without a trap", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(2), (tail, kind) => {
        expect(parse(new Uint8Array([0, kind, ...tail]))).toBe(MALFORMED);
      }),
      { numRuns: 2_000 },
    );
  });

  it("names the kinds it does not read", () => {
    for (const kind of [3, 4, 5, 6]) {
      expect(parse(new Uint8Array([0, kind, 0, 0, 0]))).toBe(UNSUPPORTED_KIND);
      expect(wasm.transactionKind()).toBe(kind);
    }
    expect(parse(new Uint8Array([0, 7, 0]))).toBe(MALFORMED);
    expect(parse(new Uint8Array([1, 0, 0]))).toBe(MALFORMED);
  });

  it("takes types of any depth without a limit of its own", () => {
    const bytes = ProgrammableData.serialize({
      V1: {
        kind: { ProgrammableTransaction: { inputs: [], commands: [{ MakeMoveVec: { type: "u8", elements: [] } }] } },
        sender: "0x1",
        gasData: { payment: [], owner: "0x1", price: 1, budget: 1 },
        expiration: { None: true },
      },
    }).toBytes();
    const place = bytes.indexOf(5) + 2;
    const deep = new Uint8Array([
      ...bytes.subarray(0, place),
      ...new Uint8Array(100_000).fill(6),
      ...bytes.subarray(place),
    ]);
    expect(parse(bytes)).toBe(PARSED);
    expect(parse(deep)).toBe(PARSED);
    deep[place + 100_000] = 11;
    expect(parse(deep)).toBe(MALFORMED);
  });
});

describe("values published by the reference implementation", () => {
  const executions = upstream("executions");

  it("digests of coin transactions and of prologues", () => {
    const published = [...executions.executions, ...executions.consensusCommitPrologues];
    expect(published.length).toBe(9);
    for (const { transactionData } of published) {
      const bytes = base64(transactionData.bcs);
      expect(parse(bytes)).toBe(PARSED);
      expect(digestOf(bytes)).toBe(transactionData.digest);
    }
  });

  it("fields of consensus commit prologues", () => {
    for (const prologue of executions.consensusCommitPrologues) {
      expect(parse(base64(prologue.transactionData.bcs))).toBe(PARSED);
      expect(wasm.transactionKind()).toBe(2);
      expect(wasm.prologueEpoch()).toBe(BigInt(prologue.epoch));
      expect(wasm.prologueRound()).toBe(BigInt(prologue.round));
      expect(wasm.prologueHasSubDagIndex()).toBe(0);
      expect(wasm.prologueTimestampMs()).toBe(BigInt(prologue.commitTimestampMs));
      expect(base58(wasm.prologueCommitDigest())).toBe(prologue.consensusCommitDigest);
      expect(wasm.prologueAssignmentCount()).toBe(0);
      expect(wasm.transactionGasPrice()).toBe(1n);
      expect(wasm.transactionGasCount()).toBe(1);
    }
  });

  it("a prologue with every optional part", () => {
    const bytes = bcs
      .struct("Prologue", {
        versions: bcs.bytes(2),
        epoch: bcs.u64(),
        round: bcs.u64(),
        subDagIndex: bcs.option(bcs.u64()),
        timestampMs: bcs.u64(),
        digest: bcs.ObjectDigest,
        assignments: bcs.enum("Assignments", {
          CancelledTransactions: bcs.vector(
            bcs.tuple([bcs.ObjectDigest, bcs.vector(bcs.tuple([bcs.Address, bcs.u64()]))]),
          ),
        }),
        sender: bcs.Address,
        gasData: bcs.GasData,
        expiration: bcs.u8(),
      })
      .serialize({
        versions: [0, 2],
        epoch: 3,
        round: 4,
        subDagIndex: 5,
        timestampMs: 6,
        digest: base58(OUT),
        assignments: { CancelledTransactions: [[base58(OUT), [["0x6", 7]]]] },
        sender: "0x0",
        gasData: { payment: [], owner: "0x0", price: 1, budget: 0 },
        expiration: 0,
      })
      .toBytes();
    expect(parse(bytes)).toBe(PARSED);
    expect([wasm.prologueEpoch(), wasm.prologueRound(), wasm.prologueTimestampMs()]).toEqual([3n, 4n, 6n]);
    expect([wasm.prologueHasSubDagIndex(), wasm.prologueSubDagIndex()]).toEqual([1, 5n]);
    expect(wasm.prologueAssignmentCount()).toBe(1);
    // Digests are byte strings, of 32 bytes each.
    const lengths = [...bytes.keys()].filter((place) => bytes[place] === 32);
    expect(lengths.length).toBe(2);
    for (const place of lengths) {
      const longer = bytes.slice();
      longer[place] = 33;
      expect(parse(longer)).toBe(MALFORMED);
    }
  });

  it("transactions of the Rust SDK's fixtures", () => {
    const fixtures = upstream("sdk-fixtures").fixtures.filter((f: { type: string }) => f.type === "TransactionData");
    const results = fixtures.map((f: { bcs: string }) => parse(base64(f.bcs)));
    // A programmable transaction, a change of epoch (kind 4) and a prologue.
    expect(results).toEqual([PARSED, UNSUPPORTED_KIND, PARSED]);
  });

  it("genesis transactions made of the Rust SDK's objects", () => {
    const objects: Uint8Array[] = upstream("sdk-fixtures")
      .fixtures.filter((f: { type: string }) => f.type === "Object")
      .map((f: { bcs: string }) => base64(f.bcs));
    expect(objects.length).toBe(5);
    // A genesis object is an object without its previous transaction (33 bytes) and storage rebate (8 bytes).
    const raw = objects.map((object) => object.subarray(0, -41));
    const event = bcs
      .struct("Event", {
        package: bcs.Address,
        module: bcs.string(),
        sender: bcs.Address,
        type: bcs.StructTag,
        contents: bcs.byteVector(),
      })
      .serialize({
        package: "0x2",
        module: "coin",
        sender: "0x0",
        type: { address: "0x2", module: "coin", name: "Made", typeParams: [{ u8: true }] },
        contents: [1, 2, 3],
      })
      .toBytes();
    const tail = bcs
      .struct("Tail", { sender: bcs.Address, gasData: bcs.GasData, expiration: bcs.u8() })
      .serialize({ sender: "0x0", gasData: { payment: [], owner: "0x0", price: 1, budget: 0 }, expiration: 0 })
      .toBytes();
    const bytes = Buffer.concat([
      new Uint8Array([0, 1, raw.length]),
      ...raw.flatMap((object) => [new Uint8Array([0]), object]),
      new Uint8Array([1]),
      event,
      tail,
    ]);
    expect(parse(bytes)).toBe(PARSED);
    expect(wasm.transactionKind()).toBe(1);
    const found = Array.from({ length: wasm.genesisObjectCount() }, (_, i) =>
      bytesAt(wasm.genesisObject(i), wasm.genesisObjectLength(i)),
    );
    expect(found).toEqual(raw.map((object) => new Uint8Array(object)));
    expect(wasm.genesisEventCount()).toBe(1);
    expect(bytesAt(wasm.genesisEvents(), wasm.genesisEventsLength())).toEqual(new Uint8Array([1, ...event]));
    expect(parse(bytes.subarray(0, -1))).toBe(MALFORMED);
  });
});

describe("the message that vaults sign", () => {
  it("is the BCS of SignedMessage", () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(
        fc.record({
          chain: bytes32,
          epoch: u64,
          author: fc.nat(65_535),
          boot: u64,
          kind: fc.nat(255),
          slot: u64,
          digest: bytes32,
        }),
        (fields) => {
          put(INPUT, fields.chain);
          put(INPUT + 32, fields.digest);
          const { epoch, author, boot, kind, slot } = fields;
          const length = wasm.signedMessage(OUT, INPUT, epoch, author, boot, kind, slot, INPUT + 32);
          const domain = new TextEncoder().encode("CAISSON1");
          expect(bytesAt(OUT, length)).toEqual(encode(SignedMessage, { domain, ...fields }));
        },
      ),
    );
  });
});
