/**
 * The process that `npm start` runs, killed from outside again and again at random moments, while official clients send it transactions
 * and while it starts. CAISSON_FAULT_SEED=s replays; CAISSON_FAULT_RUNS=n kills it ten times as often.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { IotaClient } from "@iota/iota-sdk/client";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { Transaction } from "@iota/iota-sdk/transactions";
import { fromBase58, fromBase64, toBase64, toHex } from "@iota/iota-sdk/utils";
import { afterAll, expect, it } from "vitest";
import { digestOf } from "../../host/format/digest.ts";
import { checkFolder } from "./ledger-check.ts";
import { below, randomFrom } from "./random.ts";
import { isLeftOut } from "./setup.ts";
import { Story } from "./story.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const above = mkdtempSync(join(tmpdir(), "caisson-kill-"));
afterAll(() => rmSync(above, { recursive: true }));
const folder = join(above, "net");

const SEED = Number(process.env.CAISSON_FAULT_SEED ?? Date.now() % 1_000_000);
const KILLS = 10 * Math.max(1, Number(process.env.CAISSON_FAULT_RUNS ?? 0));
/** Milliseconds: from ready on, or from the beginning on. */
const LATEST_UNDER_LOAD_MS = 600;
const LATEST_WHILE_STARTING_MS = 2_500;
const TIMEOUT_MS = KILLS * 60_000;

/** Each client's key has coins of its own. */
const clients = [1, 2, 3].map((n) => Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(n)));
const story = new Story();

interface Process {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** Resolves with where it listens; rejects when it ends before. */
  readonly ready: Promise<{ readonly rpc: string; readonly faucet: string }>;
}

function start(): Process {
  const command = ["--import", "tsx", "host/cli/main.ts", "localnet", "--validators", "1", "--folder", folder];
  const child = spawn(process.execPath, [...command, "--rpc-port", "0", "--faucet-port", "0"], { cwd: ROOT });
  const ended = once(child, "close");
  let log = "";
  child.stderr.on("data", (data) => {
    log += data;
  });
  const ready = new Promise<{ rpc: string; faucet: string }>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (data) => {
      said += data;
      const url = (name: string) => new RegExp(`${name} +(http://\\S+)`).exec(said)?.[1];
      if (said.includes("Ctrl-C")) resolve({ rpc: url("JSON-RPC")!, faucet: url("faucet")! });
    });
    ended.then(([code, signal]) => reject(new Error(`it ended with ${signal ?? code}: ${log.slice(-2_000)}`)));
  });
  ready.catch(() => undefined);
  return { child, ended, ready };
}

/** Sends transactions one after the other until the node is gone; what was not answered before comes first. */
async function send(rpc: string, keypair: Ed25519Keypair): Promise<void> {
  const client = new IotaClient({ url: rpc });
  const owner = keypair.toIotaAddress();
  for (const { transaction, signature } of story.unanswered.filter(({ digest }) => sender.get(digest) === owner)) {
    await execute(client, Buffer.from(transaction, "hex"), Buffer.from(signature, "hex"));
  }
  while (true) {
    const { data } = await client.getCoins({ owner });
    const { coinObjectId, version, digest } = data[0]!;
    const transaction = new Transaction();
    transaction.setSender(owner);
    transaction.setGasPrice(1_000);
    transaction.setGasBudget(10_000_000);
    transaction.setGasPayment([{ objectId: coinObjectId, version, digest }]);
    transaction.transferObjects([transaction.splitCoins(transaction.gas, [1_000])], `0x${"ca".repeat(32)}`);
    const { bytes, signature } = await keypair.signTransaction(await transaction.build());
    sender.set(toHex(fromBase58(await transaction.getDigest())), owner);
    await execute(client, fromBase64(bytes), fromBase64(signature));
  }
}

/** Senders of transactions, by digest. */
const sender = new Map<string, string>();

async function execute(client: IotaClient, transaction: Uint8Array, signature: Uint8Array): Promise<void> {
  const digest = toHex(digestOf("TransactionData", transaction));
  story.hear({ said: "sent", digest, transaction: toHex(transaction), signature: toHex(signature) });
  const { rawEffects, effects } = await client.executeTransactionBlock({
    transactionBlock: toBase64(transaction),
    signature: toBase64(signature),
    options: { showRawEffects: true, showEffects: true },
  });
  expect(effects!.status.status).toBe("success");
  story.hear({
    said: "acknowledged",
    digest,
    effects: toHex(digestOf("TransactionEffects", Uint8Array.from(rawEffects!))),
  });
}

/** Errors of a client whose node is gone. */
function gone(error: unknown): void {
  if (!/fetch failed|terminated|other side closed|ECONN|socket/.test(String(error))) throw error;
}

async function fund(faucet: string): Promise<void> {
  for (const keypair of clients) {
    const body = JSON.stringify({ FixedAmountRequest: { recipient: keypair.toIotaAddress() } });
    const answer = await fetch(`${faucet}/gas`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(answer.status).toBe(201);
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it.skipIf(isLeftOut("kills from outside"))(
  `starts again and keeps its promises after each of ${KILLS} kills (seed ${SEED})`,
  {
    timeout: TIMEOUT_MS,
  },
  async () => {
    const random = randomFrom(SEED);
    let underLoad = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, ended, ready } = start();
      let sending: Promise<void>[] = [];
      if (kill > 0 && random() < 0.3) await sleep(below(random, LATEST_WHILE_STARTING_MS));
      else {
        const { rpc, faucet } = await ready;
        if (kill === 0) await fund(faucet);
        sending = clients.map((keypair) => send(rpc, keypair).catch(gone));
        await sleep(below(random, LATEST_UNDER_LOAD_MS));
        underLoad++;
      }
      child.kill("SIGKILL");
      await ended;
      await Promise.all(sending);
      await checkFolder(folder, story);
    }
    expect(underLoad).toBeGreaterThan(1);

    const open = story.unanswered.map(({ digest }) => digest);
    const { child, ended, ready } = start();
    const { rpc } = await ready;
    const sending = clients.map((keypair) => send(rpc, keypair).catch(gone));
    const answered = () => new Set([...story.acknowledged].map(({ digest }) => digest));
    await expect.poll(() => open.every((digest) => answered().has(digest)), { timeout: 60_000 }).toBe(true);
    await expect.poll(() => answered().size, { timeout: 60_000 }).toBeGreaterThan(KILLS);
    await expect(start().ready).rejects.toThrow("is in use by process");
    child.kill("SIGKILL");
    await ended;
    await Promise.all(sending);
    await checkFolder(folder, story);
  },
);
