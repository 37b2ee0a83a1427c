/**
 * A host that lies about the state. To `execute` alone: what it then says is true, or rests on a read that the state refutes. To the whole
 * core, and consistently, with a multiproof of the state that it claims: nothing of it is applied, and the chain goes on without it.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { Config, ExecuteToLedger, HostToExecute, LANE_NUMBERS } from "../../../core/wire/frames.ts";
import { type Codec, decode, encode } from "../../../core/wire/schema.ts";
import { genesisEnvironment } from "../../../host/genesis/genesis.ts";
import { ComponentInstance } from "../../../platform/component.ts";
import { loadModules } from "../../../platform/modules.ts";
import { objectDigest } from "../../../proofs/model/ledger.ts";
import { balance, decodeObject, encodeObject, type Obj, u64Bytes } from "../../../proofs/model/ledger-execution.ts";
import { mutate } from "../grammar/mutate.ts";
import { type Branch, type Node, parse, unparse } from "../grammar/node.ts";
import { Pool } from "../grammar/pool.ts";
import { Random, SEED } from "../random.ts";
import { Campaign } from "./campaign.ts";
import type { Delusion } from "./honest-host.ts";
import { ABSENT, hexOf, type Objects, type Result } from "./words.ts";

/** Lies told to `execute`: CAISSON_FUZZ, or as many as a plain `npm test` has time for. */
const LIES = Number(process.env.CAISSON_FUZZ ?? 10_000);
const TIME_LIMIT_MS = 120_000 + LIES;

let campaign: Campaign;
beforeAll(async () => {
  campaign = await Campaign.prepare();
});

const codec = HostToExecute as Codec<unknown>;

/** The fields of an `execute` frame in which the host speaks about the state. */
const SPOKEN = ["Execute.objects", "Execute.absent"];

/** The frame with lies in what it says about the state, and nowhere else. */
function lie(tree: Node, random: Random, pool: Pool): Uint8Array {
  const [request] = (tree as Branch).children as [Branch];
  let fields = request.children;
  do {
    const spoken = random.pick(SPOKEN);
    const at = fields.findIndex(({ place }) => place === spoken);
    fields = fields.with(at, mutate(fields[at]!, { random, pool }));
  } while (random.chance(0.3));
  return unparse({
    ...(tree as Branch),
    source: undefined,
    children: [{ ...request, source: undefined, children: fields }],
  });
}

/** Whether all that a result rests on is so. */
const rests = (result: Result, objects: Objects): boolean =>
  result.reads.every(({ id, digest }) => {
    const bytes = objects.get(hexOf(id));
    return hexOf(bytes ? objectDigest(bytes) : ABSENT) === hexOf(digest);
  });

describe("lies to execute", () => {
  it(`end in what is true, or in a read that is not: ${LIES} of them, seed ${SEED}`, {
    timeout: TIME_LIMIT_MS,
  }, async () => {
    const { execute } = await loadModules();
    const environment = genesisEnvironment(campaign.chain.genesis);
    const random = new Random(SEED);
    const pool = new Pool(random.fork());
    const asked = [...campaign.truth.executions()].map((execution) => {
      const reads = execution.result.reads.map(({ id }) => hexOf(id)).sort();
      const objects = reads.flatMap((id) => execution.objects.get(id) ?? []);
      const absent = reads
        .filter((id) => !execution.objects.has(id))
        .map((id) => Uint8Array.from(Buffer.from(id, "hex")));
      const { commit, transaction } = execution;
      const frame = { kind: "execute", id: 1n, mode: 0, commit, environment, transaction, objects, absent } as const;
      return { ...execution, tree: parse(codec, encode(HostToExecute, frame))! };
    });
    for (const { tree } of asked) pool.add(tree);
    const instance = new ComponentInstance(execute.module, encode(Config.execute, { sealed: 1 }));
    const counts = { unanswered: 0, true: 0, refuted: 0 };
    for (let i = 0; i < LIES; i++) {
      const { tree, objects, result } = random.pick(asked);
      const bytes = lie(tree, random, pool);
      const [, sent] = instance.step(LANE_NUMBERS.hostToExecute, bytes);
      if (!sent) {
        counts.unanswered++;
        continue;
      }
      const told = decode(ExecuteToLedger, sent.bytes);
      if (!rests(told, objects)) {
        counts.refuted++;
        continue;
      }
      counts.true++;
      // That a transaction is dropped says all; of one that ran, everything must be as it is.
      const same = told.kind === "dropped" ? result.kind === "dropped" : isSame(told, result);
      expect(same, `lie ${i}: ${Buffer.from(bytes).toString("hex")}`).toBe(true);
    }
    console.log(`lies to execute: ${JSON.stringify(counts)}`);
    expect(Math.min(counts.unanswered, counts.true, counts.refuted)).toBeGreaterThan(LIES / 100);
  });
});

const isSame = (a: Result, b: Result): boolean =>
  Buffer.compare(encode(ExecuteToLedger, a), encode(ExecuteToLedger, b)) === 0;

/** Changes the objects that `which` names. */
const changed =
  (which: (object: Obj) => boolean, change: (object: Obj) => Obj | undefined): Delusion =>
  (objects) =>
    new Map(
      [...objects].flatMap(([id, bytes]) => {
        const object = decodeObject(bytes);
        const after = which(object) ? change(object) : object;
        return after ? [[id, encodeObject(after)] as const] : [];
      }),
    );

const isCoin = ({ type }: Obj) => "coin" in type;

const DELUSIONS: Readonly<Record<string, Delusion>> = {
  "coins are worth more": changed(isCoin, (coin) => ({ ...coin, rest: u64Bytes(balance(coin) + 1n) })),
  "coins are worth less": changed(isCoin, (coin) => ({ ...coin, rest: u64Bytes(balance(coin) - 1n) })),
  "coins are of another version": changed(isCoin, (coin) => ({ ...coin, version: coin.version + 1n })),
  "coins were made by another transaction": changed(isCoin, (coin) => ({
    ...coin,
    previous: new Uint8Array(32).fill(1),
  })),
  "rebates are larger": changed(isCoin, (coin) => ({ ...coin, rebate: coin.rebate + 1_000_000n })),
  "coins are another's": changed(isCoin, (coin) => ({ ...coin, owner: { AddressOwner: `0x${"0".repeat(63)}1` } })),
  "there are no coins": changed(isCoin, () => undefined),
  "the clock is another": changed(
    (object) => !isCoin(object),
    (clock) => ({ ...clock, rest: u64Bytes(1n) }),
  ),
  "nothing is there": () => new Map(),
};

describe("lies to the whole core, each with its proof", () => {
  it.each(Object.entries(DELUSIONS))("%s: nothing of it is applied", async (_, believe) => {
    // In the boot after the stop, whose first act is a block of payments.
    const { violation, boots } = await campaign.run({ delusion: { boot: 1, believe } });
    expect(violation).toBeUndefined();
    expect(boots).toBeGreaterThan(2);
  });
});
