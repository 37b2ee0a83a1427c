/** Works out the genesis checkpoint of a genesis file, with the core's own `execute` and `ledger`, so that the file can name its chain. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBase58 } from "@iota/iota-sdk/utils";
import { defaultOrder } from "../../core/wire/capacities.ts";
import { Config, LedgerToVault } from "../../core/wire/frames.ts";
import { decode, encode } from "../../core/wire/schema.ts";
import { startInlineCore } from "../../platform/inline.ts";
import { loadModules } from "../../platform/modules.ts";
import type { ComponentConfigs } from "../../platform/runner.ts";
import { CoreClient } from "../core-client.ts";
import { coreRefusal } from "../errors.ts";
import { deferred } from "../pipeline/async.ts";
import { Committer } from "../pipeline/committer.ts";
import { StateTree } from "../state-tree/state-tree.ts";
import { Store } from "../store/store.ts";
import {
  type GenesisFile,
  genesisCommittee,
  genesisEnvironment,
  genesisEpochDurationMs,
  genesisFaults,
} from "./genesis.ts";
import { genesisCommit } from "./genesis-commit.ts";

const ANY_CHAIN = new Uint8Array(32);

/** Completes a genesis with its digest. Throws UnsafeThresholds. */
export async function buildGenesis(genesis: Omit<GenesisFile, "digest">): Promise<GenesisFile> {
  const file = { ...genesis, digest: toBase58(ANY_CHAIN) };
  const environment = genesisEnvironment(file);
  const committee = genesisCommittee(file);
  const faults = genesisFaults(file);
  const configs: ComponentConfigs = {
    verify: encode(Config.verify, { environment, chain: ANY_CHAIN, committee, faults, author: 0, ends: [] }),
    order: encode(Config.order, {
      chain: ANY_CHAIN,
      epoch: 0n,
      epochStartMs: environment.epochStartMs,
      epochDurationMs: genesisEpochDurationMs(file),
      author: 0,
      ...defaultOrder(committee.length, faults),
    }),
    execute: encode(Config.execute, { sealed: 1 }),
    ledger: encode(Config.ledger, { chain: ANY_CHAIN, author: 0, committee, faults }),
    vault: encode(Config.vault, { author: 0 }),
  };
  const chain = deferred<Uint8Array>();
  const modules = await loadModules();
  const core = await CoreClient.start(
    async (listener) =>
      startInlineCore(
        {
          modules,
          configs,
          components: ["execute", "ledger"],
          // The digest is what `ledger` would bind the vault to.
          stray: (lane, frame) => {
            if (lane !== "ledgerToVault") return;
            const request = decode(LedgerToVault, frame);
            if (request.kind === "bind") chain.resolve(request.chain);
          },
        },
        listener,
      ),
    {
      committed: () => undefined,
      checkpoint: () => undefined,
      status: () => undefined,
      refused: (refusal) => chain.reject(coreRefusal(refusal.component, "the genesis", refusal, undefined)),
      trouble: () => undefined,
      fault: ({ component, message }) => chain.reject(new Error(`${component}: ${message}`)),
    },
  );
  const scratch = mkdtempSync(join(tmpdir(), "caisson-genesis-"));
  const store = new Store(scratch);
  try {
    const tree = new StateTree({ get: (key) => store.node(key) });
    // No vault signs here, so the committer waits for a certificate that never comes; the digest is all that is wanted.
    const committer = new Committer(core, store, tree, environment, "quorum", () => deferred<never>().promise);
    committer.apply(genesisCommit(file, core)).catch((error: Error) => chain.reject(error));
    return { ...file, digest: toBase58(await chain.promise) };
  } finally {
    await core.stop();
    await store.close();
    rmSync(scratch, { recursive: true });
  }
}
