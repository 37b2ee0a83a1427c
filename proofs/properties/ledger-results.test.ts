/**
 * What the ledger takes from `execute`: an honest result with any one field changed is refused, and all that changes is the count of
 * refusals. What it cannot see is stated too: the wishes of a transaction are `execute`'s alone to read.
 */
import { beforeEach, describe, expect, test } from "vitest";
import { neighbours } from "../../test/support/neighbours.ts";
import { type Executed, type Gas, objectDigest } from "../model/ledger.ts";
import { CLOCK, decodeObject, encodeObject, type Obj, TOKEN_TYPES, u64Bytes } from "../model/ledger-execution.ts";
import { hex } from "../model/ledger-formats.ts";
import { ENVIRONMENT, FROZEN, idOf, named, payment, THING, transaction, USERS, World } from "../model/ledger-world.ts";

let world: World;
const FIRST_USERS_GAS = idOf("coin 0 0");

/** One payment by the first user that also merges a coin, splits a token and moves a thing; then one with a sponsor. */
beforeEach(() => {
  world = new World().start();
  const transactions = [
    transaction("t1", {
      ...payment(0, 0, 1, 12_345n),
      merged: [idOf("coin 0 1")],
      moved: { id: idOf("token 0 0"), to: USERS[2]!, kept: 300n },
      read: [FROZEN, idOf("never there")],
    }),
    transaction("t2", { ...payment(0, 2, 1, 5n), sender: USERS[1]!, gasOwner: USERS[0]! }),
    transaction("t3", { ...payment(0, 2, 1, 5n), moved: { id: THING, to: USERS[1]! } }),
  ];
  world.begin(world.order(transactions), transactions);
});

function honest(place = 1): Executed {
  const result = world.run(place, world.model.objects);
  if (result.kind !== "executed") throw new Error("the wish was dropped");
  return result;
}

const refusal = (result: Executed): string | undefined => world.refuse(result);

function withWritten(result: Executed, id: string, change: (object: Obj) => Obj): Executed {
  return {
    ...result,
    written: result.written.map((bytes) => {
      const object = decodeObject(bytes);
      return object.id === id ? encodeObject(change(object)) : bytes;
    }),
  };
}

/** An input that is another object than the one in the state; its read says so too. */
function withInput(result: Executed, id: string, change: (object: Obj) => Obj): Executed {
  return {
    ...result,
    inputs: result.inputs.map((bytes) => {
      const object = decodeObject(bytes);
      return object.id === id ? encodeObject(change(object)) : bytes;
    }),
  };
}

const ids = (objects: readonly Uint8Array[]): string[] => objects.map((bytes) => decodeObject(bytes).id);
const plus = (object: Obj, amount: bigint): Obj => ({
  ...object,
  rest: u64Bytes(BigInt.asUintN(64, Buffer.from(object.rest).readBigUInt64LE() + amount)),
});

test("the honest result is taken", () => {
  world.give(1, honest());
  world.give(0, world.run(0, world.model.objects));
  world.give(2, world.run(2, world.model.objects));
  world.runAll();
  world.finish(world.step(4));
});

