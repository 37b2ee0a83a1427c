import { fromBase64 } from "@iota/iota-sdk/utils";
import { type GenesisFile, genesisCommittee } from "../genesis/genesis.ts";
import type { TrustAnchor } from "./unsealed-verify.ts";

/** Who believes in a genesis file believes this. */
export function genesisAnchor(genesis: GenesisFile): TrustAnchor {
  return {
    genesis: fromBase64(genesis.checkpoint),
    committee: genesisCommittee(genesis).map(({ publicKey }) => publicKey),
  };
}
