/** A node whose disk or core fails under it: what it says, what it takes up again, what it must not do twice. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { toBase64 } from "@iota/iota-sdk/utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeUnavailable, ObjectLocked, VaultRefused } from "../../../host/errors.ts";
import { buildGenesis } from "../../../host/genesis/build-genesis.ts";
import type { GenesisFile } from "../../../host/genesis/genesis.ts";
import { readVault } from "../../../host/genesis/vault-key.ts";
import { LedgerNode } from "../../../host/node.ts";
import { LmdbEnvironment, StoreError } from "../../../host/store/environment.ts";
import { type CheckpointWrite, Store } from "../../../host/store/store.ts";
import { startInlineCore } from "../../../platform/inline.ts";
import { loadModules } from "../../../platform/modules.ts";
import { startNodeCore } from "../../../platform/node/index.ts";
import type { CoreListener } from "../../../platform/runner.ts";
import { FolderDisk } from "../../../platform/trust/disk.ts";
import { FileTrust } from "../../../platform/trust/file-trust.ts";
import { startInline } from "../../support/inline-core.ts";
import { payment as paymentFrom } from "../../support/payments.ts";

const COINS = 4;
const keypair = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(7));
const owner = keypair.toIotaAddress();

let folder: string;
let genesis: GenesisFile;
let logged: string[];
/** Bytes free on the store's disk. */
let freeBytes: bigint;
const PLENTY = 1n << 30n;
const opened: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "caisson-faults-"));
  logged = [];
  freeBytes = PLENTY;
  const { publicKey } = await readVault(join(folder, "trust"), 0, startInline);
  genesis = await buildGenesis({
    protocolVersion: "38",
    timestampMs: "1700000000000",
    epochDurationMs: "0",
    referenceGasPrice: "1000",
    committee: [{ name: "alone", publicKey: toBase64(publicKey) }],
    coins: Array.from({ length: COINS }, () => ({ owner, balance: "1000000000" })),
  });
});
afterEach(async () => {
  for (const node of opened.splice(0).reverse()) await node.stop();
  rmSync(folder, { recursive: true });
});

