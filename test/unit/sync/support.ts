/** A state of several pages, peers that give it or something else, and a store that takes it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NetworkError } from "../../../host/network/errors.ts";
import { Store } from "../../../host/store/store.ts";
import { StateSync } from "../../../host/sync/state-sync.ts";
import { States } from "../../../host/sync/states.ts";
import type { Time } from "../../../host/time.ts";
import { type Answering, type Peers, SILENT_LOG } from "../../support/answering-peers.ts";
import { coin, moveObject, numbered, type TestObject } from "../../support/objects.ts";

export const CHAIN = new Uint8Array(32).fill(1);
/** Enough for several pages. */
const COINS = 1_500;
/** Few, and several to a page's bytes. */
const LARGE = 3;
const LARGE_BYTES = 100_000;

/** What is waited for comes at once. */
export const HASTY: Time = {
  now: () => 0,
  after: (_, run) => {
    const timer = setImmediate(run);
    return { cancel: () => clearImmediate(timer) };
  },
};

/** Ids spread over the tree as hashes are. */
const spread = (n: number): string => numbered(((BigInt(n) * 0x9e37_79b9_7f4a_7c15n) << 180n) | BigInt(n));

export function objects(version: bigint): TestObject[] {
  const owner = numbered(7);
  return [
    ...Array.from({ length: LARGE }, (_, n) =>
      moveObject({
        id: spread(1 + n),
        owner: { AddressOwner: owner },
        version,
        type: "0x2::large::Large",
        fields: new Uint8Array(LARGE_BYTES).fill(n),
      }),
    ),
    ...Array.from({ length: COINS }, (_, n) => coin({ id: spread(1_000 + n), owner, balance: BigInt(n), version })),
  ];
}

/** Certificates of test chains; `verify` passes no others. */
const CERTIFIED = 1;

/** What an honest peer with this store answers. Its clock goes on fast, so that it is never too busy, and it holds a state for ever. */
export function honest(store: Store): Answering {
  let now = 0;
  const states = new States(store, { now: () => (now += 1_000), after: () => ({ cancel: () => undefined }) });
  return (request) => {
    if (request.kind === "state") return { kind: "state", checkpoint: states.offer() };
    if (request.kind !== "statePage") throw new NetworkError("refused");
    return { kind: "statePage", page: states.page(request.sequence, request.from) };
  };
}

export class Taker {
  readonly folder = mkdtempSync(join(tmpdir(), "caisson-sync-"));
  store = new Store(this.folder);

  /** `minimum`, `patienceMs`: see StateSyncOptions. */
  sync(
    peers: Peers,
    minimum = 0n,
    stopped: () => boolean = () => false,
    { time = HASTY, patienceMs = Number.POSITIVE_INFINITY }: { time?: Time; patienceMs?: number } = {},
  ): Promise<bigint | undefined> {
    return new StateSync({
      store: this.store,
      network: peers.network,
      chain: CHAIN,
      sources: () => [...peers.answering.keys()],
      epoch: 0n,
      laterEpoch: async () => undefined,
      verify: async (_, certificate) => certificate[0] === CERTIFIED,
      minimum,
      patienceMs,
      time,
      stopped,
      log: SILENT_LOG,
    }).run();
  }

  /** As a process that starts anew finds it. */
  async reopen(): Promise<void> {
    await this.store.close();
    this.store = new Store(this.folder);
  }

  async close(): Promise<void> {
    await this.store.close();
    rmSync(this.folder, { recursive: true });
  }
}
