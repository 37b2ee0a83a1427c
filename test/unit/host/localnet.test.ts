/** A local network's folder: whatever a crash left half done in it, the next start goes on or begins anew. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Localnet, LocalnetError } from "../../../host/localnet.ts";
import { startInline } from "../../support/inline-core.ts";

let above: string;
let folder: string;
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), "caisson-localnet-"));
  folder = join(above, "net");
});
afterEach(() => rmSync(above, { recursive: true }));

const start = (fresh = false): Promise<Localnet> =>
  Localnet.start({
    folder,
    fresh,
    hostname: "127.0.0.1",
    rpcPort: 0,
    faucetPort: 0,
    heartbeatMs: 3_600_000,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    startCore: startInline,
  });

it("starts over files that were never finished", async () => {
  mkdirSync(folder);
  for (const name of ["faucet.key.new", "genesis.json.new"]) writeFileSync(join(folder, name), "half");
  const net = await start();
  const chain = net.node.genesis.digest;
  await net.stop();
  expect(readFileSync(join(folder, "genesis.json"), "utf8")).toContain(chain);
  expect(existsSync(join(folder, "genesis.json.new"))).toBe(false);
  const again = await start();
  expect(again.node.genesis.digest).toBe(chain);
  await again.stop();
});

it("begins anew where an earlier removal was cut short, and removes nothing else", async () => {
  await (await start()).stop();
  rmSync(join(folder, "genesis.json"));
  rmSync(join(folder, "validator-0"), { recursive: true });
  await (await start(true)).stop();
  rmSync(join(folder, "genesis.json"));
  rmSync(join(folder, "faucet.key"));
  await expect(start(true)).rejects.toThrow(LocalnetError);
});
