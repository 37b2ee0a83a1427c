/** Reads a validator's public key out of its vault, which makes the key on its first boot. */
import { defaultOrder } from "../../core/wire/capacities.ts";
import { Config } from "../../core/wire/frames.ts";
import { NO_AUTHOR, PROTOCOL_VERSION } from "../../core/wire/limits.ts";
import { encode } from "../../core/wire/schema.ts";
import { CLASSIC } from "../../core/wire/thresholds.ts";
import { startNodeCore } from "../../platform/node/index.ts";
import type { StartCore } from "../../platform/runner.ts";
import { CoreClient, type LedgerStatus, type Recovering } from "../core-client.ts";
import { coreRefusal } from "../errors.ts";
import { deferred } from "../pipeline/async.ts";

const ANY_CHAIN = new Uint8Array(32);

export type VaultReport = NonNullable<LedgerStatus["vault"]>;

/** Boots the core of `trustFolder` without a chain, asks, and stops it again. Throws FolderInUse and VaultRefused. */
export function readVault(
  trustFolder: string,
  author: number,
  startCore: StartCore = startNodeCore,
): Promise<VaultReport> {
  return boot(trustFolder, author, startCore, false, "ready");
}

/** The key of a vault that has lost its state: it asks others with it. Throws as `readVault`. */
export async function readLostKey(trustFolder: string, startCore: StartCore): Promise<Uint8Array> {
  return (await boot(trustFolder, NO_AUTHOR, startCore, true, "recovering")).publicKey;
}

interface Said {
  readonly ready: VaultReport;
  readonly recovering: Recovering;
}

/** Resolves with what the vault says first of this kind. */
async function boot<K extends keyof Said>(
  trustFolder: string,
  author: number,
  startCore: StartCore,
  recover: boolean,
  kind: K,
): Promise<Said[K]> {
  const environment = { epoch: 0n, epochStartMs: 0n, protocolVersion: BigInt(PROTOCOL_VERSION), referenceGasPrice: 1n };
  const said = { ready: deferred<VaultReport>(), recovering: deferred<Recovering>() };
  const fails = (error: Error): void => said[kind].reject(error);
  let trouble: string | undefined;
  const core = await CoreClient.start(
    (listener) =>
      startCore(
        {
          trustFolder,
          configs: {
            verify: encode(Config.verify, { origin: { kind: "environment", environment }, author, ends: [] }),
            order: encode(Config.order, {
              chain: ANY_CHAIN,
              epoch: 0n,
              epochStartMs: 0n,
              epochDurationMs: 0n,
              author,
              ...defaultOrder(1),
            }),
            execute: encode(Config.execute, { sealed: 1 }),
            ledger: encode(Config.ledger, { chain: ANY_CHAIN, author, committee: [], faults: CLASSIC }),
            vault: encode(Config.vault, { author, recover }),
          },
        },
        listener,
      ),
    {
      committed: () => undefined,
      checkpoint: () => undefined,
      status: ({ vault }) => vault && said.ready.resolve(vault),
      recovering: said.recovering.resolve,
      refused: (refusal) => fails(coreRefusal(refusal.component, "to boot", refusal, trouble)),
      trouble: (message) => {
        trouble = message;
      },
      fault: ({ component, message }) => fails(new Error(`${component}: ${message}`)),
    },
  );
  try {
    return (await said[kind].promise) as Said[K];
  } finally {
    await core.stop();
  }
}
