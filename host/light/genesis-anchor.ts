import { type GenesisFile, genesisChain, genesisCommittee, genesisFaults } from "../genesis/genesis.ts";
import type { TrustAnchor } from "./unsealed-verify.ts";

/** The committee of a genesis file is that of epoch 0. */
const GENESIS_EPOCH = 0n;

/** Who believes in a genesis file believes this. */
export function genesisAnchor(genesis: GenesisFile): TrustAnchor {
  return {
    chain: genesisChain(genesis),
    committee: genesisCommittee(genesis).map(({ publicKey }) => publicKey),
    faults: genesisFaults(genesis),
    epoch: GENESIS_EPOCH,
  };
}
