/** What the `execute` component does with coin transactions; figures are computed from the published rules, in `expectedGas`. */
import { fromHex, toBase58 } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import { describe, expect, it } from "vitest";
import { codeNumber, ExecuteDrop, ExecuteRejection } from "../../../core/wire/codes.ts";
import { Environment } from "../../../core/wire/frames.ts";
import { encode } from "../../../core/wire/schema.ts";
import { loadComponent } from "../../support/component.ts";
import {
  balanceOf,
  clock,
  coin,
  IOTA_COIN_STORAGE,
  idBytes,
  moveObject,
  movePackage,
  numbered,
  parseObject,
  signableDigest,
  type TestObject,
} from "../../support/objects.ts";
import {
  address,
  component,
  derivedId,
  environment,
  execute,
  GAS_PRICE,
  gas,
  gasCoin,
  input,
  makeVector,
  merge,
  nested,
  owned,
  pure,
  RECIPIENT,
  result,
  run,
  SENDER,
  SPONSOR,
  type Success,
  shared,
  split,
  type TransactionOptions,
  transaction,
  transactionDigest,
  transfer,
  u64,
} from "./execute-support.ts";

const BILLION = 1_000_000_000n;
/** A coin of the smallest computation step at the usual price. */
const STEP = 1_000_000n;

const other = (n: number, balance: bigint, owner = SENDER) =>
  coin({ id: numbered(0xc0_0000 + n), owner, balance, version: 11n });
const token = (n: number, balance: bigint, type = "0x99::token::TOKEN") =>
  coin({ id: numbered(0x70_0000 + n), owner: SENDER, balance, version: 3n, type, rebate: tokenStorage(type) });
const tokenStorage = (type: string) => BigInt(80 + 8 + 40 + 1 + bcs.TypeTag.serialize(type).toBytes().length) * 7600n;

const status = (success: Success) => success.effects.status;
const balance = (success: Success, id: string) => balanceOf(success.written.get(id)!.value);
const net = ({ effects: { gasUsed } }: Success) =>
  BigInt(gasUsed.computationCost) + BigInt(gasUsed.storageCost) - BigInt(gasUsed.storageRebate);
const change = (success: Success, id: string) => success.effects.changedObjects.find(([at]) => at === id)?.[1];

/** A plain run: one gas coin of a billion NANOS, these objects as inputs. */
function plain(
  options: Partial<TransactionOptions> & { objects?: readonly TestObject[]; extra?: readonly TestObject[] },
) {
  const { objects = [], extra = [], payment = [gas(1, BILLION)], ...rest } = options;
  return execute(transaction({ payment, ...rest, inputs: [...objects.map(owned), ...(options.inputs ?? [])] }), {
    objects: [...objects, ...extra, ...payment],
  });
}

