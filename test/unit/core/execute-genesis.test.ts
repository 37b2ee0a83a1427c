/** Genesis through `execute`: what it writes and says of it, against the client's BCS; and that nothing of it stays for what runs next. */
import { toBase58 } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import { describe, expect, it } from "vitest";
import { codeNumber, ExecuteRejection } from "../../../core/wire/codes.ts";
import {
  clock,
  coin,
  movePackage,
  numbered,
  ObjectBcs,
  signableDigest,
  type TestObject,
} from "../../support/objects.ts";
import { BILLION, execute, gas, RECIPIENT, run, SENDER, transaction } from "./execute-support.ts";

const Event = bcs.struct("Event", {
  package: bcs.Address,
  module: bcs.string(),
  sender: bcs.Address,
  type: bcs.StructTag,
  contents: bcs.byteVector(),
});
const Tail = bcs.struct("Tail", { sender: bcs.Address, gasData: bcs.GasData, expiration: bcs.u8() });

const event = (n: number) => ({
  package: "0x2",
  module: "coin",
  sender: "0x0",
  type: { address: "0x2", module: "coin", name: "Made", typeParams: [{ u8: true as const }] },
  contents: [n, 2, 3],
});

/** A genesis object is an object without its previous transaction (33 bytes) and storage rebate (8 bytes). */
const rawObject = ({ bytes }: TestObject): Uint8Array => bytes.subarray(0, -41);

/** TransactionData V1 with a GenesisTransaction, of upstream's layout (crates/iota-types/src/transaction.rs). */
function genesis(objects: readonly TestObject[], events: ReturnType<typeof event>[]): Uint8Array {
  const gasData = { payment: [], owner: "0x0", price: 1, budget: 0 };
  return new Uint8Array(
    Buffer.concat([
      new Uint8Array([0, 1, objects.length]),
      ...objects.flatMap((object) => [new Uint8Array([0]), rawObject(object)]),
      bcs.vector(Event).serialize(events).toBytes(),
      Tail.serialize({ sender: "0x0", gasData, expiration: 0 }).toBytes(),
    ]),
  );
}

const made = (id: number, owner: string) => coin({ id: numbered(id), owner, balance: BigInt(id), version: 1n });
const OBJECTS = [
  made(0x77, SENDER),
  { ...clock(0n) },
  made(0x12, RECIPIENT),
  made(0xff00, SENDER),
  movePackage({ id: numbered(0x99), version: 3n, modules: new Map([["m", new Uint8Array(9)]]) }),
];

describe("a genesis", () => {
  it.each([0, 1, 2])("writes its objects as they are, with its digest; %d events", (count) => {
    const events = Array.from({ length: count }, (_, n) => event(n));
    const bytes = genesis(OBJECTS, events);
    const { effects, host, digest } = execute(bytes, { objects: [], commit: 0n });
    expect(effects.status).toMatchObject({ Success: true });
    expect(digest).toBe(toBase58(signableDigest("TransactionData", bytes)));
    const previous = Uint8Array.from([32, ...host.digest]);
    const ascending = [...OBJECTS].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(host.written).toEqual(
      ascending.map((object) => Uint8Array.from([...rawObject(object), ...previous, ...new Uint8Array(8)])),
    );
    expect(effects.changedObjects.map(([id]) => id)).toEqual(ascending.map(({ id }) => id));
    const [, change] = effects.changedObjects.find(([id]) => id === numbered(0x99))!;
    expect(change.outputState.PackageWrite?.[0]).toBe("3");
    expect(effects).toMatchObject({ dependencies: [], lamportVersion: "1", gasObjectIndex: null });
    const told = bcs.vector(Event).serialize(events).toBytes();
    expect(effects.eventsDigest).toBe(count > 0 ? toBase58(signableDigest("TransactionEvents", told)) : null);
    expect(host.reads).toEqual(
      expect.arrayContaining(ascending.map(() => expect.objectContaining({ digest: new Uint8Array(32) }))),
    );
  });

  it("makes its shared objects shared from its own version on", () => {
    const late = ObjectBcs.serialize({
      ...ObjectBcs.parse(clock(0n).bytes),
      owner: { Shared: { initialSharedVersion: 9 } },
    });
    const { written } = execute(genesis([{ ...clock(0n), bytes: late.toBytes() }], []), { objects: [], commit: 0n });
    expect([...written.values()].map(({ value }) => value.owner.Shared?.initialSharedVersion)).toEqual(["1"]);
  });

  it("with two objects of one id is malformed", () => {
    const malformed = { kind: "rejected", code: codeNumber(ExecuteRejection, "malformedTransaction"), a: 0n };
    for (const at of [0, 1, 2, 3, 4]) {
      const objects = [made(0x99, RECIPIENT), ...OBJECTS.toSpliced(at, 0, made(0x99, SENDER))];
      expect(run(genesis(objects, []), { objects: [], commit: 0n })).toMatchObject({
        host: malformed,
        ledger: undefined,
      });
    }
  });

  it("leaves nothing for the next transaction", () => {
    const payment = [gas(1, BILLION)];
    const user = () => execute(transaction({ payment }), { objects: payment }).effectsBytes;
    const before = user();
    execute(genesis(OBJECTS, [event(1)]), { objects: [], commit: 0n });
    expect(user()).toEqual(before);
  });
});
