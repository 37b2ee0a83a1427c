/**
 * Each frame has exactly one encoding that its component accepts: everything else that its schema makes possible is refused as malformed
 * (on the host's lanes) or passed over in silence (on private lanes), and the state is as it was.
 */
import { describe, expect, test } from "vitest";
import {
  type CodeTable,
  codeNumber,
  ExecuteRejection,
  LedgerRefusal,
  LedgerRejection,
  OrderRejection,
  VerifyRejection,
} from "../../core/wire/codes.ts";
import { LANES, type LaneName } from "../../core/wire/frames.ts";
import { decode, type Value } from "../../core/wire/schema.ts";
import { type ComponentName, TOPOLOGY } from "../../platform/topology.ts";
import { type Component, loadComponent, type Output } from "../../test/support/component.ts";
import { component as execute } from "../../test/unit/core/execute-support.ts";
import { Order } from "../../test/unit/core/order-support.ts";
import { verifier } from "../../test/unit/core/verify-support.ts";
import { World } from "../model/ledger-world.ts";
import { examples } from "./encodings.ts";
import { Harness } from "./vault-harness.ts";

/** A component at a moment of its life, and the table of its rejections. */
interface Subject {
  readonly component: ComponentName;
  begin(): Component | Promise<Component>;
  readonly table?: CodeTable;
  /** Bytes of the state that count what was refused. */
  readonly counters?: readonly (readonly [from: number, to: number])[];
  /** Lanes whose last refusal the state remembers: where, and the number of that for malformed frames. */
  readonly refusals?: Readonly<Partial<Record<LaneName, readonly [at: number, malformed: number]>>>;
}

/** Of every ledger. */
const LEDGER = {
  component: "ledger",
  table: LedgerRejection,
  counters: [
    [64, 68],
    [104, 112],
  ],
  refusals: { executeToLedger: [64, codeNumber(LedgerRefusal, "malformedFrame")] },
} as const;

/** A ledger with an open commit, of which all is applied or nothing. */
function openLedger(applied: boolean): Component {
  const world = new World().start();
  world.begin(world.order([]), []);
  if (applied) {
    world.runAll();
    world.step(1);
  }
  return world.component;
}

/** A vault that has just been started; and what `trust` answered it then. */
function newVault(...answers: Value<(typeof LANES)["trustToVault"]>[]): Component {
  const { component } = loadComponent("vault", { author: 0, recover: false });
  for (const answer of answers) component.step("trustToVault", answer);
  return component;
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  verify: { component: "verify", begin: () => verifier(), table: VerifyRejection },
  order: {
    component: "order",
    begin: () => {
      const order = new Order();
      order.ready();
      return order.component;
    },
    table: OrderRejection,
  },
  execute: { component: "execute", begin: () => execute(1), table: ExecuteRejection },
  ledger: { ...LEDGER, begin: () => new World().start().component },
  "a ledger before genesis": { ...LEDGER, begin: () => new World().component },
  "a ledger with an open commit": { ...LEDGER, begin: () => openLedger(false) },
  "a ledger that waits for the vault": { ...LEDGER, begin: () => openLedger(true) },
  vault: {
    component: "vault",
    begin: async () => {
      const harness = new Harness();
      await harness.script([[{ kind: "bind", chain: "c1".repeat(32) }]], []);
      return harness.component;
    },
  },
  "a vault that loads": { component: "vault", begin: () => newVault() },
  "a vault that waits for entropy": {
    component: "vault",
    begin: () => newVault({ kind: "loaded", counter: 0n, sealed: undefined }),
  },
  "a vault that waits for its seal": {
    component: "vault",
    begin: () =>
      newVault(
        { kind: "loaded", counter: 0n, sealed: undefined },
        { kind: "entropy", bytes: new Uint8Array(32).fill(1) },
      ),
  },
};

const lanesInto = (component: ComponentName): LaneName[] =>
  (Object.keys(TOPOLOGY) as LaneName[]).filter((lane) => TOPOLOGY[lane].to === component);

function isMalformed(outputs: readonly Output[], table: CodeTable): boolean {
  const [only] = outputs;
  if (outputs.length !== 1 || only?.frame.kind !== "rejected") return false;
  return "code" in only.frame && only.frame.code === codeNumber(table, "malformedFrame");
}

describe.each(Object.keys(SUBJECTS))("frames to %s", (name) => {
  const { component: to, begin, table, counters = [], refusals = {} } = SUBJECTS[name]!;

  test.each(lanesInto(to))("on %s have one encoding", async (lane) => {
    const component = await begin();
    let tried = 0;
    for (const { wrong } of examples(LANES[lane])) {
      const before = component.state();
      for (const bytes of wrong) {
        expect(() => decode<unknown>(LANES[lane], bytes)).toThrow();
        const outputs = component.stepRaw(lane, bytes);
        const silent = TOPOLOGY[lane].from !== "host";
        if (silent ? outputs.length > 0 : !isMalformed(outputs, table!)) {
          expect.fail(`${Buffer.from(bytes).toString("hex")} was answered with ${outputs.map((o) => o.frame.kind)}`);
        }
        tried++;
      }
      const after = component.state();
      for (const [from, to] of counters) after.set(before.subarray(from, to), from);
      expect(Buffer.compare(after, before)).toBe(0);
    }
    expect(tried).toBeGreaterThan(20);
  });

  test.each(lanesInto(to))("on %s in that encoding are read, up to their limits", async (lane) => {
    const refusal = refusals[lane];
    if (TOPOLOGY[lane].from !== "host" && !refusal) return;
    const start = await begin();
    const state = start.state();
    for (const { bytes, sized } of examples(LANES[lane])) {
      for (const frame of [bytes, ...sized]) {
        start.restore(state);
        const outputs = start.stepRaw(lane, frame);
        const after = start.state();
        const malformed = refusal
          ? new DataView(after.buffer).getUint32(refusal[0], true) === refusal[1]
          : isMalformed(outputs, table!);
        if (malformed)
          expect.fail(`${frame.length} bytes beginning with ${Buffer.from(frame.subarray(0, 40)).toString("hex")}`);
      }
    }
  });

  test("on other lanes are not read", async () => {
    const component = await begin();
    const before = component.state();
    const own = new Set(lanesInto(to));
    const frames = [...own].flatMap((lane) => examples(LANES[lane]).map(({ bytes }) => bytes));
    const others = (Object.keys(LANES) as LaneName[]).filter((lane) => !own.has(lane));
    for (const lane of [...others, 99, 0xffff_ffff]) {
      for (const bytes of frames) {
        const outputs = component.stepRaw(lane, bytes);
        const [only] = outputs;
        const unknown = only?.frame.kind === "rejected" && "code" in only.frame ? only.frame.code : undefined;
        if (table) expect([outputs.length, unknown]).toEqual([1, codeNumber(table, "unknownLane")]);
        else expect(outputs).toEqual([]);
      }
    }
    expect(Buffer.compare(component.state(), before)).toBe(0);
  });
});
