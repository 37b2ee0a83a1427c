/**
 * Four validators, each on a host of its own (a network namespace), and the official client: one is cut off and catches up; two and two go on with nothing, and
 * agree when they meet again. Then ways that are long, and break. CAISSON_HOSTS=1 runs it (`npm run test:validators` does).
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { IotaClient } from "@iota/iota-sdk/client";
import { Transaction } from "@iota/iota-sdk/transactions";
import { afterEach, describe, expect, it } from "vitest";
import { validatorFolders } from "../../host/localnet-genesis.ts";
import { createLog } from "../../host/log.ts";
import { NodeProcess } from "../../host/node-process.ts";
import { Delay } from "../support/delay.ts";
import { Hosts, hostsMissing } from "../support/hosts.ts";
import { account, balanceOf, succeed } from "../support/network.ts";
import { freePorts, loopback, type Prepared, prepare } from "../support/prepared.ts";

const WANTED = process.env.CAISSON_HOSTS !== undefined;
const MISSING = WANTED ? hostsMissing() : "CAISSON_HOSTS is not set";
const PROGRAM = fileURLToPath(new URL("../../host/cli/caisson.mjs", import.meta.url));
const VALIDATORS = 4;
const TIMEOUT_MS = 180_000;
const PATIENCE = { timeout: 60_000, interval: 200 };
const PEER_PORT = 9_200;
const RPC_PORT = 9_000;
/** How long nothing must be certified by too few. */
const QUIET_MS = 5_000;
const bob = account("bob").toIotaAddress();

let prepared: Prepared;
const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
  rmSync(prepared.folder, { recursive: true });
}, TIMEOUT_MS);

async function pay(client: IotaClient, amount: bigint): Promise<void> {
  const transaction = new Transaction();
  const [piece] = transaction.splitCoins(transaction.gas, [amount]);
  transaction.transferObjects([piece!], bob);
  await succeed(client, prepared.keypair, transaction);
}

const latest = async (client: IotaClient): Promise<number> => Number(await client.getLatestCheckpointSequenceNumber());

/** All have certified what any of them has, with the same digest. */
async function agree(clients: readonly IotaClient[]): Promise<void> {
  // Who has none that is certified yet, says so as an error.
  const newest = await Promise.all(clients.map((client) => latest(client).catch(() => -1)));
  const id = String(Math.max(...newest));
  const digestOf = async (client: IotaClient) => {
    const found = await client.getCheckpoint({ id }).catch(() => undefined);
    return found?.digest;
  };
  const digests = async () => [...new Set(await Promise.all(clients.map(digestOf)))];
  await expect.poll(async () => (await digests()).length, PATIENCE).toBe(1);
  expect((await digests())[0]).toBeDefined();
}

if (MISSING !== undefined) console.log(`validators on hosts of their own are skipped: ${MISSING}`);

describe.skipIf(MISSING !== undefined)("validators, each on a host of its own", () => {
  function start(hosts: Hosts, author: number): ChildProcess {
    const { data, trust } = validatorFolders(prepared.folder, author);
    const flags = {
      genesis: prepared.genesisPath,
      author,
      "data-folder": data,
      "trust-folder": trust,
      host: hosts.address(author),
      "rpc-port": RPC_PORT,
      "log-level": "error",
    };
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    return hosts.run(author, PROGRAM, "start", ...words);
  }

  it("go on without one that is cut off, stand still two and two, and agree afterwards", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const hosts = Hosts.create(VALIDATORS);
    closings.push(() => hosts.destroy());
    const everybody = [...Array(VALIDATORS).keys()];
    prepared = await prepare(
      everybody.map((author) => `/ip4/${hosts.address(author)}/tcp/${PEER_PORT}`),
      8,
    );
    for (const author of everybody) {
      const child = start(hosts, author);
      closings.push(async () => {
        child.kill("SIGTERM");
        if (child.exitCode === null) await once(child, "exit");
      });
    }
    const clients = everybody.map((author) => new IotaClient({ url: `http://${hosts.address(author)}:${RPC_PORT}` }));
    await expect.poll(() => Promise.all(clients.map(latest)).then(Boolean, String), PATIENCE).toBe(true);
    await pay(clients[0]!, 1n);
    await agree(clients);

    hosts.cut(3);
    await pay(clients[0]!, 10n);
    await agree(clients.slice(0, 3));
    await pay(clients[1]!, 10n);
    hosts.heal();
    await agree(clients);

    hosts.cut(2, 3);
    const before = await latest(clients[0]!);
    let paid = false;
    const payment = pay(clients[0]!, 100n).then(() => {
      paid = true;
    });
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    expect(paid).toBe(false);
    expect(await latest(clients[0]!)).toBeLessThanOrEqual(before + 1); // one may have been under way
    hosts.heal();
    await payment;
    await agree(clients);
    expect(await balanceOf(clients[3]!, bob)).toBe(121n);
  });
});

describe.skipIf(MISSING !== undefined)("validators whose ways are long and break", () => {
  it("get every payment through, and agree", { timeout: TIMEOUT_MS }, async () => {
    const ports = await freePorts(VALIDATORS);
    prepared = await prepare(loopback(ports), 8);
    const delays: Delay[] = [];
    const nodes = await Promise.all(
      ports.map(async (from, author) => {
        const [to] = await freePorts(1);
        const delay = await Delay.open({
          from,
          to: to!,
          oneWayMs: 20 + 20 * author,
          resetEveryMs: 5_000 + 1_700 * author,
        });
        delays.push(delay);
        closings.push(() => delay.close());
        const { data, trust } = validatorFolders(prepared.folder, author);
        const node = await NodeProcess.start({
          genesis: prepared.genesis,
          dataFolder: data,
          validator: { author, trustFolder: trust, heartbeatMs: 60_000 },
          hostname: "127.0.0.1",
          rpcPort: 0,
          listen: loopback([to!]),
          log: createLog("silent"),
        });
        closings.push(() => node.stop());
        return node;
      }),
    );
    const clients = nodes.map(({ rpc }) => new IotaClient({ url: rpc.url }));
    for (let i = 0; i < 12; i++) {
      await pay(clients[i % VALIDATORS]!, 1n);
      await agree(clients); // the next one is built of what another node has
    }
    expect(await balanceOf(clients[0]!, bob)).toBe(12n);
    const resets = delays.reduce((sum, delay) => sum + delay.resets, 0);
    console.log(`connections were reset ${resets} times`);
    expect(resets).toBeGreaterThan(0);
  });
});
