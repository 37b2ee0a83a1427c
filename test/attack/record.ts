/**
 * Frames of a real node: the shipped node on the inline platform, from genesis through payments of several kinds, a stop between
 * a block and its checkpoint, a restart that takes both up again, and on.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase64, fromHex } from "@iota/iota-sdk/utils";
import { HostToLedger, type LaneName } from "../../core/wire/frames.ts";
import { decode } from "../../core/wire/schema.ts";
import { viewObject } from "../../host/format/object.ts";
import { LedgerNode } from "../../host/node.ts";
import { Store } from "../../host/store/store.ts";
import { startInlineCore } from "../../platform/inline.ts";
import { loadModules } from "../../platform/modules.ts";
import type { ComponentConfigs } from "../../platform/runner.ts";
import { FileTrust } from "../../platform/trust/file-trust.ts";
import { CrashDisk, NO_FAULT } from "../../proofs/model/vault-disk.ts";
import { type Chain, GENESIS_TIME } from "./chain.ts";

export interface Frame {
  readonly lane: LaneName;
  readonly bytes: Uint8Array;
}

/** From one start of the core to its end: what each component was configured with, and every frame in the order of its arrival. */
export interface Boot {
  readonly configs: ComponentConfigs;
  readonly frames: readonly Frame[];
}

/** Milliseconds between two looks at the node's clock. */
const TICK_MS = 250;
const ONE_DAY_MS = 86_400_000;
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const BUDGET = 20_000_000n;
/** The commit at whose beginning the node is stopped. */
const STOP_AT = 4n;

type Build = (transaction: Transaction) => void;

class Recorder {
  readonly boots: Boot[] = [];
  readonly #chain: Chain;
  readonly #store: Store;
  readonly #disk = new CrashDisk(NO_FAULT);
  #node!: LedgerNode;
  #stopAt: bigint | undefined;
  #now = GENESIS_TIME + 1_000;

  constructor(chain: Chain, store: Store) {
    this.#chain = chain;
    this.#store = store;
  }

  /** Starts the node; with `stopAt`, it is stopped when the host opens that commit. */
  async start(stopAt?: bigint): Promise<void> {
    this.#stopAt = stopAt;
    const modules = await loadModules();
    this.#node = await LedgerNode.start({
      genesis: this.#chain.genesis,
      store: this.#store,
      startCore: async (configs, listener) => {
        const frames: Frame[] = [];
        this.boots.push({ configs, frames });
        const trust = new FileTrust(this.#disk, { entropy: () => this.#chain.seed });
        const observe = (lane: LaneName, bytes: Uint8Array) => {
          frames.push({ lane, bytes: bytes.slice() });
          this.#maybeStop(lane, bytes);
        };
        return startInlineCore({ modules, configs, trust, observe }, listener);
      },
      author: 0,
      nowMs: () => {
        this.#now += TICK_MS;
        return this.#now;
      },
      heartbeatMs: ONE_DAY_MS,
      log: SILENT,
    });
  }

  async stop(): Promise<void> {
    await this.#node.stop();
  }

  /** Resolves when this checkpoint is on disk. */
  async reached(checkpoint: bigint): Promise<void> {
    if ((this.#node.status.checkpoint ?? -1n) >= checkpoint) return;
    await new Promise<void>((resolve) => this.#node.onCheckpoint((made) => made === checkpoint && resolve()));
  }

  #maybeStop(lane: LaneName, bytes: Uint8Array): void {
    if (lane !== "hostToLedger" || this.#stopAt === undefined) return;
    const frame = decode(HostToLedger, bytes);
    if (frame.kind !== "begin" || frame.commit !== this.#stopAt) return;
    this.#stopAt = undefined;
    void this.#node.stop();
  }

  /** References to the coins of a user, largest first. */
  coins(user: number) {
    const owner = fromHex(this.#chain.users[user]!.toIotaAddress());
    return [...this.#store.coins(owner)]
      .map(({ key }) => viewObject(this.#store.object(key.slice(-32))!))
      .sort((a, b) => Number(b.balance! - a.balance!) || (a.id < b.id ? -1 : 1))
      .map(({ id, version, digest }) => ({ objectId: id, version: String(version), digest }));
  }

  /** Signs and submits; resolves when it is certified, or when the node does not take it. */
  async submit(sender: number, gas: number, build: Build, sponsor = sender): Promise<void> {
    const { users } = this.#chain;
    const transaction = new Transaction();
    transaction.setSender(users[sender]!.toIotaAddress());
    transaction.setGasOwner(users[sponsor]!.toIotaAddress());
    transaction.setGasPrice(1_000);
    transaction.setGasBudget(BUDGET);
    transaction.setGasPayment([this.coins(sponsor)[gas]!]);
    build(transaction);
    const bytes = await transaction.build();
    const sign = async (key: Ed25519Keypair) => fromBase64((await key.signTransaction(bytes)).signature);
    const signers = sponsor === sender ? [sender] : [sender, sponsor];
    const signatures = await Promise.all(signers.map((n) => sign(users[n]!)));
    await this.#node.submit(bytes, signatures).catch(() => undefined);
  }
}

/** Runs the node on a chain and returns all frames, boot by boot. */
export async function record(chain: Chain): Promise<readonly Boot[]> {
  const folder = mkdtempSync(join(tmpdir(), "caisson-attack-"));
  const store = new Store(folder);
  const recorder = new Recorder(chain, store);
  const to = (user: number) => chain.users[user]!.toIotaAddress();
  const pay =
    (user: number, ...amounts: bigint[]): Build =>
    (transaction) => {
      const coins = transaction.splitCoins(transaction.gas, amounts);
      transaction.transferObjects(
        amounts.map((_, i) => coins[i]!),
        to(user),
      );
    };
  try {
    await recorder.start(STOP_AT);
    await recorder.submit(0, 0, pay(1, 1_000n));
    await Promise.all([
      recorder.submit(0, 0, pay(2, 5n, 7n, 11n)),
      recorder.submit(1, 0, (transaction) => {
        const [target, source] = recorder.coins(1).slice(1, 3);
        transaction.mergeCoins(transaction.objectRef(target!), [transaction.objectRef(source!)]);
      }),
      recorder.submit(2, 1, (transaction) => {
        const coin = transaction.objectRef(recorder.coins(2)[0]!);
        transaction.transferObjects([coin], to(0));
      }),
    ]);
    await recorder.submit(0, 0, pay(1, 60_000_000_000n)); // fails: more than there is
    await recorder.submit(1, 0, pay(0, 123n), 2); // does not come back: the node is stopped in its commit
    await recorder.stop();
    await recorder.start();
    await recorder.reached(STOP_AT); // what follows would overtake it, now so and now otherwise
    await recorder.submit(1, 1, pay(2, 9n), 0);
    await recorder.submit(2, 0, (transaction) => {
      const coins = transaction.splitCoins(transaction.gas, [1n, 2n]);
      transaction.makeMoveVec({ elements: [coins[0]!, coins[1]!] }); // fails: nobody takes the vector
    });
    await recorder.submit(2, 0, (transaction) => {
      transaction.setExpiration({ Epoch: 3 });
      pay(1, 77n)(transaction);
    });
    await recorder.stop();
    return recorder.boots;
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
