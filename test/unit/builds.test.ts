/**
 * The two builds of each component answer alike: a node's life is recorded frame by frame, and both builds are taken through it, once as it was and once with
 * every frame also in changed forms. After each frame, what they sent and everything they keep must be the same bytes.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64, fromHex, toBase64 } from "@iota/iota-sdk/utils";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LANE_NUMBERS } from "../../core/wire/frames.ts";
import { PROTOCOL_VERSION } from "../../core/wire/limits.ts";
import { viewObject } from "../../host/format/object.ts";
import { buildGenesis } from "../../host/genesis/build-genesis.ts";
import type { GenesisFile } from "../../host/genesis/genesis.ts";
import { readVault } from "../../host/genesis/vault-key.ts";
import { createLog } from "../../host/log.ts";
import { LedgerNode } from "../../host/node.ts";
import { Store } from "../../host/store/store.ts";
import { ComponentInstance } from "../../platform/component.ts";
import { startInlineCore } from "../../platform/inline.ts";
import { loadModules } from "../../platform/modules.ts";
import type { ComponentConfigs } from "../../platform/runner.ts";
import { COMPONENTS, type ComponentName, TOPOLOGY } from "../../platform/topology.ts";
import { FileTrust } from "../../platform/trust/file-trust.ts";
import type { Build } from "../support/wasm.ts";

interface Frame {
  readonly lane: number;
  readonly bytes: Uint8Array;
}

/** All that one instance of a component was given. */
interface Life {
  readonly component: ComponentName;
  readonly config: Uint8Array;
  readonly frames: Frame[];
}

const SEED = 20_480;
/** Changed forms of each frame. */
const CHANGES = 3;
const GAS_PRICE = 1_000n;
const BUDGET = 10_000_000n;

const receiverOf = new Map(
  Object.entries(LANE_NUMBERS).map(([lane, number]) => [number, TOPOLOGY[lane as keyof typeof TOPOLOGY].to]),
);

/** Notes every frame that any instance is given, until it is ended. */
function record() {
  const lives = new Map<ComponentInstance, Life>();
  let configs: ComponentConfigs | undefined;
  const { step } = ComponentInstance.prototype;
  ComponentInstance.prototype.step = function recorded(lane, bytes) {
    const component = receiverOf.get(lane) as ComponentName;
    const life = lives.get(this) ?? { component, config: configs![component], frames: [] };
    lives.set(this, life);
    life.frames.push({ lane, bytes: bytes.slice() });
    return step.call(this, lane, bytes);
  };
  return {
    lives,
    configure: (next: ComponentConfigs) => {
      configs = next;
    },
    end: () => {
      ComponentInstance.prototype.step = step;
    },
  };
}

/** A node in this thread: everything that its users do, a restart on what it left, and something more. */
async function liveOnce(folder: string): Promise<Life[]> {
  const keypair = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(42));
  const owner = keypair.toIotaAddress();
  const { publicKey } = await readVault(folder, 0);
  const genesis = await buildGenesis({
    protocolVersion: String(PROTOCOL_VERSION) as "38",
    timestampMs: "1700000000000",
    epochDurationMs: "0",
    referenceGasPrice: String(GAS_PRICE),
    committee: [{ name: "one", publicKey: toBase64(publicKey) }],
    coins: Array.from({ length: 24 }, () => ({ owner, balance: "1000000000" })),
  });
  const recording = record();
  try {
    const store = new Store(join(folder, "store"));
    const run = async (act: (node: LedgerNode) => Promise<void>) => {
      const node = await startNode(genesis, store, folder, recording.configure);
      await act(node);
      await node.stop();
    };
    await run((node) => useCoins(node, store, keypair));
    await run((node) => useCoins(node, store, keypair));
    await store.close();
  } finally {
    recording.end();
  }
  // The sandbox beside a node has an `execute` too, unsealed: its frames are like the sealed one's.
  return [...recording.lives.values()].filter(({ config }) => config !== undefined);
}

function startNode(
  genesis: GenesisFile,
  store: Store,
  trustFolder: string,
  configure: (configs: ComponentConfigs) => void,
): Promise<LedgerNode> {
  return LedgerNode.start({
    genesis,
    store,
    startCore: async (configs, listener) => {
      configure(configs);
      return startInlineCore({ modules: await loadModules(), configs, trust: new FileTrust(trustFolder) }, listener);
    },
    author: 0,
    nowMs: Date.now,
    heartbeatMs: 3_600_000,
    log: createLog("silent"),
  });
}