describe("split, merge and transfer", () => {
  it("splits the gas coin and gives the parts away", () => {
    const success = plain({
      inputs: [u64(5n), u64(7n), address(RECIPIENT)],
      commands: [split(gasCoin, input(0), input(1)), transfer(input(2), nested(0, 0), nested(0, 1))],
    });
    expect(status(success).$kind).toBe("Success");
    const ids = [0n, 1n].map((n) => derivedId(success.host.digest, n));
    expect(ids.map((id) => balance(success, id))).toEqual([5n, 7n]);
    for (const id of ids) {
      const { value, object } = success.written.get(id)!;
      expect(value.owner.AddressOwner).toBe(RECIPIENT);
      expect(object.version).toBe(8n);
      expect(value.previousTransaction).toBe(success.digest);
      expect(BigInt(value.storageRebate)).toBe(IOTA_COIN_STORAGE);
      expect(change(success, id)?.idOperation.$kind).toBe("Created");
    }
    expect(net(success)).toBe(STEP + 2n * IOTA_COIN_STORAGE);
    expect(balance(success, gas(1, BILLION).id)).toBe(BILLION - 12n - net(success));
    expect(success.effects.lamportVersion).toBe("8");
    expect(success.effects.executedEpoch).toBe("3");
    expect(success.effects.dependencies).toEqual([toBase58(new Uint8Array(32).fill(7))]);
  });

  it("hashes the effects it makes, and tells the ledger what it tells the host", () => {
    const success = plain({ inputs: [address(RECIPIENT)], commands: [transfer(input(0), gasCoin)] });
    expect(success.host.effectsDigest).toEqual(signableDigest("TransactionEffects", success.effectsBytes));
    expect(bcs.TransactionEffects.serialize(bcs.TransactionEffects.parse(success.effectsBytes)).toBytes()).toEqual(
      success.effectsBytes,
    );
    const ledger = success.ledger!;
    expect(ledger.commit).toBe(5n);
    expect(ledger.digest).toEqual(success.host.digest);
    expect(ledger.effectsDigest).toEqual(success.host.effectsDigest);
    expect(ledger.written).toEqual(success.host.written);
    expect(ledger.reads).toEqual(success.host.reads);
    expect(ledger.environment).toEqual(environment);
    expect(ledger.transactionKind).toBe(0);
    expect(ledger.inputs).toEqual([gas(1, BILLION).bytes]);
    expect(Object.values(ledger.gas).map(String)).toEqual(Object.values(success.effects.gasUsed));
    expect(ledger.reads).toEqual([{ id: idBytes(gas(1, 0n).id), digest: gas(1, BILLION).digest }]);
  });

  it("gives the whole gas coin away, which then pays at its new owner", () => {
    const success = plain({ inputs: [address(RECIPIENT)], commands: [transfer(input(0), gasCoin)] });
    const { value } = success.written.get(gas(1, 0n).id)!;
    expect(value.owner.AddressOwner).toBe(RECIPIENT);
    expect(balanceOf(value)).toBe(BILLION - STEP);
    expect(success.effects.gasObjectIndex).toBe(0);
    expect(change(success, gas(1, 0n).id)?.inputState.Exist?.[1].AddressOwner).toBe(SENDER);
    expect(change(success, gas(1, 0n).id)?.outputState.ObjectWrite?.[1].AddressOwner).toBe(RECIPIENT);
  });

  it("merges coins, whose storage comes back", () => {
    const success = plain({
      objects: [other(1, 10n), other(2, 20n), other(3, 30n)],
      commands: [merge(input(0), input(1), input(2))],
    });
    expect(balance(success, other(1, 0n).id)).toBe(60n);
    for (const n of [2, 3]) {
      expect(change(success, other(n, 0n).id)?.outputState.$kind).toBe("NotExist");
      expect(change(success, other(n, 0n).id)?.idOperation.$kind).toBe("Deleted");
    }
    expect(success.effects.gasUsed.storageRebate).toBe(String(4n * IOTA_COIN_STORAGE));
    expect(success.effects.gasUsed.storageCost).toBe(String(2n * IOTA_COIN_STORAGE));
    expect(success.effects.lamportVersion).toBe("12");
    expect(success.ledger!.inputs.length).toBe(4);
  });

  it("leaves no trace of a coin that was split off and merged back", () => {
    const success = plain({
      inputs: [u64(5n)],
      commands: [split(gasCoin, input(0)), merge(gasCoin, result(0))],
    });
    expect(status(success).$kind).toBe("Success");
    expect(success.written.size).toBe(1);
    expect(success.host.reads.length).toBe(1);
  });

  it("derives later ids from every amount before, also of coins that are gone", () => {
    const success = plain({
      inputs: [u64(5n), address(RECIPIENT)],
      commands: [
        split(gasCoin, input(0)),
        merge(gasCoin, result(0)),
        split(gasCoin, input(0), input(0)),
        transfer(input(1), nested(2, 1), nested(2, 0)),
      ],
    });
    expect([...success.written.keys()].sort()).toEqual(
      [gas(1, 0n).id, derivedId(success.host.digest, 1n), derivedId(success.host.digest, 2n)].sort(),
    );
  });

  it("writes unused owned inputs with the new version", () => {
    const success = plain({ objects: [other(1, 10n)], inputs: [u64(0n)], commands: [split(gasCoin, input(1))] });
    expect(status(success).Failed?.error.UnusedValueWithoutDrop).toEqual({ resultIdx: 0, secondaryIdx: 0 });
    const { object, value } = success.written.get(other(1, 0n).id)!;
    expect(object.version).toBe(12n);
    expect(value.previousTransaction).toBe(success.digest);
  });

  it("keeps coins of another type apart and charges for asking the deny list", () => {
    const success = plain({
      objects: [token(1, 10n), token(2, 5n)],
      inputs: [u64(3n), address(RECIPIENT)],
      commands: [merge(input(0), input(1)), split(input(0), input(2)), transfer(input(3), result(1))],
    });
    expect(status(success).$kind).toBe("Success");
    expect(balance(success, token(1, 0n).id)).toBe(12n);
    expect(success.effects.unchangedSharedObjects).toEqual([
      [numbered(0x403), { $kind: "PerEpochConfig", PerEpochConfig: true }],
    ]);
    expect(success.effects.gasUsed.computationCost).toBe(String(STEP));
  });

  it("counts 150 units for each new owner of a regulated kind of coin", () => {
    const owners = [1, 2, 3, 4, 5, 6, 7].map((n) => numbered(0xee00 + n));
    const success = plain({
      budget: 50_000_000n,
      objects: [token(1, 100n)],
      inputs: [u64(1n), ...owners.map(address)],
      commands: [
        split(input(0), ...owners.map(() => input(1))),
        ...owners.map((_, n) => transfer(input(2 + n), nested(0, n))),
      ],
    });
    // Seven recipients and the sender, at 150 units, and a few units for reading: over one step of 1000.
    expect(success.effects.gasUsed.computationCost).toBe(String(2n * STEP));
    expect(status(success).$kind).toBe("Success");
  });
});

