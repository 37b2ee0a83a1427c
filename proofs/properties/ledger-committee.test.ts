/**
 * The governed list of validators before the ledger: whatever `execute` says, it is changed by who has the capability alone, into a well-formed list
 * alone; and what ends an epoch shows no other list than it.
 */
import { beforeEach, describe, expect, test } from "vitest";
import { MAX_MEMBER_ADDRESS_BYTES, MAX_MEMBER_NAME_BYTES, MAX_VALIDATORS } from "../../core/wire/limits.ts";
import { FAULT_KINDS } from "../../core/wire/thresholds.ts";
import { CAPABILITY, LIST, type ListedMember, listRest } from "../model/committee.ts";
import { type Executed, objectDigest } from "../model/ledger.ts";
import { decodeObject, encodeObject, type Obj } from "../model/ledger-execution.ts";
import { hex, unhex } from "../model/ledger-formats.ts";
import { CANDIDATES, idOf, payment, THING, transaction, USERS, World } from "../model/ledger-world.ts";

let world: World;

/** The governor, the first user, lists two; another user pays. */
beforeEach(() => {
  world = new World().start();
  const transactions = [
    transaction("governs", { ...payment(0, 0, 1, 1n), listed: CANDIDATES.slice(3) }),
    transaction("pays", payment(1, 0, 2, 1n)),
  ];
  world.begin(world.order(transactions, 0n, true), transactions);
});

function honest(place = 1): Executed {
  const result = world.run(place, world.model.objects);
  if (result.kind !== "executed") throw new Error("the wish was dropped");
  return result;
}

const idOfObject = (bytes: Uint8Array) => decodeObject(bytes).id;

/** The result with one object another, before and after, and its read too. */
function withObject(result: Executed, id: string, change: (object: Obj) => Obj): Executed {
  const changed = (bytes: Uint8Array) => (idOfObject(bytes) === id ? encodeObject(change(decodeObject(bytes))) : bytes);
  const inputs = result.inputs.map(changed);
  const was = new Map(result.inputs.map((bytes, i) => [idOfObject(bytes), inputs[i]!]));
  const reads = result.reads.map((read) => {
    const input = was.get(hex(read.id));
    return input ? { id: unhex(idOfObject(input)), digest: objectDigest(input) } : read;
  });
  return { ...result, inputs, reads, written: result.written.map(changed) };
}

const without = (result: Executed, id: string): Executed => ({
  ...result,
  reads: result.reads.filter((read) => hex(read.id) !== id),
  inputs: result.inputs.filter((bytes) => idOfObject(bytes) !== id),
  written: result.written.filter((bytes) => idOfObject(bytes) !== id),
});

const rest = (contents: Uint8Array) => (object: Obj) => ({ ...object, rest: contents });

/** The honest result, but for what it writes into the list. */
const listing = (contents: Uint8Array): Executed => {
  const result = honest();
  const written = result.written.map((bytes) =>
    idOfObject(bytes) === LIST ? encodeObject(rest(contents)(decodeObject(bytes))) : bytes,
  );
  return { ...result, written };
};

const [first, second] = CANDIDATES as [ListedMember, ListedMember];
const long = (length: number) => "\u00fc".repeat(length / 2);

const WELL_FORMED: readonly (readonly ListedMember[])[] = [
  [first],
  [{ ...first, name: long(MAX_MEMBER_NAME_BYTES), address: long(MAX_MEMBER_ADDRESS_BYTES) }],
  Array.from({ length: MAX_VALIDATORS }, (_, i) => ({
    name: `${i}`,
    key: new Uint8Array(1952).fill(i),
    address: "",
  })),
  // Keys that differ in their last byte alone.
  [first, { ...first, name: "other", key: first.key.with(1951, 0) }],
];

const MALFORMED: Record<string, Uint8Array> = {
  "no member": listRest([]),
  "one member too many": listRest(
    Array.from({ length: MAX_VALIDATORS + 1 }, (_, i) => ({
      name: `${i}`,
      key: new Uint8Array(1952).fill(i),
      address: "",
    })),
  ),
  "no name": listRest([{ ...first, name: "" }]),
  "a name too long": listRest([{ ...first, name: long(MAX_MEMBER_NAME_BYTES + 2) }]),
  "a name that is no text": listRest([first]).with(2, 0xff),
  "one name twice": listRest([first, { ...second, name: first.name }]),
  "one key twice": listRest([first, second, { ...first, name: "other" }]),
  "a key too short": listRest([{ ...first, key: first.key.slice(1) }]),
  "a key too long": listRest([{ ...first, key: new Uint8Array(1953) }]),
  "an address too long": listRest([{ ...first, address: long(MAX_MEMBER_ADDRESS_BYTES + 2) }]),
  "an address that is no text": listRest([first]).with(-1, 0xff),
  "a byte too many": Uint8Array.from([...listRest([first]), 0]),
  "a byte too few": listRest([first]).slice(0, -1),
};