describe("every written object", () => {
  const changes: Record<string, readonly [(object: Obj) => Obj, string]> = {
    "one more": [(o) => plus(o, 1n), "NotConserved"],
    "one less": [(o) => plus(o, -1n), "NotConserved"],
    "half of u64 more": [(o) => plus(o, 1n << 63n), "NotConserved"],
    "rebate more": [(o) => ({ ...o, rebate: o.rebate + 1n }), "iotaNotConserved"],
    "rebate less": [(o) => ({ ...o, rebate: o.rebate - 1n }), "iotaNotConserved"],
    "a later version": [(o) => ({ ...o, version: o.version + 1n }), "wrongVersion"],
    "an earlier version": [(o) => ({ ...o, version: o.version - 1n }), "wrongVersion"],
    "another transaction": [(o) => ({ ...o, previous: named("other") }), "wrongVersion"],
    "owned by an object": [(o) => ({ ...o, owner: { ObjectOwner: `0x${THING}` } }), "wrongChange"],
    shared: [(o) => ({ ...o, owner: { Shared: { initialSharedVersion: o.version } } }), "wrongChange"],
    frozen: [(o) => ({ ...o, owner: { Immutable: true } }), "wrongChange"],
    "another id": [(o) => ({ ...o, id: idOf("forged") }), "writtenNotRead"],
    "another token": [(o) => ({ ...o, type: { coin: TOKEN_TYPES[1] } }), ""],
    "IOTA or not": [
      (o) => ({ ...o, type: { coin: "coin" in o.type && o.type.coin === "iota" ? TOKEN_TYPES[0] : "iota" } }),
      "",
    ],
  };
  for (const [name, [change, reason]] of Object.entries(changes)) {
    test(name, () => {
      const result = honest();
      expect(result.written.length).toBe(4);
      for (const id of ids(result.written)) expect(refusal(withWritten(result, id, change))).toContain(reason);
    });
  }

  test("two of a kind, which together have 2^64 too many or too few", () => {
    const result = honest();
    const kindOf = (bytes: Uint8Array) => JSON.stringify(decodeObject(bytes).type);
    const kinds = new Set(result.written.map(kindOf));
    expect(kinds.size).toBe(2);
    for (const kind of kinds) {
      const two = result.written.filter((bytes) => kindOf(bytes) === kind).map((bytes) => decodeObject(bytes).id);
      expect(two.length).toBe(2);
      const wrapped = two.reduce((changed, id) => withWritten(changed, id, (o) => plus(o, 1n << 63n)), result);
      expect(refusal(wrapped)).toContain("NotConserved");
      const rebates = two.reduce(
        (changed, id) => withWritten(changed, id, (o) => ({ ...o, rebate: o.rebate + (1n << 63n) })),
        result,
      );
      expect(refusal(rebates)).toBe("iotaNotConserved");
    }
  });

  test("left out", () => {
    const result = honest();
    for (let i = 0; i < result.written.length; i++) {
      expect(refusal({ ...result, written: result.written.toSpliced(i, 1) })).toContain("NotConserved");
    }
  });

  test("twice", () => {
    const result = honest();
    for (const bytes of result.written) {
      expect(refusal({ ...result, written: [...result.written, bytes] })).toBe("writtenNotRead");
    }
  });

  test("all at a version that is an input's own, or beyond the largest", () => {
    const result = honest();
    const at = (version: bigint) => ({
      ...result,
      written: result.written.map((bytes) => encodeObject({ ...decodeObject(bytes), version })),
    });
    for (const version of [0n, 1n, 1n << 63n, (1n << 64n) - 1n]) expect(refusal(at(version))).toBe("wrongVersion");
  });
});

test("a second kind of token counts by itself", () => {
  const result = honest();
  const id = named("token 0 1");
  const token = world.model.objects.get(hex(id))!;
  const { version, previous } = decodeObject(result.written[0]!);
  const left = (amount: bigint) => encodeObject({ ...plus(decodeObject(token), amount), version, previous });
  const both = (amount: bigint): Executed => ({
    ...result,
    reads: [...result.reads, { id, digest: objectDigest(token) }],
    inputs: [...result.inputs, token],
    written: [...result.written, left(amount)],
  });
  for (const amount of [1n, -1n, 1n << 63n]) {
    expect(refusal(both(amount))).toBe("coinNotConserved");
    // What is missing of one kind is not made up for by another.
    const first = result.written.map((bytes) => decodeObject(bytes)).find(({ id: own }) => own === idOf("token 0 0"))!;
    expect(refusal(withWritten(both(amount), first.id, (o) => plus(o, -amount)))).toBe("coinNotConserved");
  }
  world.give(1, both(0n));
});

