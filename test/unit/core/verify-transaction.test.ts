/** `verify` on users' transactions: what the official SDK builds and signs passes, and each rule refuses what breaks it. */
import { bcs } from "@iota/iota-sdk/bcs";
import { TransactionDataBuilder } from "@iota/iota-sdk/transactions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeNumber, SignatureFault } from "../../../core/wire/codes.ts";
import {
  alice,
  aliceAddress,
  bob,
  bobAddress,
  EPOCH,
  GAS,
  hash,
  NO_CHAIN,
  object,
  owned,
  PRICE,
  pure,
  raw,
  receiving,
  rejection,
  shared,
  signed,
  transfer,
  utf8,
  verifier,
} from "./verify-support.ts";

const component = verifier();
const step = (transaction: Uint8Array, signatures: Uint8Array[], id = 1n) =>
  component.step("hostToVerify", { kind: "transaction", id, transaction, signatures });
/** What `b` of a rejected signature holds that is well formed and does not verify. */
const FAULT = BigInt(codeNumber(SignatureFault, "signature"));
const bytes32 = (hex: string) => bcs.Address.serialize(hex).toBytes();
const base58 = (digest: Uint8Array) => bcs.ObjectDigest.parse(new Uint8Array([32, ...digest]));

/** Signs as the sender (or as given) and returns the refusal's name and values, which are not those of the one before. */
async function refused(transaction: Uint8Array, ...keys: (typeof alice)[]) {
  const tooMany = await signed(nothing, alice, bob);
  expect(rejection(step(nothing, tooMany))).toMatchObject({ name: "wrongSignatureCount", a: 1n, b: 2n });
  const { name, a, b } = rejection(step(transaction, await signed(transaction, ...keys)));
  return [name, a, b];
}

async function expectAccepted(transaction: Uint8Array, signatures: Uint8Array[]) {
  expect(step(transaction, signatures, 77n).map(({ lane, frame }) => [lane, frame.kind])).toEqual([
    ["verifyToHost", "transaction"],
    ["verifyToOrder", "transaction"],
  ]);
}

const input = (Input: number) => ({ Input });
const gasCoin = { GasCoin: true as const };
const nothing = raw([], []);
const split = { SplitCoins: { coin: gasCoin, amounts: [input(0)] } };

