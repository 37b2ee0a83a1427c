/** What the `execute` component does with coin transactions; figures are computed from the published rules, in `expectedGas`. */
import { toBase58 } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import { describe, expect, it } from "vitest";
import {
  balanceOf,
  coin,
  IOTA_COIN_STORAGE,
  idBytes,
  moveObject,
  numbered,
  parseObject,
  signableDigest,
} from "../../support/objects.ts";
import {
  address,
  BILLION,
  balance,
  change,
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
  net,
  other,
  owned,
  plain,
  pure,
  RECIPIENT,
  result,
  SENDER,
  SPONSOR,
  STEP,
  shared,
  split,
  status,
  type TransactionOptions,
  token,
  transaction,
  transfer,
  u64,
} from "./execute-support.ts";

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

describe("ids that a transaction makes", () => {
  // max_num_new_move_object_ids of protocol 38 is 2,048, and one more is let through (crates/iota-types, object_runtime).
  const amounts = (count: number) => Array.from({ length: count }, () => input(0));
  const parts = (command: number, count: number) => Array.from({ length: count }, (_, i) => nested(command, i));

  it("count until they are merged away", () => {
    const rounds = [0, 2, 4, 6, 8, 10].flatMap((command) => [
      split(gasCoin, ...amounts(500)),
      merge(gasCoin, ...parts(command, 500)),
    ]);
    const success = plain({
      inputs: [u64(1n)],
      commands: rounds,
      payment: [gas(1, 10n * BILLION)],
      budget: 5n * BILLION,
    });
    expect(success.effects.status).toMatchObject({ Success: true });
    expect(success.effects.changedObjects.length).toBe(1);
  });

  it.each([
    [2_049, true],
    [2_050, false],
  ])("%d at once: %s", (count, allowed) => {
    const sizes = [500, 500, 500, 500, count - 2_000];
    const commands = sizes.flatMap((size) => [split(gasCoin, ...amounts(size))]);
    const sent = sizes.map((size, i) => transfer(input(1), ...parts(i, size)));
    const success = plain({
      inputs: [u64(1n), address(RECIPIENT)],
      commands: [...commands, ...sent],
      payment: [gas(1, 60n * BILLION)],
      budget: 50n * BILLION,
    });
    const failure = { error: { MovePrimitiveRuntimeError: true }, command: "4" };
    expect(success.effects.status).toMatchObject(allowed ? { Success: true } : { Failed: failure });
  });
});