describe("gas", () => {
  it("smashes several payment coins into the first", () => {
    const payment = [gas(3, 400n), gas(1, BILLION), gas(2, 600n)];
    const success = plain({
      payment,
      inputs: [u64(1n), address(RECIPIENT)],
      commands: [split(gasCoin, input(0)), transfer(input(1), result(0))],
    });
    expect(balance(success, gas(3, 0n).id)).toBe(BILLION + 1000n - 1n - net(success));
    for (const n of [1, 2]) expect(change(success, gas(n, 0n).id)?.idOperation.$kind).toBe("Deleted");
    const index = success.effects.changedObjects.findIndex(([id]) => id === gas(3, 0n).id);
    expect(success.effects.gasObjectIndex).toBe(index);
  });

  it("smashes them also when the commands fail", () => {
    const payment = [gas(3, 400n), gas(1, BILLION)];
    const success = plain({ payment, inputs: [u64(2n * BILLION)], commands: [split(gasCoin, input(0))] });
    expect(status(success).Failed?.error.$kind).toBe("InsufficientCoinBalance");
    expect(status(success).Failed?.command).toBe("0");
    expect(success.effects.gasUsed.storageRebate).toBe(String(2n * IOTA_COIN_STORAGE));
    expect(balance(success, gas(3, 0n).id)).toBe(BILLION + 400n - net(success));
  });

  it("keeps the budget out of reach of the commands", () => {
    const budget = 10_000_000n;
    const all = (amount: bigint) =>
      plain({
        inputs: [u64(amount), address(RECIPIENT)],
        commands: [split(gasCoin, input(0)), transfer(input(1), result(0))],
        budget,
      });
    expect(status(all(BILLION - budget)).$kind).toBe("Success");
    expect(status(all(BILLION - budget + 1n)).Failed?.error.$kind).toBe("InsufficientCoinBalance");
  });

  it("of a budget that the first step uses up is taken whole", () => {
    const success = plain({ budget: STEP, inputs: [address(RECIPIENT)], commands: [transfer(input(0), gasCoin)] });
    expect(status(success).Failed).toMatchObject({ error: { $kind: "InsufficientGas" }, command: null });
    expect(success.effects.gasUsed.computationCost).toBe(String(STEP));
    expect(success.written.get(gas(1, 0n).id)!.value.owner.AddressOwner).toBe(SENDER);
  });

  it("falls back to the inputs alone when created objects cannot be stored", () => {
    const budget = STEP + IOTA_COIN_STORAGE - 1n;
    const success = plain({
      budget,
      inputs: [u64(1n), address(RECIPIENT)],
      commands: [split(gasCoin, input(0)), transfer(input(1), result(0))],
    });
    expect(status(success).Failed?.error.$kind).toBe("InsufficientGas");
    expect(success.effects.gasUsed).toMatchObject({
      computationCost: String(STEP),
      storageCost: String(IOTA_COIN_STORAGE),
      storageRebate: String(IOTA_COIN_STORAGE),
    });
    expect(success.written.size).toBe(1);
  });

  it("falls back to the budget when not even the inputs can be stored again", () => {
    // Coins never written before have no rebate, so that writing them back costs more than the budget.
    const fresh = coin({ id: numbered(0x9a5), owner: SENDER, balance: BILLION, rebate: 0n });
    const second = coin({ id: numbered(0x9a6), owner: SENDER, balance: 5n, rebate: 33n });
    const success = plain({
      payment: [fresh, second],
      budget: STEP + 10n,
      inputs: [u64(1n)],
      commands: [split(gasCoin, input(0))],
    });
    expect(status(success).Failed?.error.UnusedValueWithoutDrop).toBeDefined();
    expect(success.effects.gasUsed).toMatchObject({
      computationCost: String(STEP + 10n),
      storageCost: "0",
      storageRebate: "33",
    });
    expect(success.written.get(fresh.id)!.value.storageRebate).toBe("0");
    expect(balance(success, fresh.id)).toBe(BILLION + 5n - STEP - 10n + 33n);
  });

  it("burns the reference price and keeps the tip", () => {
    const success = plain({
      price: 3n * GAS_PRICE,
      inputs: [address(RECIPIENT)],
      commands: [transfer(input(0), gasCoin)],
    });
    expect(success.effects.gasUsed).toMatchObject({
      computationCost: String(3n * STEP),
      computationCostBurned: String(STEP),
    });
  });

  it("counts a further step beyond 66,733 bytes of inputs", () => {
    const sized = (bytes: number) => {
      const big = moveObject({
        id: numbered(0x1111),
        owner: { Immutable: true },
        type: "0x99::m::Big",
        // gas coin 129; 80 + 8 + contents + type
        fields: new Uint8Array(bytes - 129 - 88 - 32 - 40),
      });
      return plain({ objects: [big], inputs: [address(RECIPIENT)], commands: [transfer(input(1), gasCoin)] }).effects
        .gasUsed.computationCost;
    };
    expect(sized(66_733)).toBe(String(STEP));
    expect(sized(66_734)).toBe(String(2n * STEP));
  });

  it("that reading the inputs uses up leaves the commands unrun", () => {
    const big = moveObject({
      id: numbered(0x1111),
      owner: { Immutable: true },
      type: "0x99::m::Big",
      fields: new Uint8Array(250_000),
    });
    const success = plain({
      budget: 2n * STEP,
      objects: [big],
      inputs: [address(RECIPIENT)],
      commands: [transfer(input(1), gasCoin)],
    });
    expect(status(success).Failed).toMatchObject({ error: { $kind: "InsufficientGas" }, command: null });
    expect(success.effects.gasUsed.computationCost).toBe(String(2n * STEP));
  });

  it("is the sponsor's when there is one", () => {
    const payment = [gas(1, BILLION, SPONSOR)];
    const mine = other(1, 10n);
    const success = execute(
      transaction({
        inputs: [owned(mine), address(RECIPIENT)],
        commands: [transfer(input(1), input(0))],
        payment,
        gasOwner: SPONSOR,
      }),
      { objects: [mine, ...payment] },
    );
    expect(status(success).$kind).toBe("Success");
    expect(success.written.get(payment[0]!.id)!.value.owner.AddressOwner).toBe(SPONSOR);
    expect(success.written.get(mine.id)!.value.owner.AddressOwner).toBe(RECIPIENT);
    expect(balance(success, payment[0]!.id)).toBe(BILLION - STEP);
  });
});