describe("transactions that pass", () => {
  it("one of the SDK's builder, with the SDK's digest", async () => {
    const transaction = await transfer();
    const signatures = await signed(transaction);
    const outputs = step(transaction, signatures, 42n);
    const digest = TransactionDataBuilder.getDigestFromBytes(transaction);
    const parties = {
      sender: bytes32(aliceAddress),
      gasOwner: bytes32(aliceAddress),
      gasObjects: [bytes32(GAS.objectId)],
    };
    const [toHost, toOrder] = outputs;
    expect(outputs.length).toBe(2);
    expect(toHost).toEqual({
      lane: "verifyToHost",
      frame: { kind: "transaction", id: 42n, digest: expect.any(Uint8Array), ...parties },
    });
    const signaturesDigest = hash(bcs.vector(bcs.byteVector()).serialize(signatures).toBytes());
    expect(toOrder).toEqual({
      lane: "verifyToOrder",
      frame: { kind: "transaction", digest: expect.any(Uint8Array), signaturesDigest, ...parties },
    });
    for (const output of [toHost!, toOrder!])
      expect(base58((output.frame as { digest: Uint8Array }).digest)).toBe(digest);
  });

  it("sponsored, with both signatures in either order", async () => {
    const transaction = await transfer((t) => t.setGasOwner(bobAddress));
    const both = await signed(transaction, alice, bob);
    await expectAccepted(transaction, both);
    await expectAccepted(transaction, [...both].reverse());
    const [toHost] = step(transaction, both);
    expect(toHost!.frame).toMatchObject({ sender: bytes32(aliceAddress), gasOwner: bytes32(bobAddress) });
  });

  it("every kind of command and input, and none at all", async () => {
    const types = ["u64", "vector<0x2::coin::Coin<0x2::iota::IOTA>>"];
    const all = raw(
      [pure(8), owned(1), shared("0x6"), receiving(2), shared("0x8")],
      [
        {
          MoveCall: { package: "0x2", module: "coin", function: "_mint", typeArguments: types, arguments: [input(1)] },
        },
        { MoveCall: { package: "0x2", module: "coin", function: "noop", typeArguments: [], arguments: [] } },
        split,
        { MakeMoveVec: { type: "u8", elements: [] } },
        { MakeMoveVec: { type: null, elements: [input(1)] } },
        { Publish: { modules: [new Uint8Array(9)], dependencies: ["0x1", "0x2"] } },
        { Upgrade: { modules: [new Uint8Array(9)], dependencies: [], package: "0x99", ticket: { Result: 1 } } },
        { MoveCall: { package: "0x3", module: "dice", function: "roll", typeArguments: [], arguments: [input(4)] } },
        { MergeCoins: { destination: gasCoin, sources: [{ NestedResult: [0, 1] }] } },
        { TransferObjects: { objects: [{ Result: 0 }], address: input(0) } },
      ],
    );
    await expectAccepted(all, await signed(all));
    await expectAccepted(nothing, await signed(nothing));
  });

  it("everything at its limit", async () => {
    const limits = [
      raw([pure(16_383)], [split]),
      raw([], Array(1_023).fill({ MakeMoveVec: { type: "u8", elements: [] } })),
      raw([], [{ MakeMoveVec: { type: "u8", elements: Array(511).fill(gasCoin) } }]),
      raw([], [], { payment: Array.from({ length: 255 }, (_, i) => object(i)) }),
      raw(
        Array.from({ length: 2_047 }, (_, i) => shared(object(i + 1).objectId)),
        [
          { MakeMoveVec: { type: "0x2::a::B", elements: [] } },
          { MakeMoveVec: { type: "0x2::a::B<0x2::a::C>", elements: [] } },
        ],
      ),
      raw([], [{ MakeMoveVec: { type: `${"vector<".repeat(14)}u8${">".repeat(14)}`, elements: [] } }]),
      raw([], Array(5).fill({ Publish: { modules: Array(63).fill([1]), dependencies: Array(31).fill("0x1") } })),
      raw([], [], { price: 100_000n, budget: 50_000_000_000n }),
      raw([], [], { price: 100_000n, budget: 100_000_000n }),
      raw([], [], { price: PRICE, budget: 1_000n * PRICE }),
      raw([], [], {}, { Epoch: Number(EPOCH) }),
    ];
    for (const transaction of limits) await expectAccepted(transaction, await signed(transaction));
  });

  it("as large as the signed transaction may be, and no larger", async () => {
    // Upstream counts the BCS of SenderSignedData, as the SDK has it.
    const size = (transaction: Uint8Array, signatures: Uint8Array[]) =>
      bcs.SenderSignedData.serialize([
        {
          intentMessage: {
            intent: { scope: { TransactionData: true }, version: { V0: true }, appId: { Iota: true } },
            value: bcs.TransactionData.parse(transaction),
          },
          txSignatures: signatures,
        },
      ]).toBytes().length;
    const build = (last: number) => raw([...Array(7).fill(pure(16_383)), pure(last)], [split]);
    const first = build(16_000);
    const spare = 131_072 - size(first, await signed(first));
    expect(spare).toBeGreaterThan(0);
    expect(spare).toBeLessThan(383);
    const largest = build(16_000 + spare);
    await expectAccepted(largest, await signed(largest));
    expect(await refused(build(16_000 + spare + 1))).toEqual(["transactionTooLarge", 131_072n, 131_073n]);
  });
});

