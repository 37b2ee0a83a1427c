/**
 * A validator whose core is whole and whose host is not: it withholds, delays, repeats, garbles, lies, floods and is silent, each for a while, in
 * an order that its seed gives.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { untilStopped } from "../../../host/cli/signals.ts";
import { genesisChain, readGenesis } from "../../../host/genesis/genesis.ts";
import { Libp2pNetwork } from "../../../host/network/libp2p/libp2p-network.ts";
import { transportKey } from "../../../host/network/libp2p/transport-key.ts";
import type { Network, NetworkHandlers } from "../../../host/network/network.ts";
import { LedgerNode } from "../../../host/node.ts";
import { reportToParent } from "../../../host/report.ts";
import { Store } from "../../../host/store/store.ts";
import { systemTime } from "../../../host/time.ts";
import { startNodeCore } from "../../../platform/node/index.ts";
import { Random } from "../../attack/random.ts";
import { CONTAINED, hostileNetwork } from "../../sim/hostile.ts";

/** How long it does one of these. */
const MOOD_MS = 2_000;
const SEED = 20_261_125;

/** One hostile network after the other, over the same honest one. */
async function moody(honest: Network): Promise<Network> {
  const random = new Random(SEED);
  let mood = 0;
  const handlers: NetworkHandlers[] = [];
  const networks = CONTAINED.map((kind, i) => {
    const start = async (own: NetworkHandlers): Promise<void> => {
      handlers[i] = own;
    };
    const part: Network = {
      start,
      broadcast: (bundle) => honest.broadcast(bundle),
      send: (peer, bundle) => honest.send(peer, bundle),
      request: (peer, request) => honest.request(peer, request),
      report: (peer, misdeed) => honest.report(peer, misdeed),
      peers: () => honest.peers(),
      stop: () => honest.stop(),
    };
    const secretKey = (): never => {
      throw new Error("the core is whole");
    };
    return hostileNetwork(kind, { honest: part, life: systemTime, random, secretKey });
  });
  setInterval(() => {
    mood = random.below(networks.length);
  }, MOOD_MS).unref();
  const now = (): Network => networks[mood]!;
  return {
    start: async (own) => {
      for (const network of networks) await network.start(own);
      await honest.start({
        bundle: (peer, bundle) => handlers[mood]!.bundle(peer, bundle),
        skipped: (peer, count) => handlers[mood]!.skipped(peer, count),
        request: (peer, request) => handlers[mood]!.request(peer, request),
        connected: (peer) => handlers[mood]!.connected(peer),
        disconnected: (peer) => handlers[mood]!.disconnected(peer),
      });
    },
    broadcast: (bundle) => now().broadcast(bundle),
    send: (peer, bundle) => now().send(peer, bundle),
    request: (peer, request) => now().request(peer, request),
    report: () => undefined,
    peers: () => honest.peers(),
    stop: () => honest.stop(),
  };
}

const text = { type: "string" } as const;
/** Of what it is told, that which it heeds. */
const names = ["genesis", "data-folder", "trust-folder", "author", "heartbeat-ms"];
const { values } = parseArgs({
  strict: false,
  options: Object.fromEntries(names.map((name) => [name, text])),
}) as { values: Record<string, string> };
const genesis = readGenesis(values.genesis!);
const author = Number(values.author);
const committee = genesis.committee.map(({ network }) => network);
const log = { info: () => {}, warn: () => {}, error: () => {} };
const honest = new Libp2pNetwork({
  chain: genesisChain(genesis),
  key: await transportKey(values["data-folder"]!),
  listen: committee[author]!.addresses,
  committee,
  author,
  log,
});
const store = new Store(join(values["data-folder"]!, "store"));
const node = await LedgerNode.start({
  genesis,
  store,
  startCore: (configs, listener) => startNodeCore({ configs, trustFolder: values["trust-folder"]! }, listener),
  author,
  network: await moody(honest),
  nowMs: Date.now,
  heartbeatMs: Number(values["heartbeat-ms"]),
  log,
});
reportToParent(node);
await Promise.race([untilStopped(), node.failure]);
await node.stop();
await store.close();