describe("argument errors", () => {
  const coins = [other(1, 10n), other(2, 20n)];
  const cases: readonly (readonly [string, Partial<TransactionOptions>, number, object | string])[] = [
    [
      "an input that is not there",
      { commands: [split(gasCoin, input(9))] },
      0,
      { argIdx: 1, kind: { IndexOutOfBounds: { idx: 9 } } },
    ],
    [
      "a result of the command itself",
      { commands: [merge(gasCoin, result(0))] },
      0,
      { argIdx: 1, kind: { IndexOutOfBounds: { idx: 0 } } },
    ],
    [
      "a nested result that is not there",
      { inputs: [u64(1n)], commands: [split(gasCoin, input(2)), merge(gasCoin, nested(0, 1))] },
      1,
      { argIdx: 1, kind: { SecondaryIndexOutOfBounds: { resultIdx: 0, secondaryIdx: 1 } } },
    ],
    [
      "two results as one",
      { inputs: [u64(1n)], commands: [split(gasCoin, input(2), input(2)), merge(gasCoin, result(0))] },
      1,
      { argIdx: 1, kind: { InvalidResultArity: { resultIdx: 0 } } },
    ],
    [
      "no result as one",
      { commands: [merge(input(0), input(1)), merge(gasCoin, result(0))] },
      1,
      { argIdx: 1, kind: { InvalidResultArity: { resultIdx: 0 } } },
    ],
    [
      "a later fault of resolution before an earlier one of use",
      { commands: [merge(input(0), input(0), input(9))] },
      0,
      { argIdx: 2, kind: { IndexOutOfBounds: { idx: 9 } } },
    ],
    [
      "one coin twice",
      { commands: [merge(gasCoin, input(0), input(0))] },
      0,
      { argIdx: 2, kind: { $kind: "InvalidValueUsage" } },
    ],
    [
      "a coin merged into itself",
      { commands: [merge(input(0), input(0))] },
      0,
      { argIdx: 1, kind: { $kind: "InvalidValueUsage" } },
    ],
    [
      "a coin that is gone",
      { commands: [merge(gasCoin, input(0)), split(input(0), input(1))] },
      1,
      { argIdx: 0, kind: { $kind: "InvalidValueUsage" } },
    ],
    [
      "the gas coin merged away",
      { commands: [merge(input(0), gasCoin)] },
      0,
      { argIdx: 1, kind: { $kind: "InvalidGasCoinUsage" } },
    ],
    [
      "the gas coin after it was given away",
      { inputs: [address(RECIPIENT)], commands: [transfer(input(2), gasCoin), merge(gasCoin, input(0))] },
      1,
      { argIdx: 0, kind: { $kind: "InvalidValueUsage" } },
    ],
    ["a coin as amount", { commands: [split(gasCoin, input(0))] }, 0, { argIdx: 1, kind: { $kind: "TypeMismatch" } }],
    [
      "an amount as coin",
      { inputs: [u64(1n)], commands: [split(input(2), input(2))] },
      0,
      { argIdx: 0, kind: { $kind: "TypeMismatch" } },
    ],
    [
      "a short address",
      { inputs: [pure([1, 2, 3])], commands: [transfer(input(2), input(0))] },
      0,
      { argIdx: 1, kind: { $kind: "InvalidBCSBytes" } },
    ],
    [
      "the gas coin as address",
      { commands: [transfer(gasCoin, input(0))] },
      0,
      { argIdx: 1, kind: { $kind: "TypeMismatch" } },
    ],
    [
      "a bad second amount, blamed on the first",
      { inputs: [u64(1n), pure([1])], commands: [split(gasCoin, input(2), input(3))] },
      0,
      { argIdx: 1, kind: { $kind: "InvalidBCSBytes" } },
    ],
    [
      "too large an amount",
      { inputs: [u64(11n)], commands: [split(input(0), input(2))] },
      0,
      "InsufficientCoinBalance",
    ],
  ];

  it.each(cases)("%s", (_, options, command, expected) => {
    const success = plain({ objects: coins, ...options });
    const failed = status(success).Failed!;
    expect(failed.command).toBe(String(command));
    if (typeof expected === "string") expect(failed.error.$kind).toBe(expected);
    else expect(failed.error.CommandArgumentError).toMatchObject(expected);
    // Whatever failed: the inputs are written as they were, and gas is paid.
    expect(success.written.size).toBe(3);
    for (const c of coins) {
      expect(balance(success, c.id)).toBe(balanceOf(parseObject(c.bytes).value));
      expect(success.written.get(c.id)!.value.owner.AddressOwner).toBe(SENDER);
      expect(success.written.get(c.id)!.object.version).toBe(12n);
    }
    expect(success.effects.gasUsed.computationCost).toBe(String(STEP));
    expect(balance(success, gas(1, 0n).id)).toBe(BILLION - STEP);
  });

  it("coins of two types do not merge", () => {
    const success = plain({ objects: [token(1, 1n), other(1, 1n)], commands: [merge(input(0), input(1))] });
    expect(status(success).Failed?.error.CommandArgumentError).toMatchObject({
      argIdx: 1,
      kind: { $kind: "TypeMismatch" },
    });
  });

  it("balances do not overflow", () => {
    const success = plain({
      objects: [token(1, 0xffff_ffff_ffff_ffffn), token(2, 1n)],
      commands: [merge(input(0), input(1))],
    });
    expect(status(success).Failed).toMatchObject({ error: { $kind: "CoinBalanceOverflow" }, command: "0" });
  });

  it("immutable and read-only objects are not taken or changed", () => {
    const frozen = coin({ id: numbered(0x333), owner: { Immutable: true }, balance: 5n });
    const readable = coin({ id: numbered(0x334), owner: { Shared: { initialSharedVersion: 1n } }, balance: 5n });
    const payment = [gas(1, BILLION)];
    const outcome = (commands: TransactionOptions["commands"]) =>
      execute(
        transaction({ payment, inputs: [owned(frozen), shared(readable, false), u64(1n)], commands: commands! }),
        {
          objects: [frozen, readable, ...payment],
        },
      );
    for (const n of [0, 1]) {
      expect(status(outcome([merge(gasCoin, input(n))])).Failed?.error.CommandArgumentError).toMatchObject({
        argIdx: 1,
        kind: { $kind: "InvalidObjectByValue" },
      });
      expect(status(outcome([split(input(n), input(2))])).Failed?.error.CommandArgumentError).toMatchObject({
        argIdx: 0,
        kind: { $kind: "InvalidObjectByMutRef" },
      });
    }
    const success = outcome([makeVector("u64", input(2))]);
    expect(status(success).$kind).toBe("Success");
    expect([...success.written.keys()]).toEqual([payment[0]!.id]);
    expect(success.effects.unchangedSharedObjects).toEqual([
      [readable.id, { $kind: "ReadOnlyRoot", ReadOnlyRoot: ["1", toBase58(readable.digest)] }],
    ]);
    expect(success.host.reads.map((read) => read.digest)).toEqual([frozen.digest, readable.digest, payment[0]!.digest]);
  });

  it("a shared coin may be merged away, but not given away", () => {
    const pot = coin({
      id: numbered(0x334),
      owner: { Shared: { initialSharedVersion: 1n } },
      balance: 5n,
      version: 20n,
    });
    const payment = [gas(1, BILLION)];
    const outcome = (commands: TransactionOptions["commands"]) =>
      execute(transaction({ payment, inputs: [shared(pot, true), address(RECIPIENT)], commands: commands! }), {
        objects: [pot, ...payment],
      });
    const merged = outcome([merge(gasCoin, input(0))]);
    expect(status(merged).$kind).toBe("Success");
    expect(change(merged, pot.id)?.idOperation.$kind).toBe("Deleted");
    expect(merged.effects.lamportVersion).toBe("21");
    const given = outcome([transfer(input(1), input(0))]);
    expect(status(given).Failed).toMatchObject({ error: { $kind: "SharedObjectOperationNotAllowed" }, command: null });
    expect(given.written.get(pot.id)!.value.owner.Shared?.initialSharedVersion).toBe("1");
  });
});

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

