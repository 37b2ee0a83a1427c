/** Reads a validator's public key out of its vault, which makes the key on its first boot. */
import { defaultOrder } from "../../core/wire/capacities.ts";
import { Config } from "../../core/wire/frames.ts";
import { PROTOCOL_VERSION } from "../../core/wire/limits.ts";
import { encode } from "../../core/wire/schema.ts";
import { CLASSIC } from "../../core/wire/thresholds.ts";
import { startNodeCore } from "../../platform/node/index.ts";
import type { StartCore } from "../../platform/runner.ts";
import { CoreClient, type LedgerStatus } from "../core-client.ts";
import { coreRefusal } from "../errors.ts";
import { deferred } from "../pipeline/async.ts";

const ANY_CHAIN = new Uint8Array(32);

export type VaultReport = NonNullable<LedgerStatus["vault"]>;

/** Boots the core of `trustFolder` without a chain, asks, and stops it again. Throws FolderInUse and VaultRefused. */
export async function readVault(
  trustFolder: string,
  author: number,
  startCore: StartCore = startNodeCore,
): Promise<VaultReport> {
  const environment = { epoch: 0n, epochStartMs: 0n, protocolVersion: BigInt(PROTOCOL_VERSION), referenceGasPrice: 1n };
  const ready = deferred<VaultReport>();
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
            vault: encode(Config.vault, { author }),
          },
        },
        listener,
      ),
    {
      committed: () => undefined,
      checkpoint: () => undefined,
      status: ({ vault }) => vault && ready.resolve(vault),
      refused: (refusal) => ready.reject(coreRefusal(refusal.component, "to boot", refusal, trouble)),
      trouble: (message) => {
        trouble = message;
      },
      fault: ({ component, message }) => ready.reject(new Error(`${component}: ${message}`)),
    },
  );
  try {
    return await ready.promise;
  } finally {
    await core.stop();
  }
}
