/** The official client changes the committee: a fifth validator, a process of its own, joins by the list, one of the first four leaves, and payments go on. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transaction } from "@iota/iota-sdk/transactions";
import { toBase64 } from "@iota/iota-sdk/utils";
import { afterEach, expect, it } from "vitest";
import { NO_AUTHOR } from "../../core/wire/limits.ts";
import { CAPABILITY_ID, COMMITTEE_PACKAGE, LIST_ID } from "../../host/format/committee.ts";
import { readGenesis } from "../../host/genesis/genesis.ts";
import { readVault } from "../../host/genesis/vault-key.ts";
import { freePort } from "../../host/localnet-genesis.ts";
import { peerIdOf, transportKey } from "../../host/network/libp2p/transport-key.ts";
import { NodeProcess } from "../../host/node-process.ts";
import { isLonger } from "../support/longer.ts";
import { account, balanceOf, succeed, TestNetwork } from "../support/network.ts";

const SKIPPED = isLonger("a committee of processes that changes", "CAISSON_NETWORKS", "npm run test:validators");
const TIMEOUT_MS = 240_000;
const PATIENCE = { timeout: 90_000, interval: 200 };
const EPOCH_MS = 8_000n;
const HEARTBEAT_MS = 1_000;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

let net: TestNetwork;
let fifth: NodeProcess | undefined;
const folder = mkdtempSync(join(tmpdir(), "caisson-fifth-"));
afterEach(async () => {
  await fifth?.stop();
  await net.stop();
  rmSync(folder, { recursive: true });
}, TIMEOUT_MS);

it.skipIf(SKIPPED)(
  "a validator joins, another leaves, and the new committee certifies",
  { timeout: TIMEOUT_MS },
  async () => {
    const governor = account("governor");
    net = await TestNetwork.start(4, undefined, "none", { epochMs: EPOCH_MS, governor: governor.toIotaAddress() });
    const client = net.client();
    await net.fund(governor);
    const trustFolder = join(folder, "trust");
    const { publicKey } = await readVault(trustFolder, NO_AUTHOR);
    const address = `/ip4/127.0.0.1/tcp/${await freePort()}`;
    fifth = await NodeProcess.start({
      genesis: readGenesis(net.genesisPath),
      dataFolder: folder,
      validator: { trustFolder, heartbeatMs: HEARTBEAT_MS },
      listen: [address],
      hostname: "127.0.0.1",
      rpcPort: 0,
      log,
    });
    expect(fifth.node.author).toBe(NO_AUTHOR);

    const change = new Transaction();
    const [list, capability] = [change.object(LIST_ID), change.object(CAPABILITY_ID)];
    const where = `${address}/p2p/${peerIdOf(await transportKey(folder))}`;
    change.moveCall({
      target: `${COMMITTEE_PACKAGE}::committee::add`,
      arguments: [
        list,
        capability,
        change.pure.string("fifth"),
        change.pure.vector("u8", [...publicKey]),
        change.pure.string(where),
      ],
    });
    change.moveCall({
      target: `${COMMITTEE_PACKAGE}::committee::remove`,
      arguments: [list, capability, change.pure.string("validator-1")],
    });
    await succeed(client, governor, change);

    const keys = async () => (await client.getCommitteeInfo()).validators.map(([key]) => key);
    await expect.poll(keys, PATIENCE).toContain(toBase64(publicKey));
    await expect.poll(() => fifth?.node.author, PATIENCE).toBe(3);
    const names = (await client.getLatestIotaSystemState()).activeValidators.map(({ name }) => name);
    expect(names).toEqual(["validator-0", "validator-2", "validator-3", "fifth"]);

    const bob = account("bob").toIotaAddress();
    const payment = new Transaction();
    payment.transferObjects([payment.splitCoins(payment.gas, [7n])[0]!], bob);
    await succeed(client, governor, payment);
    // One of the first committee fewer: nothing is certified without who joined.
    const round = fifth.node.status.round;
    net.kill(2);
    const more = new Transaction();
    more.transferObjects([more.splitCoins(more.gas, [8n])[0]!], bob);
    await succeed(client, governor, more);
    expect(await balanceOf(client, bob)).toBe(15n);
    await expect.poll(() => fifth!.node.status.round, PATIENCE).toBeGreaterThan(round);

    const twice = new Transaction();
    twice.setGasBudget(500_000_000);
    twice.moveCall({
      target: `${COMMITTEE_PACKAGE}::committee::remove`,
      arguments: [twice.object(LIST_ID), twice.object(CAPABILITY_ID), twice.pure.string("validator-1")],
    });
    await expect(succeed(client, governor, twice)).rejects.toThrow("abort code: 2");
  },
);
