/** Stretches of each component's life as frames, recorded while a test's own harness plays its neighbours. */
import fc from "fast-check";
import { Config, LANES, type LaneName, OrderResume } from "../../core/wire/frames.ts";
import { MAX_VALIDATORS } from "../../core/wire/limits.ts";
import { encode, type Value } from "../../core/wire/schema.ts";
import type { ComponentName } from "../../platform/topology.ts";
import { Random } from "../../test/attack/random.ts";
import { Component, type ComponentExports } from "../../test/support/component.ts";
import { ROWS, rowConfig } from "../../test/support/dag.ts";
import { loadWasm } from "../../test/support/wasm.ts";
import { environment } from "../../test/unit/core/execute-support.ts";
import {
  HOST_ID,
  Order,
  orderConfig,
  transaction as ordered,
  summaryDigest,
  summaryOf,
  ZERO,
} from "../../test/unit/core/order-support.ts";
import {
  block,
  blockDigest,
  genesisOf,
  header,
  keysOf,
  members,
  vaultSign,
  config as verifyConfig,
} from "../../test/unit/core/verify-support.ts";
import { CONFIG, idOf, payment, transaction, World } from "../model/ledger-world.ts";
import { randomDag, reordered } from "../model/random-dag.ts";
import { caseOf, WORLD } from "./execute-cases.ts";
import { Harness } from "./vault-harness.ts";
import { verifyCase } from "./verify-cases.ts";

export interface Frame {
  readonly lane: LaneName | number;
  readonly bytes: Uint8Array;
}

export interface Session {
  readonly config: Uint8Array;
  /** A new instance, configured as the recorded one was; of the module as it was built, unless another one's exports are given. */
  begin(exports?: ComponentExports): Component;
  readonly frames: readonly Frame[];
}

function sessionOf<N extends ComponentName>(
  name: N,
  config: Value<(typeof Config)[N]>,
  frames: readonly Frame[],
): Session {
  const bytes = encode<never>(Config[name] as never, config as never);
  const begin = (exports: ComponentExports = loadWasm(name)) => {
    const component = new Component(exports);
    component.init(bytes);
    return component;
  };
  return { config: bytes, begin, frames };
}

/** Records what a component is given while `play` goes on. */
async function recorded(component: Component, play: () => unknown): Promise<Frame[]> {
  const frames: Frame[] = [];
  const stepRaw = component.stepRaw.bind(component);
  component.stepRaw = (lane, bytes) => {
    frames.push({ lane, bytes: bytes.slice() });
    return stepRaw(lane, bytes);
  };
  await play();
  component.stepRaw = stepRaw;
  return frames;
}

const frame = (lane: LaneName, value: unknown): Frame => ({ lane, bytes: encode<unknown>(LANES[lane], value) });

