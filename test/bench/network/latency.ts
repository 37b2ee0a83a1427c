/**
 * How long a transfer takes when every message between validators takes long: nodes of this process, on real sockets with a delay between them, sent
 * one transfer after the other.
 */
import { rmSync } from "node:fs";
import { toBase58 } from "@iota/iota-sdk/utils";
import { digestOf } from "../../../host/format/digest.ts";
import type { GenesisFile } from "../../../host/genesis/genesis.ts";
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
  const { folder, genesis, keypair } = await prepare(loopback(ports), WARM_UP + MEASURED, faults);
  const closings: (() => Promise<void>)[] = [];
  try {
    const started = ports.map(async (port, author) => {
      const [own] = await freePorts(1);
      const delay = await Delay.open({ from: port, to: own!, oneWayMs });
      const { data, trust } = validatorFolders(folder, author);
      const process = await NodeProcess.start({
        genesis,
        dataFolder: data,
        validator: { author, trustFolder: trust, heartbeatMs: HEARTBEAT_MS },
        hostname: "127.0.0.1",
        rpcPort: 0,
        listen: loopback([own!]),
        log: createLog("error"),
      });
      closings.push(async () => {
        await process.stop();
        await delay.close();
      });
      return process.node;
    });
    const [node] = await Promise.all(started);
    await connected(node!, validators);
    const watch = new BlockWatch(node!, 0, () => performance.now());
    const all = await transfers(node!.store, keypair);
    const rest = all.values();
    const times: Times[] = [];
    const client = async () => {
      for (const one of rest) times.push(await timeOf(node!, watch, one));
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    return summary(times.slice(WARM_UP));
  } finally {
    await Promise.all(closings.map((close) => close()));
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