describe("every input", () => {
  const changes: Record<string, (object: Obj) => Obj> = {
    balance: (o) => plus(o, 1n),
    version: (o) => ({ ...o, version: o.version - 1n }),
    rebate: (o) => ({ ...o, rebate: o.rebate + 1n }),
    owner: (o) => ({ ...o, owner: { AddressOwner: `0x${USERS[1]}` } }),
    "previous transaction": (o) => ({ ...o, previous: named("other") }),
    type: (o) => ({ ...o, type: { coin: TOKEN_TYPES[1] } }),
    id: (o) => ({ ...o, id: FROZEN }),
  };
  for (const [name, change] of Object.entries(changes)) {
    test(`of another ${name} than what was read`, () => {
      const result = honest();
      expect(result.inputs.length).toBe(3);
      for (const id of ids(result.inputs)) expect(refusal(withInput(result, id, change))).toBe("inputNotRead");
    });
  }

  test("twice, so that its value counts twice", () => {
    const result = honest();
    for (const bytes of result.inputs) {
      expect(refusal({ ...result, inputs: [...result.inputs, bytes] })).toBe("inputNotRead");
    }
  });

  test("left out", () => {
    const result = honest();
    for (let i = 0; i < result.inputs.length; i++) {
      expect(refusal({ ...result, inputs: result.inputs.toSpliced(i, 1) })).toMatch(
        /writtenNotRead|NotConserved|noGasPaid/,
      );
    }
  });
});

describe("gas", () => {
  const fields = ["computationCost", "storageCost", "storageRebate", "nonRefundableStorageFee"] as const;
  for (const field of fields) {
    test(`${field} of another amount`, () => {
      const result = honest();
      for (const amount of [1n, -1n, 1n << 63n]) {
        const gas: Gas = { ...result.gas, [field]: BigInt.asUintN(64, result.gas[field] + amount) };
        expect(refusal({ ...result, gas })).toBe("iotaNotConserved");
      }
    });
  }

  test("more burned than charged", () => {
    const result = honest();
    const gas = { ...result.gas, computationCostBurned: result.gas.computationCost + 1n };
    expect(refusal({ ...result, gas })).toBe("iotaNotConserved");
  });

  test("amounts that only add up when sums wrap at 2^64", () => {
    const result = honest();
    const wrapped = { ...result.gas, storageCost: (1n << 64n) - 1n, nonRefundableStorageFee: (1n << 64n) - 1n };
    expect(refusal({ ...result, gas: wrapped })).toBe("iotaNotConserved");
  });

  test("nothing but another's coin pays", () => {
    const result = honest(3);
    const moved = result.inputs.filter((bytes) => decodeObject(bytes).id === THING);
    const written = result.written.filter((bytes) => decodeObject(bytes).id === THING);
    expect(refusal({ ...result, inputs: moved, written })).toBe("noGasPaid");
  });
});

describe("one bit of 32 bytes", () => {
  test("makes another transaction, another owner, another object and another version of it", () => {
    const result = honest();
    const [id] = ids(result.written);
    const transaction = decodeObject(result.written[0]!).previous;
    for (const previous of neighbours(transaction)) {
      expect(refusal(withWritten(result, id!, (o) => ({ ...o, previous })))).toBe("wrongVersion");
    }
    for (const digest of neighbours(result.digest)) expect(refusal({ ...result, digest })).toBe("unknownTransaction");
    for (let i = 0; i < result.reads.length; i++) {
      const { id: own, digest } = result.reads[i]!;
      const changed = (read: (typeof result.reads)[0]) => ({ ...result, reads: result.reads.with(i, read) });
      const isWritten = ids(result.written).includes(hex(own));
      const isInput = ids(result.inputs).includes(hex(own));
      if (!isWritten && !isInput) continue;
      const reason = isInput ? "inputNotRead" : "writtenNotRead";
      for (const near of neighbours(digest)) expect(refusal(changed({ id: own, digest: near }))).toBe(reason);
      for (const near of neighbours(own)) expect(refusal(changed({ id: near, digest }))).toBe(reason);
    }
  });
});

