/**
 * Who may speak to whom, written down once. Every platform wires itself from this; nothing else joins two components.
 * `host` stands for whoever controls frames from outside: it has lanes to verify, order, execute and ledger, and none to vault.
 */
import type { LaneName } from "../core/wire/frames.ts";

/** Components that are WebAssembly modules of core/. */
export const COMPONENTS = ["verify", "order", "execute", "ledger", "vault"] as const;
export type ComponentName = (typeof COMPONENTS)[number];

/** An end of a lane: a component, the platform's own `trust`, or the host outside the seal. */
export type End = ComponentName | "trust" | "host";

export interface Lane {
  readonly from: End;
  readonly to: End;
}

/** How many instances a platform may start: pools share their lanes, and any instance may serve any frame. */
export const INSTANCES: Readonly<Record<ComponentName, "one" | "many">> = {
  verify: "many",
  order: "one",
  execute: "many",
  ledger: "one",
  vault: "one",
};

/** What a fault (a trap) in a component leads to: stateless ones are started again alone, the others take the core with them. */
export const ON_FAULT: Readonly<Record<ComponentName, "restart-instance" | "reboot-core">> = {
  verify: "restart-instance",
  order: "reboot-core",
  execute: "restart-instance",
  ledger: "reboot-core",
  vault: "reboot-core",
};

export const TOPOLOGY: Readonly<Record<LaneName, Lane>> = {
  hostToVerify: { from: "host", to: "verify" },
  verifyToHost: { from: "verify", to: "host" },
  hostToOrder: { from: "host", to: "order" },
  orderToHost: { from: "order", to: "host" },
  hostToExecute: { from: "host", to: "execute" },
  executeToHost: { from: "execute", to: "host" },
  hostToLedger: { from: "host", to: "ledger" },
  ledgerToHost: { from: "ledger", to: "host" },
  verifyToOrder: { from: "verify", to: "order" },
  orderToLedger: { from: "order", to: "ledger" },
  executeToLedger: { from: "execute", to: "ledger" },
  orderToVault: { from: "order", to: "vault" },
  vaultToOrder: { from: "vault", to: "order" },
  ledgerToVault: { from: "ledger", to: "vault" },
  vaultToLedger: { from: "vault", to: "ledger" },
  vaultToTrust: { from: "vault", to: "trust" },
  trustToVault: { from: "trust", to: "vault" },
};

/** Components with a lane of the host's. Each has a stream of its own where the core is not in the host's process, in this order. */
export const LINKED: readonly ComponentName[] = COMPONENTS.filter((name) =>
  Object.values(TOPOLOGY).some(({ from, to }) => from === "host" && to === name),
);
