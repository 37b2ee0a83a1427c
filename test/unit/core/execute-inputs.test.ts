/** What the `execute` component makes of its inputs: what it asks for, what it drops, what it receives; and its frames. */
import { fromHex } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import { describe, expect, it } from "vitest";
import { codeNumber, ExecuteDrop, ExecuteRejection } from "../../../core/wire/codes.ts";
import { Environment } from "../../../core/wire/frames.ts";
import { encode } from "../../../core/wire/schema.ts";
import { loadComponent } from "../../support/component.ts";
import { neighbours } from "../../support/neighbours.ts";
import { clock, coin, idBytes, moveObject, movePackage, numbered, type TestObject } from "../../support/objects.ts";
import {
  address,
  BILLION,
  component,
  environment,
  gas,
  gasCoin,
  input,
  makeVector,
  merge,
  other,
  owned,
  plain,
  RECIPIENT,
  receiving,
  run,
  SENDER,
  STEP,
  shared,
  split,
  status,
  type TransactionOptions,
  token,
  transaction,
  transactionDigest,
  transfer,
  u64,
} from "./execute-support.ts";

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

  const authenticators = moveObject({
    id: numbered(7),
    owner: { Shared: { initialSharedVersion: 1n } },
    type: "0x2::authenticator_state::AuthenticatorState",
    fields: new Uint8Array(8),
  });
  const package99 = movePackage({ id: numbered(0x99) });
  const frozen = coin({ id: numbered(0x555), owner: { Immutable: true }, balance: 1n });
  const child = coin({ id: numbered(7777), owner: { ObjectOwner: RECIPIENT }, balance: 1n });

  it("for one bit in a digest or an owner", () => {
    for (const digest of neighbours(mine.digest)) {
      expect(dropped({ inputs: [stale(mine.version, digest)] })).toBe("invalidObjectDigest");
      expect(dropped({ inputs: [receiving({ ...mine, digest })] })).toBe("invalidObjectDigest");
    }
    for (const owner of neighbours(idBytes(SENDER))) {
      const others = other(2, 1n, bcs.Address.parse(owner));
      expect(dropped({ inputs: [owned(others)] }, [others])).toBe("incorrectOwner");
      expect(dropped({ payment: [gas(1, BILLION, bcs.Address.parse(owner))] })).toBe("gasObjectNotOwned");
    }
  });

  it.each<[string, Partial<TransactionOptions>, (readonly TestObject[])?]>([
    ["objectVersionUnavailable", { inputs: [stale(10n)] }],
    ["invalidObjectDigest", { inputs: [stale(11n, gas(1, 1n).digest)] }],
    ["incorrectOwner", { inputs: [owned(other(2, 1n, RECIPIENT))] }, [other(2, 1n, RECIPIENT)]],
    ["objectOwnedByObject", { inputs: [owned(child)] }, [child]],
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
    ["inaccessibleSystemObject", { inputs: [shared({ ...sharedObject, id: numbered(7) }, false)] }, [authenticators]],
    ["objectVersionUnavailable", { inputs: [receiving({ ...mine, version: mine.version - 1n })] }],
    ["invalidObjectDigest", { inputs: [receiving({ ...mine, digest: new Uint8Array(32) })] }],
    ["duplicateObject", { inputs: [receiving(mine), owned(mine)] }],
    ["duplicateObject", { inputs: [receiving(mine), receiving(mine)] }],
    ["duplicateObject", { inputs: [receiving(gas(1, BILLION))] }],
    ["movePackageAsObject", { inputs: [receiving(package99)] }, [package99]],
    ["notSharedObject", { inputs: [receiving(sharedObject)] }, [sharedObject]],
    ["immutableReceived", { inputs: [receiving(frozen)] }, [frozen]],
    ["objectOwnedByObject", { inputs: [receiving(child)] }, [child]],
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

  it.each([
    ...["0x1::ascii::String<u8>", "0x1::string::String<u8>", "0x2::object::ID<u8>", "0x1::option::Option<u8, u8>"],
    ...["0x2::ascii::String", "0x1::ascii::Char", "0x1::object::ID", "0x2::option::Option<u8>", "0x1::option::Option"],
    ...["0x100::string::String", "0x2::object::UID", "0x2::coin::Coin<u8>", "vector<signer>"],
  ])("unsupportedCommand for a vector of %s, which is nearly a type that pure bytes may stand for", (type) => {
    expect(dropped({ commands: [makeVector(type)] })).toBe("unsupportedCommand");
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

describe("objects to be received", () => {
  const ticket = other(2, 9n, RECIPIENT);
  const newer = { ...ticket, ...coin({ id: ticket.id, owner: RECIPIENT, balance: 9n, version: 40n }) };

  it("may be anybody's, are read, raise the version, and neither cost nor are a dependency while nothing receives them", () => {
    const without = plain({ inputs: [address(RECIPIENT)], commands: [transfer(input(0), gasCoin)] });
    const success = plain({
      inputs: [address(RECIPIENT), receiving(newer)],
      extra: [newer],
      commands: [transfer(input(0), gasCoin)],
    });
    expect(status(success).$kind).toBe("Success");
    expect(success.effects.lamportVersion).toBe("41");
    expect(success.effects.gasUsed).toEqual(without.effects.gasUsed);
    expect(success.effects.dependencies).toEqual(without.effects.dependencies);
    expect([...success.written.keys()]).toEqual([gas(1, 0n).id]);
    expect(success.host.reads).toContainEqual({ id: idBytes(newer.id), digest: newer.digest });
    expect(success.ledger!.inputs).toEqual([gas(1, BILLION).bytes]);
  });

  it.each([
    ["given away", [transfer(input(0), input(1))], 0],
    ["an address", [transfer(input(1), gasCoin)], 1],
    ["split", [split(input(1), input(2))], 0],
    ["an amount", [split(gasCoin, input(1))], 1],
    ["merged into", [merge(input(1), gasCoin)], 0],
    ["merged", [merge(gasCoin, input(1))], 1],
    ["the first of a vector", [makeVector(null, input(1))], 0],
    ["of a vector with a type", [makeVector("0x2::coin::Coin<0x2::iota::IOTA>", input(1))], 0],
  ])("cannot be %s: no built-in command takes one", (_, commands, argument) => {
    const success = plain({
      inputs: [address(RECIPIENT), receiving(ticket), u64(1n)],
      extra: [ticket, movePackage({ id: numbered(2) })],
      commands,
    });
    expect(status(success).Failed?.error.CommandArgumentError).toEqual({
      argIdx: argument,
      kind: expect.objectContaining({ $kind: "TypeMismatch" }),
    });
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
    expect(answer(new Uint8Array(0))).toMatchObject({ ...code("malformedFrame"), id: 0n, a: 0n });
    expect(answer(Uint8Array.from([0, ...new Uint8Array(8).fill(1), 9]))).toMatchObject({
      ...code("malformedFrame"),
      id: 0x0101010101010101n,
    });
    expect(answer(new Uint8Array(0), 6)).toMatchObject({ ...code("unknownLane"), id: 0n, a: 0n });
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
    expect(unsealed.step("hostToExecute", frame)[0]?.frame).toMatchObject({ ...code("notReady"), id: 0n, a: 0n });
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