const log = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`);

it("refuses what is more than may wait at once, and takes more when there is room again", async () => {
  const { node } = await start(openStore());
  const MOST_WAITING = 8_192;
  const TOO_MANY = 8;
  const submissions = Array.from({ length: MOST_WAITING + TOO_MANY }, (_, i) =>
    node.submit(new Uint8Array(new Uint32Array([i]).buffer), []).catch((error: Error) => error.name),
  );
  const names = await Promise.all(submissions);
  expect(names.filter((name) => name === "TransactionRejected")).toHaveLength(MOST_WAITING);
  expect(names.filter((name) => name === "NodeUnavailable")).toHaveLength(TOO_MANY);
  expect((await node.submit(...(await payment(node, 0)))).kind).toBe("executed");
});

/** A disk that fails when `fails` says so of a write. */
class FailingDisk extends FolderDisk {
  fails: (name: string) => boolean = () => false;

  override async writeDurably(name: string, bytes: Uint8Array): Promise<void> {
    if (this.fails(name)) throw new Error("ENOSPC: no space left on device");
    await super.writeDurably(name, bytes);
  }
}

interface Running {
  readonly node: LedgerNode;
  readonly disk: FailingDisk;
  /** Of the core that was started last. */
  readonly listener: () => CoreListener;
}

async function start(store: Store): Promise<Running> {
  const disk = new FailingDisk(join(folder, "trust"));
  const modules = await loadModules();
  let listening: CoreListener | undefined;
  const node = await LedgerNode.start({
    genesis,
    store,
    startCore: async (configs, listener) => {
      listening = listener;
      const trust = new FileTrust(disk, { onFailure: (message) => listener.trouble(message) });
      return startInlineCore({ modules, configs, trust }, listener);
    },
    author: 0,
    nowMs: Date.now,
    heartbeatMs: 3_600_000,
    log: { info: log, warn: log, error: log },
  });
  opened.push(node);
  return { node, disk, listener: () => listening! };
}

function openStore(): WeakStore {
  const store = new WeakStore(join(folder, "store"));
  opened.push({ stop: () => store.close() });
  return store;
}

/** A payment out of the n-th coin, as it is now. */
const payment = ({ store }: LedgerNode, n: number, amount?: number) => paymentFrom(store, keypair, n, amount);

describe("a vault that does not sign", () => {
  it("keeps the node from starting, and the error says why and what to do", async () => {
    writeFileSync(join(folder, "trust", "vault.sealed"), "damaged");
    await expect(start(openStore())).rejects.toThrow(VaultRefused);
    const why = /watermark durable \(vault\.sealed: stored state is not what was written\); see to the disk/;
    await expect(start(openStore())).rejects.toThrow(why);
    await expect(readVault(join(folder, "trust"), 0, startInline)).rejects.toThrow(why);
    await expect(readVault(join(folder, "trust"), 0, startNodeCore)).rejects.toThrow(why);
  });

  it.each([
    ["a block", 0],
    ["a checkpoint", 1],
  ])(
    "because its disk is full when it is to sign %s: the node says so, and goes on when there is room",
    async (_, seals) => {
      const { node, disk } = await start(openStore());
      let left = seals;
      let full = true;
      disk.fails = (name) => full && name === "vault.sealed" && left-- <= 0;
      const submitted = node.submit(...(await payment(node, 0)));
      await expect.poll(() => logged.length).toBeGreaterThan(3);
      expect(node.ready).toBe(false);
      expect(logged[0]).toMatch(/the platform has a problem .*vault\.sealed \(ENOSPC: no space left on device\)/);
      expect(logged[1]).toMatch(/rebooting it .*VaultRefused: the vault does not sign/);
      full = false;
      expect((await submitted).kind).toBe("executed");
      expect(node.ready).toBe(true);
      expect(logged.at(-1)).toMatch("the core is back");
    },
  );
});

/** A store on a disk that takes its time, fills up and fails, as it is told to. */
class WeakStore extends Store {
  /** Milliseconds that a write takes more. */
  slow = { block: 0, checkpoint: 0 };
  /** Checkpoints after genesis that will not be written. */
  failures = 0;
  begun = { block: 0, checkpoint: 0 };

  constructor(folder: string) {
    super(new LmdbEnvironment(folder, () => freeBytes));
  }

  override async putBlocks(...write: Parameters<Store["putBlocks"]>): Promise<void> {
    this.begun.block++;
    await new Promise((resolve) => setTimeout(resolve, this.slow.block));
    await super.putBlocks(...write);
  }

  override async putCheckpoint(write: CheckpointWrite): Promise<void> {
    this.begun.checkpoint++;
    await new Promise((resolve) => setTimeout(resolve, this.slow.checkpoint));
    if (write.sequence > 0n && this.failures-- > 0) throw new Error("the disk does not answer");
    await super.putCheckpoint(write);
  }
}

describe("a store that is not written", () => {
  it("for want of room: the node says so, and goes on when there is some", async () => {
    const store = openStore();
    const { node } = await start(store);
    freeBytes = 0n;
    const submitted = node.submit(...(await payment(node, 0)));
    await expect.poll(() => logged.length).toBeGreaterThan(2);
    expect(logged[0]).toMatch(/rebooting it .*DiskFull: 0 bytes are free .*make room/);
    expect(logged[1]).toMatch(/does not come back yet .*DiskFull/);
    freeBytes = PLENTY;
    expect((await submitted).kind).toBe("executed");
  });

  it("because LMDB cannot: the node ends, and says what to do", async () => {
    const store = openStore();
    const { node } = await start(store);
    store.putBlocks = () => Promise.reject(new StoreError("it cannot be written: see to the disk, then start again"));
    const submitted = node.submit(...(await payment(node, 0)));
    await expect(node.failure).rejects.toThrow(StoreError);
    await expect(submitted).rejects.toThrow(NodeUnavailable);
    expect(node.ready).toBe(false);
    expect(logged).toEqual([expect.stringMatching(/^the node ends .*see to the disk, then start again/)]);
    await expect(node.submit(...(await payment(node, 1)))).rejects.toThrow(NodeUnavailable);
  });
});

describe("a transaction whose block is on disk and whose checkpoint is not", () => {
  /** Leaves the store so, as a crash does. */
  async function crash(): Promise<[Uint8Array, Uint8Array[]]> {
    const store = openStore();
    const { node } = await start(store);
    store.failures = Number.POSITIVE_INFINITY;
    const sent = await payment(node, 0);
    const submitted = node.submit(...sent);
    await expect.poll(() => logged.length).toBeGreaterThan(0);
    await node.stop();
    await expect(submitted).rejects.toThrow("stopped");
    await store.close();
    opened.length = 0;
    return sent;
  }

  it("is executed once and answered when its client sends it again at once", async () => {
    const sent = await crash();
    const store = openStore();
    store.slow.checkpoint = 300;
    const { node } = await start(store);
    expect((await node.submit(...sent)).kind).toBe("executed");
    expect(node.status).toMatchObject({ reboots: 0, checkpoint: 1n, transactions: 3n });
  });

  it("keeps its objects from others meanwhile", async () => {
    await crash();
    const store = openStore();
    store.slow.checkpoint = 300;
    const { node } = await start(store);
    await expect(node.submit(...(await payment(node, 0, 2_000)))).rejects.toThrow(ObjectLocked);
  });

  it("is applied when the disk answers again, however many boots it took", async () => {
    const store = openStore();
    const { node } = await start(store);
    store.failures = 4;
    expect((await node.submit(...(await payment(node, 0)))).kind).toBe("executed");
    expect(node.status).toMatchObject({ ready: true, reboots: 4, checkpoint: 1n, transactions: 3n });
  });
});

describe("the core fails while the store is writing, which the next boot waits for", () => {
  /** Sends a payment and lets the core fail at its first write of a kind, which takes longer than the next boot is away. */
  async function failAt(what: "block" | "checkpoint", store: WeakStore, { node, listener }: Running) {
    const before = store.begun[what];
    store.slow[what] = 300;
    const submitted = node.submit(...(await payment(node, 0)));
    await expect.poll(() => store.begun[what], { interval: 5 }).toBe(before + 1);
    listener().fault({ component: "ledger", message: "trapped on purpose", recovered: false });
    return submitted;
  }

  it("a block: it is not made a second time", async () => {
    const store = openStore();
    const running = await start(store);
    store.failures = 2;
    expect((await failAt("block", store, running)).kind).toBe("executed");
    expect([...store.blocksAfter(0n)]).toHaveLength(1);
    expect(running.node.status).toMatchObject({ ready: true, checkpoint: 1n, transactions: 3n });
  });

  it("a checkpoint: it is not applied a second time", async () => {
    const store = openStore();
    const running = await start(store);
    expect((await failAt("checkpoint", store, running)).kind).toBe("executed");
    await expect.poll(() => running.node.ready).toBe(true);
    expect(store.begun.checkpoint).toBe(2);
    expect(running.node.status).toMatchObject({ reboots: 1, checkpoint: 1n, transactions: 3n });
  });
});