describe("transactions that are refused", () => {
  it("expired ones, by the epoch that an instance without a chain is told", async () => {
    const environment = { ...NO_CHAIN.environment, epoch: 9n };
    const later = verifier({ origin: { ...NO_CHAIN, environment } });
    const until = async (epoch: number) => {
      const transaction = raw([], [], {}, { Epoch: epoch });
      return { kind: "transaction", id: 1n, transaction, signatures: await signed(transaction) } as const;
    };
    expect(rejection(later.step("hostToVerify", await until(8)))).toMatchObject({ name: "expired", a: 8n, b: 9n });
    expect(later.step("hostToVerify", await until(9))[0]!.frame.kind).toBe("transaction");
  });

  it("limits of the whole", async () => {
    const vector = { MakeMoveVec: { type: "u8", elements: [] } };
    expect(await refused(raw([], Array(1_024).fill(vector)))).toEqual(["tooManyCommands", 1_024n, 1_024n]);
    expect(await refused(raw([], [], { payment: [] }))).toEqual(["noGasPayment", 0n, 0n]);
    const payment = Array.from({ length: 256 }, (_, i) => object(i));
    expect(await refused(raw([], [], { payment }))).toEqual(["tooManyGasObjects", 256n, 256n]);
    const inputs = Array.from({ length: 2_048 }, (_, i) => shared(object(i + 1).objectId));
    const call = { MoveCall: { package: "0x2", module: "a", function: "b", typeArguments: [], arguments: [] } };
    expect(await refused(raw(inputs, [call]))).toEqual(["tooManyInputs", 2_048n, 2_049n]);
    expect(await refused(raw([...inputs.slice(1), receiving(9_999), receiving(9_998)], []))).toEqual([
      "tooManyInputs",
      2_048n,
      2_049n,
    ]);
    // Each package counts once, wherever it is named: two in one type, two among dependencies, the one that is called.
    const share: Parameters<typeof raw>[1] = [{ MakeMoveVec: { type: "0x77::a::B<0x2::a::C>", elements: [] } }];
    const publish = { modules: [[1]], dependencies: ["0x1", "0x77", "0x1"] };
    const both = raw(inputs.slice(2), [...share, { Publish: publish }] as typeof share);
    expect(await refused(raw(inputs.slice(1), share))).toEqual(["tooManyInputs", 2_048n, 2_049n]);
    expect(await refused(both)).toEqual(["tooManyInputs", 2_048n, 2_049n]);
    await expectAccepted(raw(inputs.slice(2), share), await signed(raw(inputs.slice(2), share)));
    expect(await refused(raw([pure(16_384)], [split]))).toEqual(["pureTooLarge", 16_384n, 16_384n]);
    expect(await refused(raw([], [], {}, { Epoch: 4 }))).toEqual(["expired", 4n, EPOCH]);
  });

  it("gas", async () => {
    expect(await refused(raw([], [], { price: 999n }))).toEqual(["gasPriceTooLow", 1_000n, 999n]);
    expect(await refused(raw([], [], { price: 100_001n }))).toEqual(["gasPriceTooHigh", 100_000n, 100_001n]);
    expect(await refused(raw([], [], { budget: 50_000_000_001n }))).toEqual([
      "gasBudgetTooHigh",
      50_000_000_000n,
      50_000_000_001n,
    ]);
    expect(await refused(raw([], [], { budget: 999_999n }))).toEqual(["gasBudgetTooLow", 1_000_000n, 999_999n]);
    expect(await refused(raw([], [], { price: 2_000n, budget: 1_999_999n }))).toEqual([
      "gasBudgetTooLow",
      2_000_000n,
      1_999_999n,
    ]);
  });

  it("an object named twice, in every combination", async () => {
    const twice = [
      raw([owned(1), owned(1)], []),
      raw([owned(1), shared(object(1).objectId)], []),
      raw([shared("0x6"), pure(1), shared("0x6", true)], []),
      raw([receiving(1), owned(1)], []),
      raw([receiving(1), receiving(1)], []),
      raw([receiving(0)], []),
      raw([owned(0)], []),
      raw([], [], { payment: [object(1), object(2), object(1)] }),
      raw([owned(5), ...Array.from({ length: 300 }, (_, i) => owned(400 - i)), owned(5)], []),
    ];
    for (const transaction of twice) expect(await refused(transaction)).toEqual(["duplicateObject", 0n, 0n]);
  });

  it("commands", async () => {
    const many = Array(512).fill(gasCoin);
    const call = (changes: object) => ({
      MoveCall: {
        package: "0x2",
        module: "m",
        function: "f",
        typeArguments: [] as string[],
        arguments: [],
        ...changes,
      },
    });
    const publish = { Publish: { modules: [[1]], dependencies: ["0x1"] } };
    const ok = { MakeMoveVec: { type: "u8", elements: [] } };
    const cases: [Parameters<typeof raw>[1], unknown[]][] = [
      [
        [ok, { TransferObjects: { objects: [], address: gasCoin } }],
        ["emptyCommandInput", 1n, 0n],
      ],
      [[{ SplitCoins: { coin: gasCoin, amounts: [] } }], ["emptyCommandInput", 0n, 0n]],
      [[{ MergeCoins: { destination: gasCoin, sources: [] } }], ["emptyCommandInput", 0n, 0n]],
      [[{ MakeMoveVec: { type: null, elements: [] } }], ["emptyCommandInput", 0n, 0n]],
      [[{ Publish: { modules: [], dependencies: [] } }], ["emptyCommandInput", 0n, 0n]],
      [
        [{ Upgrade: { modules: [], dependencies: [], package: "0x2", ticket: gasCoin } }],
        ["emptyCommandInput", 0n, 0n],
      ],
      [[{ TransferObjects: { objects: many, address: gasCoin } }], ["tooManyArguments", 512n, 512n]],
      [[call({ arguments: many })], ["tooManyArguments", 512n, 512n]],
      [
        [ok, call({ module: "0m" })],
        ["badIdentifier", 1n, 0n],
      ],
      [[call({ function: "_" })], ["badIdentifier", 0n, 0n]],
      [[call({ function: "" })], ["badIdentifier", 0n, 0n]],
      [[call({ module: "<SELF>" })], ["badIdentifier", 0n, 0n]],
      [[call({ typeArguments: Array(16).fill("u8") })], ["typeTooLarge", 0n, 16n]],
      [
        [{ MakeMoveVec: { type: `${"vector<".repeat(15)}u8${">".repeat(15)}`, elements: [] } }],
        ["typeTooLarge", 0n, 16n],
      ],
      [[{ Publish: { modules: Array(64).fill([1]), dependencies: [] } }], ["tooManyModules", 64n, 64n]],
      [[{ Publish: { modules: [[1]], dependencies: Array(32).fill("0x1") } }], ["tooManyDependencies", 32n, 32n]],
      [Array(6).fill(publish), ["tooManyPublishes", 5n, 6n]],
    ];
    for (const [commands, expected] of cases) expect(await refused(raw([], commands))).toEqual(expected);
  });

  it("a bad name inside a type", async () => {
    const good = raw([], [{ MakeMoveVec: { type: "0x2::good::Name", elements: [] } }]);
    const place = Buffer.from(good).indexOf("good");
    const bad = good.slice();
    bad.set(utf8("go.d"), place);
    expect(await refused(bad)).toEqual(["badIdentifier", 0n, 0n]);
  });

  it("a command after randomness was used", async () => {
    const call = (index: number) => ({
      MoveCall: {
        package: "0x3",
        module: "dice",
        function: "roll",
        typeArguments: [],
        arguments: [gasCoin, input(index)],
      },
    });
    const inputs = [pure(8), shared("0x8")];
    expect(await refused(raw(inputs, [split, call(1), split]))).toEqual(["afterRandomness", 2n, 0n]);
    const unused = raw(inputs, [call(0), split]);
    await expectAccepted(unused, await signed(unused));
    const other = raw([pure(8), shared(`0x1${"0".repeat(62)}8`)], [call(1), split]);
    await expectAccepted(other, await signed(other));
  });

  it("what is no user's transaction", async () => {
    const transaction = await transfer();
    expect((await refused(transaction.subarray(0, -1)))[0]).toBe("malformedTransaction");
    expect((await refused(new Uint8Array([...transaction, 0])))[0]).toBe("malformedTransaction");
    expect((await refused(new Uint8Array(0)))[0]).toBe("malformedTransaction");
    expect(await refused(new Uint8Array([0, 5, 1, 2, 3]))).toEqual(["unsupportedTransactionKind", 5n, 0n]);
    // A prologue: version 0, kind 2, epoch, round, no sub-DAG index, timestamp, digest, no assignments; gas with one payment.
    const prologue = Buffer.concat([
      new Uint8Array([0, 2]),
      new Uint8Array(25),
      new Uint8Array([32]),
      new Uint8Array(32 + 2),
      raw([], []).subarray(4),
    ]);
    expect(await refused(prologue)).toEqual(["unsupportedTransactionKind", 2n, 0n]);
  });
});