/** Payments, merges, a vector, a failure, and what `verify` refuses. */
async function useCoins(node: LedgerNode, store: Store, keypair: Ed25519Keypair): Promise<void> {
  const sender = keypair.toIotaAddress();
  const coins = [...store.owned(fromHex(sender))].map(({ id }) => {
    const { id: objectId, version, digest } = viewObject(store.object(id)!);
    return { objectId, version: String(version), digest };
  });
  const recipient = `0x${"ca".repeat(32)}`;
  const builds: ((transaction: Transaction) => void)[] = [
    (tx) => tx.transferObjects([tx.splitCoins(tx.gas, [1_000n])], recipient),
    (tx) => {
      const [first, second] = tx.splitCoins(tx.gas, [1n, 2n]);
      tx.transferObjects([first!, second!], recipient);
    },
    (tx) => tx.mergeCoins(tx.gas, [tx.objectRef(coins[9]!)]),
    (tx) => tx.transferObjects([tx.objectRef(coins[10]!)], recipient),
    (tx) => tx.makeMoveVec({ elements: [tx.pure.u64(1), tx.pure.u64(2)], type: "u64" }),
    (tx) => tx.splitCoins(tx.gas, [10_000_000_000n]),
  ];
  const signed = await Promise.all(
    builds.map(async (act, i) => {
      const transaction = new Transaction();
      transaction.setSender(sender);
      transaction.setGasPrice(GAS_PRICE);
      transaction.setGasBudget(BUDGET);
      transaction.setGasPayment([coins[i]!]);
      act(transaction);
      const { bytes, signature } = await keypair.signTransaction(await transaction.build());
      return { transaction: fromBase64(bytes), signature: fromBase64(signature) };
    }),
  );
  await Promise.all(signed.map(({ transaction, signature }) => node.submit(transaction, [signature])));
  const [{ transaction, signature }] = signed as [(typeof signed)[0]];
  for (const [bytes, signatures] of [
    [transaction, [signature.with(20, signature[20]! ^ 1)]],
    [transaction.slice(1), [signature]],
    [transaction, [signature.slice(0, 96)]],
  ] as const) {
    await expect(node.submit(bytes, signatures)).rejects.toThrow();
  }
}

function moduleOf(component: ComponentName, build: Build): WebAssembly.Module {
  const file = build === "simd" ? `${component}.simd.wasm` : `${component}.wasm`;
  return new WebAssembly.Module(readFileSync(new URL(`../../build/${file}`, import.meta.url)));
}

/** Both builds of a component, which are always given the same. */
class Twins {
  readonly #scalar: ComponentInstance;
  readonly #simd: ComponentInstance;

  constructor({ component, config }: Life) {
    this.#scalar = new ComponentInstance(moduleOf(component, "scalar"), config);
    this.#simd = new ComponentInstance(moduleOf(component, "simd"), config);
    expect(this.#simd.first).toEqual(this.#scalar.first);
  }

  /** Returns the frames that both sent. */
  step({ lane, bytes }: Frame): readonly Frame[] {
    const sent = this.#scalar.step(lane, bytes);
    expect(this.#simd.step(lane, bytes)).toEqual(sent);
    expect(Buffer.compare(this.#simd.state(), this.#scalar.state())).toBe(0);
    return sent;
  }

  /** The same, but what they keep is afterwards as it was. */
  try(frame: Frame): void {
    const before = this.#scalar.state();
    this.step(frame);
    this.#scalar.restore(before);
    this.#simd.restore(before);
  }
}

/** How a frame is changed: where (in parts of a million of its length), and to what. */
const change = fc.record({
  kind: fc.constantFrom("flip" as const, "set" as const, "cut" as const, "grow" as const, "splice" as const),
  where: fc.nat(999_999),
  value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x55),
  bit: fc.nat(7),
});

function changed(
  { bytes }: Frame,
  other: Frame,
  { kind, where, value, bit }: typeof change extends fc.Arbitrary<infer T> ? T : never,
) {
  const at = Math.floor((bytes.length * where) / 1_000_000);
  if (kind === "cut") return bytes.slice(0, at);
  if (kind === "grow") return Uint8Array.from([...bytes.subarray(0, at), value, ...bytes.subarray(at)]);
  if (kind === "splice") return Uint8Array.from([...bytes.subarray(0, at), ...other.bytes.subarray(at)]);
  if (bytes.length === 0) return bytes;
  return bytes.with(at, kind === "set" ? value : bytes[at]! ^ (1 << bit));
}

describe("both builds", () => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-builds-"));
  let lives: readonly Life[] = [];
  beforeAll(async () => {
    lives = await liveOnce(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are recorded in every component", () => {
    expect([...new Set(lives.map(({ component }) => component))].sort()).toEqual([...COMPONENTS].sort());
  });

  it.each(COMPONENTS)("of %s answer a node's frames alike, and keep the same", (component) => {
    let answers = 0;
    for (const life of lives.filter((one) => one.component === component)) {
      const twins = new Twins(life);
      for (const frame of life.frames) answers += twins.step(frame).length;
    }
    expect(answers).toBeGreaterThan(0);
  });

  it.each(COMPONENTS)("of %s answer changed frames alike, and keep the same", (component) => {
    const own = lives.filter((one) => one.component === component);
    const count = own.reduce((sum, { frames }) => sum + frames.length, 0) * CHANGES;
    const changes = fc.sample(change, { seed: SEED, numRuns: count });
    for (const life of own) {
      const twins = new Twins(life);
      for (const [i, frame] of life.frames.entries()) {
        for (let n = 0; n < CHANGES; n++) {
          const other = life.frames[(7 * i + n) % life.frames.length]!;
          twins.try({ lane: frame.lane, bytes: changed(frame, other, changes.pop()!) });
        }
        twins.step(frame);
      }
    }
  });
});