describe("the result as a whole", () => {
  test("reads that leave out what is written", () => {
    const result = honest();
    const touched = new Set([...ids(result.inputs), ...ids(result.written)]);
    let refused = 0;
    for (let i = 0; i < result.reads.length; i++) {
      if (!touched.has(hex(result.reads[i]!.id))) continue;
      expect(refusal({ ...result, reads: result.reads.toSpliced(i, 1) })).toMatch(/NotRead/);
      refused++;
    }
    expect(refused).toBe(5);
  });

  test("an object read twice", () => {
    const result = honest();
    expect(refusal({ ...result, reads: [...result.reads, result.reads[0]!] })).toBe("duplicateRead");
  });

  test("a created object that is not said to be absent", () => {
    const result = honest();
    const reads = result.reads.map((read) =>
      read.digest.every((b) => b === 0) ? { ...read, digest: named("x") } : read,
    );
    expect(refusal({ ...result, reads })).toBe("writtenNotRead");
  });

  test("another commit, transaction, environment or kind", () => {
    const result = honest();
    expect(refusal({ ...result, commit: 2n })).toBe("wrongCommit");
    expect(refusal({ ...result, digest: named("unordered") })).toBe("unknownTransaction");
    for (const field of ["epoch", "epochStartMs", "protocolVersion", "referenceGasPrice"] as const) {
      const environment = { ...ENVIRONMENT, [field]: ENVIRONMENT[field] + 1n };
      expect(refusal({ ...result, environment })).toBe("wrongEnvironment");
    }
    for (const transactionKind of [1, 2, 3]) expect(refusal({ ...result, transactionKind })).toBe("wrongKind");
    expect(refusal({ ...result, transactionKind: 4 })).toBe("malformedFrame");
    expect(refusal({ ...result, digest: honest(2).digest })).toMatch(/wrongOwner|wrongVersion/);
  });

  test("bytes that are no object", () => {
    const result = honest();
    expect(refusal({ ...result, written: [...result.written, new Uint8Array(80)] })).toBe("malformedObject");
    expect(refusal({ ...result, inputs: [...result.inputs, new Uint8Array()] })).toBe("malformedObject");
  });
});

describe("whose objects they are", () => {
  test("a sponsor's coins pay for another's transaction, the sender's other objects move", () => {
    expect(honest(2).inputs.length).toBe(1);
    world.give(2, honest(2));
  });

  test("neither the sender's nor the gas owner's coin", () => {
    const result = honest(2);
    const other = world.model.objects.get(idOf("coin 2 0"))!;
    const digest = world.run(0, world.model.objects);
    expect(digest.kind).toBe("executed");
    const reads = [...result.reads, { id: decodeId("coin 2 0"), digest: digestFor("coin 2 0") }];
    expect(refusal({ ...result, reads, inputs: [...result.inputs, other] })).toBe("wrongOwner");
  });

  test("the gas owner's token, which the gas owner did not offer", () => {
    const result = honest(2);
    const reads = [...result.reads, { id: decodeId("token 0 0"), digest: digestFor("token 0 0") }];
    const inputs = [...result.inputs, world.model.objects.get(idOf("token 0 0"))!];
    expect(refusal({ ...result, reads, inputs })).toBe("wrongOwner");
  });

  test("what nobody may change, and the clock", () => {
    const result = honest();
    const frozen = { ...result, inputs: [...result.inputs, world.model.objects.get(FROZEN)!] };
    expect(refusal(frozen)).toBe("wrongOwner");
    const clock = world.model.objects.get(CLOCK)!;
    const reads = [...result.reads, ...world.run(0, world.model.objects).reads];
    expect(refusal({ ...result, reads, inputs: [...result.inputs, clock] })).toBe("wrongOwner");
  });

  function decodeId(name: string): Uint8Array {
    return named(name);
  }

  function digestFor(name: string): Uint8Array {
    return world.model.witness([idOf(name)]).operations[0]!.digest;
  }
});