describe("signatures that are refused", () => {
  it("too few, too many, a stranger's, one twice", async () => {
    const own = await transfer();
    const sponsored = await transfer((t) => t.setGasOwner(bobAddress));
    const outcome = (transaction: Uint8Array, signatures: Uint8Array[]) => {
      const { name, a, b } = rejection(step(transaction, signatures));
      return [name, a, b];
    };
    expect(outcome(own, [])).toEqual(["wrongSignatureCount", 1n, 0n]);
    expect(outcome(own, await signed(own, alice, bob))).toEqual(["wrongSignatureCount", 1n, 2n]);
    expect(outcome(sponsored, await signed(sponsored, alice))).toEqual(["wrongSignatureCount", 2n, 1n]);
    expect(outcome(own, await signed(own, bob))).toEqual(["wrongSigner", 0n, 0n]);
    expect(outcome(sponsored, await signed(sponsored, alice, alice))).toEqual(["wrongSigner", 1n, 0n]);
    expect(outcome(own, await signed(sponsored, alice))).toEqual(["badSignature", 0n, FAULT]);
    const [first, second] = await signed(sponsored, alice, bob);
    second![5]! ^= 1;
    expect(outcome(sponsored, [first!, second!])).toEqual(["badSignature", 1n, FAULT]);
  });
});

describe("any bytes", () => {
  it("no changed byte of a signed transaction passes", async () => {
    const transaction = await transfer((t) => t.setGasOwner(bobAddress));
    const both = await signed(transaction, alice, bob);
    const all = Buffer.concat([transaction, ...both]);
    for (let place = 0; place < all.length; place++) {
      const changed = Uint8Array.from(all);
      changed[place]! ^= 1 << (place % 8);
      const at = transaction.length + both[0]!.length;
      const signatures = [changed.subarray(transaction.length, at), changed.subarray(at)];
      expect(rejection(step(changed.subarray(0, transaction.length), signatures)).id).toBe(1n);
    }
  });

  it("answers each frame once, and keeps its state", () => {
    const before = component.state();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(2), (tail, variant) => {
        const outputs = component.stepRaw("hostToVerify", new Uint8Array([variant, ...tail]));
        expect(rejection(outputs).name).toBeDefined();
      }),
      { numRuns: 1_000 },
    );
    expect(component.state()).toEqual(before);
  });
});