describe("what was not given", () => {
  it("is asked for: every input and payment that is neither there nor said to be absent", () => {
    const bytes = transaction({ payment: [gas(1, BILLION)], inputs: [owned(other(1, 1n))], commands: [] });
    const needed = (options: Parameters<typeof run>[1]) => {
      const { host, ledger } = run(bytes, options);
      expect(ledger).toBeUndefined();
      return host.kind === "need" ? host.ids : host.kind;
    };
    expect(needed({ objects: [] })).toEqual([idBytes(other(1, 0n).id), idBytes(gas(1, 0n).id)]);
    expect(needed({ objects: [gas(1, BILLION)] })).toEqual([idBytes(other(1, 0n).id)]);
  });

  it("and is absent drops the transaction, with the absence as a read", () => {
    const bytes = transaction({ payment: [gas(1, BILLION)], inputs: [owned(other(1, 1n))], commands: [] });
    const { host, ledger } = run(bytes, { objects: [gas(1, BILLION)], absent: [other(1, 0n).id] });
    expect(host).toMatchObject({
      kind: "dropped",
      code: codeNumber(ExecuteDrop, "objectNotFound"),
      object: idBytes(other(1, 0n).id),
      a: 11n,
    });
    expect(ledger).toMatchObject({
      kind: "dropped",
      commit: 5n,
      code: codeNumber(ExecuteDrop, "objectNotFound"),
      environment,
    });
    expect(host.kind === "dropped" && host.reads).toEqual([
      { id: idBytes(other(1, 0n).id), digest: new Uint8Array(32) },
      { id: idBytes(gas(1, 0n).id), digest: gas(1, BILLION).digest },
    ]);
  });
});