describe("an object that is no coin", () => {
  const cases: Record<string, (o: Obj) => Obj> = {
    "changes its contents": (o) => plus(o, 1n),
    grows: (o) => ({ ...o, rest: new Uint8Array(9) }),
    "changes its type": (o) => ({ ...o, type: { other: "0x5::thing::Thin" } }),
    "becomes a coin": (o) => ({ ...o, type: { coin: "iota" } }),
  };
  for (const [name, change] of Object.entries(cases)) {
    test(name, () => {
      expect(refusal(withWritten(honest(3), THING, change))).toBe("wrongChange");
    });
  }

  test("is deleted", () => {
    const result = honest(3);
    const written = result.written.filter((bytes) => decodeObject(bytes).id !== THING);
    expect(refusal({ ...result, written })).toBe("wrongChange");
  });

  test("comes into being", () => {
    const result = honest();
    const created = ids(result.written).find((id) => !ids(result.inputs).includes(id))!;
    const made = withWritten(result, created, (o) => ({ ...o, type: { other: "0x5::thing::Thing" } }));
    expect(refusal(made)).toBe("wrongChange");
  });
});

describe("the prologue", () => {
  const prologue = (): Executed => world.run(0, world.model.objects) as Executed;

  test("sets the clock to the commit's time, and does nothing else", () => {
    const result = prologue();
    const on = (change: (o: Obj) => Obj) => refusal(withWritten(result, CLOCK, change));
    expect(on((o) => plus(o, 1n))).toBe("wrongSystemChange");
    expect(on((o) => ({ ...o, rest: new Uint8Array([...o.rest, 0]) }))).toBe("wrongSystemChange");
    expect(on((o) => ({ ...o, version: o.version + 1n }))).toBe("wrongVersion");
    expect(on((o) => ({ ...o, previous: named("other") }))).toBe("wrongVersion");
    expect(on((o) => ({ ...o, rebate: 1n }))).toBe("iotaNotConserved");
    expect(on((o) => ({ ...o, owner: { Shared: { initialSharedVersion: 2n } } }))).toBe("wrongChange");
    expect(on((o) => ({ ...o, owner: { Immutable: true } }))).toBe("wrongChange");
    expect(on((o) => ({ ...o, type: { other: "0x2::clock::Watch" } }))).toBe("wrongChange");
    expect(refusal({ ...result, written: [] })).toBe("wrongSystemChange");
    expect(refusal({ ...result, written: [], inputs: [] })).toBe("wrongSystemChange");
    expect(refusal({ ...result, gas: { ...result.gas, computationCost: 1n } })).toBe("wrongSystemChange");
    world.give(0, result);
  });

  test("takes no other object along", () => {
    const result = prologue();
    const user = honest();
    const inputs = user.inputs.filter((bytes) => decodeObject(bytes).id === FIRST_USERS_GAS);
    const reads = [...result.reads, ...user.reads.filter(({ id }) => hex(id) === FIRST_USERS_GAS)];
    expect(refusal({ ...result, inputs: [...result.inputs, ...inputs], reads })).toBe("wrongSystemChange");
  });
});

test("what the ledger cannot see: to whom a sender gives, and how much of the gas is burned", () => {
  const result = honest();
  const gas = { ...result.gas, computationCostBurned: 0n };
  const elsewhere = withWritten(result, ids(result.written)[0]!, (o) => ({
    ...o,
    owner: { AddressOwner: `0x${USERS[2]}` },
  }));
  world.give(1, { ...result, gas });
  world.give(1, elsewhere);
});