describe("the list of validators", () => {
  test("is changed with the capability, into any well-formed list", () => {
    for (const members of WELL_FORMED) world.give(1, listing(listRest(members)));
    world.give(1, honest());
  });

  test("is not changed into one that is malformed", () => {
    for (const [name, contents] of Object.entries(MALFORMED)) {
      expect(world.refuse(listing(contents)), name).toBe("wrongChange");
    }
  });

  test("is not changed without the capability, or with something like it", () => {
    const result = honest();
    const other = `0x${"00".repeat(30)}ca15::committee::Other`;
    expect(world.refuse(without(result, CAPABILITY))).toBe("wrongChange");
    for (const change of [
      (object: Obj) => ({ ...object, id: idOf("made up") }),
      (object: Obj) => ({ ...object, type: { other } }),
      (object: Obj) => ({ ...object, owner: { Shared: { initialSharedVersion: 1n } } }),
    ]) {
      expect(world.refuse(withObject(result, CAPABILITY, change))).toBe("wrongChange");
    }
    const stolen = (object: Obj) => ({ ...object, owner: { AddressOwner: `0x${USERS[1]}` } });
    expect(world.refuse(withObject(result, CAPABILITY, stolen))).toBe("wrongOwner");
  });

  test("is the only object that the capability changes", () => {
    const result = honest();
    for (const change of [
      (object: Obj) => ({ ...object, id: THING }),
      (object: Obj) => ({ ...object, type: { other: "0x5::thing::Thing" } }),
      (object: Obj) => ({ ...object, owner: { AddressOwner: `0x${USERS[0]}` } }),
    ]) {
      const changed = withObject(result, LIST, change);
      expect(world.refuse(changed)).toBe("wrongChange");
    }
  });

  test("may be taken by anybody who leaves it as it is", () => {
    const result = honest(2);
    const bytes = world.model.objects.get(LIST)!;
    const { version, previous } = decodeObject(result.written[0]!);
    const taken = encodeObject({ ...decodeObject(bytes), version, previous });
    world.give(2, {
      ...result,
      reads: [...result.reads, { id: unhex(LIST), digest: objectDigest(bytes) }],
      inputs: [...result.inputs, bytes],
      written: [...result.written, taken],
    });
  });
});

describe("the end of an epoch", () => {
  test("leaves the committee as it is when the chain's fault rule does not make as many safe as are listed", () => {
    const threeAtLeast = { kind: FAULT_KINDS.indexOf("threeDelays"), b: 0, c: 1, k: 0 };
    world = new World(threeAtLeast).start();
    const before = world.model.keys;
    const list = (name: string, from: number) => {
      const listed = CANDIDATES.slice(from);
      world.commit([transaction(name, { ...payment(0, 0, 1, 1n), listed })], true);
      return listed.map(({ key }) => key);
    };
    list("two", CANDIDATES.length - 2);
    expect(world.model.keys).toEqual(before);
    expect(list("three", CANDIDATES.length - 3)).toEqual(world.model.keys);
  });

  test("shows no other object, and no list that is malformed", () => {
    world.runAll();
    world.step(3);
    const right = world.run(3, world.model.objects);
    if (right.kind !== "executed") throw new Error(right.kind);
    const changes: readonly ((object: Obj) => Obj)[] = [
      (object) => ({ ...object, id: idOf("made up") }),
      (object) => ({ ...object, type: { other: "0x5::thing::Thing" } }),
      (object) => ({ ...object, owner: { AddressOwner: `0x${USERS[0]}` } }),
      ...Object.values(MALFORMED).map(rest),
    ];
    for (const change of changes) expect(world.refuse(withObject(right, LIST, change))).toBe("wrongSystemChange");
    world.runAll();
    world.finish(world.step(1));
    expect(world.model.keys).toEqual(CANDIDATES.slice(3).map(({ key }) => key));
    world.nextEpoch();
    world.commit([transaction("next", payment(2, 1, 0, 1n))]);
  });
});
