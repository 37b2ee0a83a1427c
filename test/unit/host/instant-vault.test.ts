/** The node beside a vault that answers at once: faster than any disk, so that its answers overtake what the host still has to say. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBase64 } from "@iota/iota-sdk/utils";
import { afterAll, expect, test } from "vitest";
import { buildGenesis } from "../../../host/genesis/build-genesis.ts";
import { readVault } from "../../../host/genesis/vault-key.ts";
import { LedgerNode } from "../../../host/node.ts";
import { Store } from "../../../host/store/store.ts";
import { startInlineCore } from "../../../platform/inline.ts";
import { loadModules } from "../../../platform/modules.ts";
import type { Disk } from "../../../platform/trust/disk.ts";
import { FileTrust } from "../../../platform/trust/file-trust.ts";

const folder = mkdtempSync(join(tmpdir(), "caisson-instant-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** The files of a folder, from then on in memory alone. */
function memoryDisk(from: string): Disk {
  const files = new Map<string, Uint8Array>(
    readdirSync(from).map((name) => [name, new Uint8Array(readFileSync(join(from, name)))]),
  );
  return {
    read: async (name) => files.get(name),
    writeDurably: async (name, bytes) => void files.set(name, bytes),
  };
}

test("commits without transactions of users end, however fast the vault signs", async () => {
  const trustFolder = join(folder, "trust");
  mkdirSync(trustFolder);
  const { publicKey } = await readVault(trustFolder, 0);
  const genesis = await buildGenesis({
    protocolVersion: "38",
    timestampMs: "1700000000000",
    epochDurationMs: "0",
    referenceGasPrice: "1000",
    committee: [{ name: "alone", publicKey: toBase64(publicKey) }],
    coins: [{ owner: `0x${"ca".repeat(32)}`, balance: "1000" }],
  });
  const store = new Store(join(folder, "store"));
  const modules = await loadModules();
  const trust = new FileTrust(memoryDisk(trustFolder));
  const node = await LedgerNode.start({
    genesis,
    store,
    startCore: async (configs, listener) => startInlineCore({ modules, configs, trust }, listener),
    author: 0,
    nowMs: Date.now,
    heartbeatMs: 1,
    log: SILENT,
  });
  const seen: bigint[] = [];
  await new Promise<void>((resolve) => {
    node.onCheckpoint(() => {
      seen.push(node.status.checkpoint ?? -1n);
      if (seen.length === 20) resolve();
    });
  });
  expect(seen).toEqual(seen.map((_, i) => seen[0]! + BigInt(i)));
  expect(node.status.reboots).toBe(0);
  await node.stop();
  await store.close();
});
