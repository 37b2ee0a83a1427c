import type { CoreClient } from "../core-client.ts";
import { SYSTEM_SIGNATURES } from "../format/transaction.ts";
import type { CommitToApply } from "../pipeline/committer.ts";
import { type GenesisPlan, genesisEnvironment, genesisEpochDurationMs, genesisTransaction } from "./genesis.ts";

/** Genesis as the commit that opens the ledger. */
export function genesisCommit(genesis: GenesisPlan, core: CoreClient): CommitToApply {
  const { digest, bytes } = genesisTransaction(genesis);
  return {
    index: 0n,
    timestampMs: BigInt(genesis.timestampMs),
    transactions: [{ digest, payload: { transaction: bytes, signatures: SYSTEM_SIGNATURES } }],
    open: () =>
      core.ledger({
        kind: "genesis",
        environment: genesisEnvironment(genesis),
        epochDurationMs: genesisEpochDurationMs(genesis),
        timestampMs: BigInt(genesis.timestampMs),
        transaction: digest,
      }),
  };
}