const executeFrames = (): Frame[] =>
  fc.sample(caseOf(false), { seed: 3, numRuns: 60 }).map(({ transaction: bytes, missing }, n) => {
    const objects = WORLD.filter(({ id }) => !missing.includes(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
    return frame("hostToExecute", {
      kind: "execute",
      id: 1n,
      mode: n % 3,
      commit: 2n,
      environment,
      transaction: bytes,
      objects: objects.map((object) => object.bytes),
      absent: [],
    });
  });

/** As many members as there may be, so that the last one's key ends where the state does. */
const LAST = MAX_VALIDATORS - 1;
const fullCommittee = genesisOf(keysOf(Array.from({ length: MAX_VALIDATORS }, (_, i) => members[i % 4]!)));
const ofAll = { chain: summaryDigest(fullCommittee.summary) };
const last = header({ author: LAST, ...ofAll });
const lastSignature = vaultSign(LAST, {
  kind: 1,
  slot: last.round,
  digest: blockDigest(last),
  boot: last.boot,
  by: LAST % 4,
  ...ofAll,
});

/** Transactions of one Ed25519 signature each, which are looked at together; some are not good, so that each is looked at for itself as well. */
const together = fc
  .sample(verifyCase, { seed: 4, numRuns: 120 })
  .filter(({ signatures: [first, ...others] }) => first?.[0] === 0 && others.length === 0)
  .slice(0, 24);

const verifyFrames = (): Frame[] => [
  ...fc
    .sample(verifyCase, { seed: 3, numRuns: 40 })
    .map((one) => frame("hostToVerify", { kind: "transaction", id: 1n, ...one })),
  frame("hostToVerify", {
    kind: "transactions",
    id: 1n,
    transactions: fc.sample(verifyCase, { seed: 4, numRuns: 8 }).map((one, i) => ({ id: BigInt(i), ...one })),
  }),
  frame("hostToVerify", {
    kind: "transactions",
    id: 1n,
    transactions: together.map((one, i) => ({ id: BigInt(i), ...one })),
  }),
  frame("hostToVerify", { kind: "block", id: 2n, block: block(header()) }),
  frame("hostToVerify", { kind: "block", id: 3n, block: block(last, lastSignature) }),
  frame("hostToVerify", { kind: "block", id: 3n, block: block(header({ author: 1 }), new Uint8Array(3309)) }),
];

/** An author alone, which commits each block that it makes. */
async function loneSession(): Promise<Session> {
  const order = new Order();
  const frames = await recorded(order.component, () => {
    order.ready();
    for (let n = 0; n < 5; n++) order.makeBlock([ordered(2 * n), ordered(2 * n + 1)], BigInt(n));
    order.propose([ordered(1)]);
    order.verified(ordered(20));
    order.propose([ordered(20)]);
  });
  return sessionOf("order", orderConfig(), frames);
}

/** Where the committee's DAG goes on from: its first commits are in a checkpoint. */
const RESUMED = { horizon: 0n, round: 2n, rank: 0, committed: [0n, 1n, 0n, 1n] };

/** One of four members: a checkpoint, the others' blocks with an equivocation, some too early and some twice, and our own. */
async function memberSession(): Promise<Session> {
  const [row] = ROWS.filter(({ name }) => name === "three delays, n=4 F=1 b=1");
  const config = rowConfig(row!, { author: 0, leadersPerRound: 2, leaders: [] });
  const order = new Order(config);
  const { blocks } = randomDag(new Random(7), row!, { rounds: 9, transactions: 12, absent: 0 });
  const ask = (kind: "status" | "evidence") => order.component.step("hostToOrder", { kind, id: HOST_ID });
  const commit = { index: 1n, round: 1n, timestampMs: 1_000n, commitDigest: ZERO, leaderBlock: ZERO };
  const summary = summaryOf({ ...commit, resume: encode(OrderResume, RESUMED) }, { faults: row!.faults });
  const frames = await recorded(order.component, () => {
    order.install(summary);
    order.verifiedItem("checkpoint", summaryDigest(summary));
    order.install(summary);
    order.ready();
    for (const { block, ref, transactions } of reordered(new Random(8), blocks)) {
      order.accept(block);
      order.verified(...transactions);
      order.verifiedItem("block", ref.digest);
      order.accept(block);
      ask("status");
      const [asked] = order.propose(transactions.slice(0, 1));
      if (asked?.lane === "orderToVault" && asked.frame.kind === "signBlock")
        order.signed(asked.frame.round, asked.frame.digest);
    }
    ask("evidence");
  });
  return sessionOf("order", config, frames);
}

async function ledgerSession(): Promise<Session> {
  const world = new World();
  const frames = await recorded(world.component, () => {
    world.start();
    world.commit([transaction("s1", payment(0, 0, 1, 5n)), transaction("s2", payment(1, 0, 2, 6n))]);
    world.commit([]);
    world.commit([transaction("s3", { ...payment(2, 0, 0, 7n), merged: [idOf("coin 2 1")] })]);
    const open = [transaction("s4", payment(0, 1, 1, 8n)), transaction("s5", payment(0, 1, 1, 9n))];
    world.begin(world.order(open), open);
    world.runAll();
    world.step(2);
    world.component.stepRaw("hostToLedger", Uint8Array.of(2));
  });
  return sessionOf("ledger", CONFIG, frames);
}

async function vaultSession(): Promise<Session> {
  const digest = (n: number) => n.toString(16).padStart(2, "0").repeat(32);
  const harness = new Harness();
  const frames = await recorded(harness.component, () =>
    harness.script(
      [
        [{ kind: "bind", chain: "c1".repeat(32) }],
        [
          { kind: "block", slot: 1n, digest: digest(1) },
          { kind: "checkpoint", slot: 0n, digest: digest(2) },
          { kind: "block", slot: 2n, digest: digest(3) },
        ],
        [{ kind: "block", slot: 2n, digest: digest(4) }],
      ],
      [],
    ),
  );
  return sessionOf("vault", { author: 0, recover: false }, frames);
}

export interface Recording {
  readonly name: string;
  readonly component: ComponentName;
  record(): Promise<Session>;
}

export const RECORDINGS: readonly Recording[] = [
  {
    name: "verify",
    component: "verify",
    record: async () => sessionOf("verify", { ...verifyConfig, origin: fullCommittee }, verifyFrames()),
  },
  { name: "order, alone", component: "order", record: loneSession },
  { name: "order, in a committee", component: "order", record: memberSession },
  { name: "execute", component: "execute", record: async () => sessionOf("execute", { sealed: 1 }, executeFrames()) },
  { name: "ledger", component: "ledger", record: ledgerSession },
  { name: "vault", component: "vault", record: vaultSession },
];
