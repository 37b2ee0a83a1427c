/** What the ledger's checks cost does not grow with the square of a result, whatever is in it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LANE_NUMBERS, LANES } from "../../core/wire/frames.ts";
import { encode } from "../../core/wire/schema.ts";
import { Subject } from "../../test/attack/frames/subject.ts";
import { withFuel } from "../../test/attack/fuel.ts";
import { idBytes, numbered, signableDigest } from "../../test/support/objects.ts";
import type { Executed } from "../model/ledger.ts";
import { decodeObject, encodeObject, type Obj, u64Bytes } from "../model/ledger-execution.ts";
import { payment, transaction, World } from "../model/ledger-world.ts";

const LEDGER = new WebAssembly.Module(
  withFuel(new Uint8Array(readFileSync(new URL("../../build/ledger.wasm", import.meta.url)))),
);

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

/** An honest result that also takes and leaves `count` coins, each of a type of its own. */
function withCoins(result: Executed, count: number): Executed {
  const inputs = result.inputs.map(decodeObject);
  const written = result.written.map(decodeObject);
  const [gas] = inputs;
  const { version, previous } = written[0]!;
  for (let n = 0; n < count; n++) {
    const id = numbered(0x7000_0000 + n).slice(2);
    const type = { coin: `${numbered(0xc0de)}::m${n}::T` };
    const coin: Obj = { ...gas!, id, type, version: 1n, rebate: 5n, rest: u64Bytes(BigInt(n)) };
    inputs.push(coin);
    written.push({ ...coin, version, previous });
  }
  const taken = inputs.sort(byId).map((object) => ({ id: object.id, bytes: encodeObject(object) }));
  const read = taken.map(({ id, bytes }) => ({ id: idBytes(`0x${id}`), digest: signableDigest("Object", bytes) }));
  const others = result.reads.filter(({ id }) => !read.some((one) => Buffer.compare(one.id, id) === 0));
  return {
    ...result,
    reads: [...others, ...read].sort((a, b) => Buffer.compare(a.id, b.id)),
    inputs: taken.map(({ bytes }) => bytes),
    written: written.sort(byId).map(encodeObject),
  };
}

test("many types of coins cost by their number", () => {
  const world = new World().start();
  const one = transaction("t1", payment(0, 0, 1, 5n));
  world.begin(world.order([one]), [one]);
  const result = world.run(1, world.model.objects);
  if (result.kind !== "executed") throw new Error("the wish was dropped");
  const subject = new Subject(LEDGER);
  const cost = (count: number) => {
    subject.restore(world.component.state());
    const frame = encode(LANES.executeToLedger, withCoins(result, count));
    subject.send(LANE_NUMBERS.executeToLedger, frame);
    expect(Buffer.from(subject.state).equals(Buffer.from(world.component.state()))).toBe(false);
    return subject.spent;
  };
  const refused = world.status().refusedResults;
  world.give(1, withCoins(result, 2_000));
  expect(world.status().refusedResults).toBe(refused);
  const [few, many] = [cost(200), cost(2_000)];
  expect(many).toBeLessThan(12 * few);
});
