/** Works out the genesis checkpoint of a chain, with the core's own `execute` and `ledger`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBase58, toBase64 } from "@iota/iota-sdk/utils";
import { defaultOrder } from "../../core/wire/capacities.ts";
import { Config } from "../../core/wire/frames.ts";
import { NO_AUTHOR } from "../../core/wire/limits.ts";
import { encode } from "../../core/wire/schema.ts";
import { startInlineCore } from "../../platform/inline.ts";
import { loadModules } from "../../platform/modules.ts";
import type { ComponentConfigs } from "../../platform/runner.ts";
import { type CheckpointMade, CoreClient } from "../core-client.ts";
import { coreRefusal } from "../errors.ts";
import { deferred } from "../pipeline/async.ts";
import { Committer } from "../pipeline/committer.ts";
import { StateTree } from "../state-tree/state-tree.ts";
import { Store } from "../store/store.ts";
import {
  type GenesisFile,
  type GenesisPlan,
  genesisCommittee,
  genesisEnvironment,
  genesisEpochDurationMs,
  genesisFaults,
} from "./genesis.ts";
import { genesisCommit } from "./genesis-commit.ts";

const ANY_CHAIN = new Uint8Array(32);

/** Completes a genesis with its checkpoint and that one's digest. Throws UnsafeThresholds. */
export async function buildGenesis(plan: GenesisPlan): Promise<GenesisFile> {
  const environment = genesisEnvironment(plan);
  const committee = genesisCommittee(plan);
  const faults = genesisFaults(plan);
  const configs: ComponentConfigs = {
    verify: encode(Config.verify, { origin: { kind: "environment", environment }, author: NO_AUTHOR, ends: [] }),
    order: encode(Config.order, {
      chain: ANY_CHAIN,
      epoch: 0n,
      epochStartMs: environment.epochStartMs,
      epochDurationMs: genesisEpochDurationMs(plan),
      author: NO_AUTHOR,
      ...defaultOrder(committee.length, faults),
    }),
    execute: encode(Config.execute, { sealed: 1 }),
    // Nobody's vault: the checkpoint is given out without a signature.
    ledger: encode(Config.ledger, { chain: ANY_CHAIN, author: NO_AUTHOR, committee, faults }),
    vault: encode(Config.vault, { author: NO_AUTHOR, recover: false }),
  };
  const made = deferred<CheckpointMade>();
  const modules = await loadModules();
  const core = await CoreClient.start(
    async (listener) => startInlineCore({ modules, configs, components: ["execute", "ledger"] }, listener),
    {
      committed: () => undefined,
      checkpoint: made.resolve,
      status: () => undefined,
      recovering: () => undefined,
      refused: (refusal) => made.reject(coreRefusal(refusal.component, "the genesis", refusal, undefined)),
      trouble: () => undefined,
      fault: ({ component, message }) => made.reject(new Error(`${component}: ${message}`)),
    },
  );
  const scratch = mkdtempSync(join(tmpdir(), "caisson-genesis-"));
  const store = new Store(scratch);
  try {
    const tree = new StateTree({ get: (key) => store.node(key) });
    // No quorum signs here, so the committer waits for a certificate that never comes; the summary is all that is wanted.
    const committer = new Committer(core, store, tree, environment, "quorum", () => deferred<never>().promise);
    committer.apply(genesisCommit(plan, core)).catch((error: Error) => made.reject(error));
    const { summary, digest } = await made.promise;
    return { ...plan, checkpoint: toBase64(summary), digest: toBase58(digest) };
  } finally {
    await core.stop();
    await store.close();
    rmSync(scratch, { recursive: true });
  }
}
