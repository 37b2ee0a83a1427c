/**
 * How long a transfer takes when every message between validators takes long: the first validator, which clients send to, in this process, the others in processes of
 * their own, on real sockets with a delay between them.
 */
import { rmSync } from "node:fs";
import { toBase58 } from "@iota/iota-sdk/utils";
import { digestOf } from "../../../host/format/digest.ts";
import type { GenesisFile } from "../../../host/genesis/genesis.ts";
import { LocalValidator } from "../../../host/local-validator.ts";
import { validatorFolders } from "../../../host/localnet-genesis.ts";
import { createLog } from "../../../host/log.ts";
import type { LedgerNode } from "../../../host/node.ts";
import { NodeProcess } from "../../../host/node-process.ts";
import { BlockWatch } from "../../support/block-watch.ts";
import { Delay } from "../../support/delay.ts";
import { freePorts, loopback, prepare } from "../../support/prepared.ts";
import { type Signed, transfers } from "../coin-transfers.ts";
import { median } from "../harness.ts";

const WARM_UP = 10;
const MEASURED = 60;
/** Clients of the first validator, each with one transfer under way. */
const CLIENTS = 4;
/** Longer than a measurement: what is not work makes no blocks. */
const HEARTBEAT_MS = 3_600_000;

/** Medians, milliseconds. */
export interface Latency {
  /** From the client's sending until the transfer is in a block of its validator's. */
  readonly block: number;
  /** From there until that block is committed, as that validator sees it: of blocks that lead a slot, and of all. */
  readonly leaderCommit: number;
  readonly commit: number;
  /** From there until a quorum has certified the checkpoint with the effects: one delay more. */
  readonly certificate: number;
  /** All of it, as the client sees it. */
  readonly finality: number;
}

export async function latency(validators: number, faults: GenesisFile["faults"], oneWayMs: number): Promise<Latency> {
  const ports = await freePorts(validators);
  const { folder, genesis, genesisPath, keypair } = await prepare(loopback(ports), WARM_UP + MEASURED, faults);
  const log = createLog("error");
  const closings: (() => unknown)[] = [];
  try {
    const own = await freePorts(validators);
    const others = ports.flatMap((_, author) => {
      if (author === 0) return [];
      const { data, trust } = validatorFolders(folder, author);
      const at = { author, genesisPath, dataFolder: data, trustFolder: trust };
      return [new LocalValidator({ ...at, heartbeatMs: HEARTBEAT_MS, listen: loopback([own[author]!]), log })];
    });
    closings.push(() => Promise.all(others.map((validator) => validator.stop())));
    for (const [author, port] of ports.entries()) {
      const delay = await Delay.open({ from: port, to: own[author]!, oneWayMs });
      closings.push(() => delay.close());
    }
    const { data, trust } = validatorFolders(folder, 0);
    const process = await NodeProcess.start({
      genesis,
      dataFolder: data,
      validator: { author: 0, trustFolder: trust, heartbeatMs: HEARTBEAT_MS },
      hostname: "127.0.0.1",
      rpcPort: 0,
      listen: loopback([own[0]!]),
      log,
    });
    closings.unshift(() => process.stop());
    const { node } = process;
    await connected(node, validators);
    const watch = new BlockWatch(node, 0, () => performance.now());
    const all = await transfers(node.store, keypair);
    const rest = all.values();
    const times: Times[] = [];
    const client = async () => {
      for (const one of rest) times.push(await timeOf(node, watch, one));
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    return summary(times.slice(WARM_UP));
  } finally {
    for (const close of closings) await close();
    rmSync(folder, { recursive: true });
  }
}

async function connected(node: LedgerNode, validators: number): Promise<void> {
  while (node.status.peers.filter(({ connected }) => connected).length < validators - 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** When things happened, milliseconds on one clock. */
interface Times {
  readonly sent: number;
  readonly inBlock: number;
  readonly led: boolean;
  readonly committed: number;
  readonly final: number;
}

async function timeOf(node: LedgerNode, watch: BlockWatch, { transaction, signatures }: Signed): Promise<Times> {
  const sent = performance.now();
  await node.submit(transaction, signatures);
  const final = performance.now();
  const { led, madeAt, committedAt } = watch.carrier(toBase58(digestOf("TransactionData", transaction)))!;
  return { sent, inBlock: madeAt, led, committed: committedAt!, final };
}

function summary(times: readonly Times[]): Latency {
  const over = (part: (one: Times) => number, some = times) => median(some.map(part));
  return {
    block: over(({ sent, inBlock }) => inBlock - sent),
    leaderCommit: over(
      ({ inBlock, committed }) => committed - inBlock,
      times.filter(({ led }) => led),
    ),
    commit: over(({ inBlock, committed }) => committed - inBlock),
    certificate: over(({ committed, final }) => final - committed),
    finality: over(({ sent, final }) => final - sent),
  };
}