describe("dropped transactions", () => {
  const payment = [gas(1, BILLION)];
  const mine = other(1, 10n);
  const dropped = (options: Partial<TransactionOptions>, objects: readonly TestObject[] = [mine]) => {
    const { host, ledger } = run(transaction({ payment, ...options }), {
      objects: [...new Map([...objects, ...(options.payment ?? payment)].map((o) => [o.id, o])).values()],
    });
    if (host.kind !== "dropped") throw new Error(host.kind);
    expect(ledger).toMatchObject({ kind: "dropped", code: host.code, reads: host.reads });
    return Object.keys(ExecuteDrop)[host.code - 1];
  };
  const stale = (version: bigint, digest = mine.digest) => owned({ ...mine, version, digest });
  const sharedObject = coin({
    id: numbered(0x444),
    owner: { Shared: { initialSharedVersion: 2n } },
    balance: 5n,
    version: 9n,
  });

  it.each<[string, Partial<TransactionOptions>, (readonly TestObject[])?]>([
    ["objectVersionUnavailable", { inputs: [stale(10n)] }],
    ["invalidObjectDigest", { inputs: [stale(11n, gas(1, 1n).digest)] }],
    ["incorrectOwner", { inputs: [owned(other(2, 1n, RECIPIENT))] }, [other(2, 1n, RECIPIENT)]],
    [
      "objectOwnedByObject",
      { inputs: [owned(coin({ id: numbered(7777), owner: { ObjectOwner: RECIPIENT }, balance: 1n }))] },
      [coin({ id: numbered(7777), owner: { ObjectOwner: RECIPIENT }, balance: 1n })],
    ],
    ["notSharedObject", { inputs: [shared(mine, true)] }],
    ["notSharedObject", { inputs: [owned(sharedObject)] }, [sharedObject]],
    ["sharedObjectWrongVersion", { inputs: [shared(sharedObject, true, 1n)] }, [sharedObject]],
    ["mutableSharedNotAllowed", { inputs: [shared(clock(5n), true)] }, [clock(5n)]],
    ["gasObjectNotOwned", { payment: [gas(1, BILLION, RECIPIENT)] }],
    ["gasObjectNotOwned", { payment: [coin({ id: numbered(0x555), owner: { Immutable: true }, balance: BILLION })] }],
    ["gasObjectNotCoin", { payment: [token(1, BILLION)] }],
    ["gasBalanceTooLow", { payment: [gas(1, 9_999_999n)] }],
    ["gasBudgetTooHigh", { budget: 50_000_000_001n }],
    ["gasBudgetTooLow", { budget: 999_999n }],
    ["gasPriceTooLow", { price: 999n }],
    ["gasPriceTooHigh", { price: 100_001n, budget: 50_000_000_000n }],
    ["noGasPayment", { payment: [] }],
    ["expired", { expiration: 2 }],
    ["duplicateObject", { payment: [gas(1, BILLION), gas(1, BILLION)] }],
    ["duplicateObject", { inputs: [owned(mine), owned(mine)] }],
    ["duplicateObject", { inputs: [owned(gas(1, BILLION))] }],
    [
      "movePackageAsObject",
      { inputs: [owned(movePackage({ id: numbered(0x99) }))] },
      [movePackage({ id: numbered(0x99) })],
    ],
    [
      "unsupportedInput",
      { inputs: [{ Object: { Receiving: { objectId: mine.id, version: "11", digest: toBase58(mine.digest) } } }] },
    ],
    [
      "unsupportedCommand",
      {
        commands: [
          { MoveCall: { package: numbered(2), module: "coin", function: "zero", typeArguments: [], arguments: [] } },
        ],
      },
    ],
    ["unsupportedCommand", { commands: [{ Publish: { modules: [], dependencies: [] } }] }],
    ["unsupportedCommand", { commands: [makeVector("0x99::m::T")] }],
    [
      "moveObjectAsPackage",
      { commands: [makeVector("0x1::string::String")] },
      [coin({ id: numbered(1), owner: SENDER, balance: 1n })],
    ],
  ])("%s", (name, options, objects) => {
    expect(dropped(options, objects)).toBe(name);
  });

  it("too many bytes of inputs, however many of them are given", () => {
    const big = Array.from({ length: 14 }, (_, n) =>
      moveObject({
        id: numbered(0x9000 + n),
        owner: { Immutable: true },
        type: "0x99::m::Big",
        fields: new Uint8Array(250_000),
      }),
    );
    const bytes = transaction({ payment, inputs: big.map(owned) });
    const { host } = run(bytes, { objects: big.slice(0, 12) });
    expect(host).toMatchObject({ kind: "dropped", code: codeNumber(ExecuteDrop, "inputsTooLarge") });
    expect(run(bytes, { objects: big.slice(0, 11) }).host.kind).toBe("need");
  });
});

