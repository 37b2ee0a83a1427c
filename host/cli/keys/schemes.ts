/** Signature schemes of users' keys: IOTA's, and Caisson's own (host/client/mldsa-keypair.ts). */
export const SCHEME_NAMES = ["ed25519", "secp256k1", "secp256r1", "ml-dsa-44", "ml-dsa-65"] as const;
export type SchemeName = (typeof SCHEME_NAMES)[number];
