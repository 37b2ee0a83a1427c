/** The network of a validator alone. */
import { NetworkError } from "./errors.ts";
import type { Network } from "./network.ts";

export const NO_PEERS: Network = {
  start: async () => undefined,
  broadcast: () => undefined,
  send: () => undefined,
  request: () => Promise.reject(new NetworkError("notConnected")),
  report: () => undefined,
  peers: () => [],
  stop: async () => undefined,
};