describe("dry runs", () => {
  it("make up a gas coin, which is no read", () => {
    const mine = other(1, 10n);
    const bytes = transaction({
      payment: [],
      inputs: [owned(mine), address(RECIPIENT)],
      commands: [transfer(input(1), input(0))],
    });
    const { host, ledger } = run(bytes, { objects: [mine], mode: 1, commit: 0n });
    if (host.kind !== "executed") throw new Error(host.kind);
    expect(ledger).toBeUndefined();
    const { V1 } = bcs.TransactionEffects.parse(host.effects);
    expect(V1.status.$kind).toBe("Success");
    expect(V1.gasUsed.computationCost).toBe(String(STEP));
    expect(host.reads).toEqual([{ id: idBytes(mine.id), digest: mine.digest }]);
    expect(V1.dependencies.length).toBe(1);
    expect(V1.changedObjects[V1.gasObjectIndex!]![0]).toBe(`0x${"f".repeat(64)}`);
  });

  it("inspect without looking at owners, and let results lie", () => {
    const theirs = other(1, 10n, RECIPIENT);
    const bytes = transaction({ payment: [], inputs: [owned(theirs), u64(3n)], commands: [split(input(0), input(1))] });
    const { host } = run(bytes, { objects: [theirs], mode: 2, commit: 0n });
    if (host.kind !== "executed") throw new Error(host.kind);
    expect(bcs.TransactionEffects.parse(host.effects).V1.status.$kind).toBe("Success");
    expect(run(bytes, { objects: [theirs], mode: 1, commit: 0n }).host.kind).toBe("dropped");
  });
});

