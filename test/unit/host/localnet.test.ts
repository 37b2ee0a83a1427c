/** A local network's folder: whatever a crash left half done in it, the next start goes on or begins anew. */
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readGenesis } from "../../../host/genesis/genesis.ts";
import { Localnet, LocalnetError } from "../../../host/localnet.ts";
import { validatorFolders } from "../../../host/localnet-genesis.ts";
import { NodeProcess } from "../../../host/node-process.ts";
import type { StartCore } from "../../../platform/runner.ts";
import { startInline } from "../../support/inline-core.ts";

let above: string;
let folder: string;
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), "caisson-localnet-"));
  folder = join(above, "net");
});
afterEach(() => rmSync(above, { recursive: true }));

const LOG = { info: () => {}, warn: () => {}, error: () => {} };
/** Cores that run. */
let running = 0;
const startCounted: StartCore = async (options, listener) => {
  const core = await startInline(options, listener);
  running++;
  return {
    report: core.report,
    send: (lane, frames) => core.send(lane, frames),
    stop: async () => {
      await core.stop();
      running--;
    },
  };
};

const start = (fresh = false, validators = 1): Promise<Localnet> =>
  Localnet.start({
    folder,
    fresh,
    validators,
    program: "/dev/null",
    hostname: "127.0.0.1",
    rpcPort: 0,
    faucetPort: 0,
    heartbeatMs: 3_600_000,
    log: LOG,
    startCore: startCounted,
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

it("gives validators ports that systems give to nobody, and leaves nothing running when one is taken", async () => {
  await (await start(false, 2)).stop();
  const { committee } = readGenesis(join(folder, "genesis.json"));
  const ports = committee.map(({ network }) => Number(network!.addresses[0]!.split("/").at(-1)));
  for (const port of ports) expect(port).toBeLessThan(32_768);
  const other = createServer().listen(ports[0], "127.0.0.1");
  await once(other, "listening");
  const { data, trust } = validatorFolders(folder, 0);
  const starting = NodeProcess.start({
    genesis: readGenesis(join(folder, "genesis.json")),
    dataFolder: data,
    validator: { author: 0, trustFolder: trust, heartbeatMs: 3_600_000 },
    hostname: "127.0.0.1",
    rpcPort: 0,
    log: LOG,
    startCore: startCounted,
  });
  await expect(starting).rejects.toThrow("cannot be listened on");
  expect(running).toBe(0);
  other.close();
});