describe("frames", () => {
  const answer = (bytes: Uint8Array, lane: "hostToExecute" | number = "hostToExecute") =>
    component(1).stepRaw(lane, bytes)[0]?.frame;
  const code = (name: keyof typeof ExecuteRejection) => ({
    kind: "rejected",
    code: codeNumber(ExecuteRejection, name),
  });

  it("that are malformed are rejected", () => {
    expect(answer(new Uint8Array(0))).toMatchObject(code("malformedFrame"));
    expect(answer(Uint8Array.from([0, ...new Uint8Array(8).fill(1), 9]))).toMatchObject({
      ...code("malformedFrame"),
      id: 0x0101010101010101n,
    });
    expect(answer(new Uint8Array(0), 6)).toMatchObject(code("unknownLane"));
  });

  it("with a malformed transaction or object are rejected", () => {
    const bytes = transaction({ payment: [gas(1, BILLION)] });
    expect(run(bytes.slice(0, -1), { objects: [] }).host).toMatchObject(code("malformedTransaction"));
    const bad = { ...gas(1, BILLION), bytes: gas(1, BILLION).bytes.slice(1) };
    expect(run(bytes, { objects: [bad] }).host).toMatchObject(code("malformedObject"));
    expect(run(bytes, { objects: [gas(1, BILLION), gas(1, BILLION)] }).host).toMatchObject({
      ...code("malformedObject"),
      a: 1n,
    });
    expect(run(bytes, { objects: [gas(1, BILLION)], absent: [numbered(1), numbered(1)] }).host).toMatchObject(
      code("malformedObject"),
    );
  });

  it("are refused before the configuration, and results stay with the host when not sealed", () => {
    const { component: unsealed } = loadComponent("execute", { sealed: 0 });
    const bytes = transaction({ payment: [gas(1, BILLION)] });
    const frame = {
      kind: "execute" as const,
      id: 1n,
      mode: 0,
      commit: 1n,
      environment,
      transaction: bytes,
      objects: [gas(1, BILLION).bytes],
      absent: [],
    };
    expect(unsealed.step("hostToExecute", frame).map((output) => output.lane)).toEqual(["executeToHost"]);
    unsealed.init(Uint8Array.from([7]));
    expect(unsealed.step("hostToExecute", frame)[0]?.frame).toMatchObject(code("notReady"));
  });

  it("leave no state behind", () => {
    const before = component(1).state();
    plain({ inputs: [u64(1n)], commands: [split(gasCoin, input(0))] });
    expect(component(1).state()).toEqual(before);
    expect(encode(Environment, environment).length).toBe(32);
    expect(fromHex("00").length).toBe(1);
    expect(transactionDigest(new Uint8Array(1)).length).toBe(32);
  });
});
