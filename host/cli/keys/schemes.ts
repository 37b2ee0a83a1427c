/** Signature schemes of users' keys. */
export const SCHEME_NAMES = ["ed25519", "secp256k1", "secp256r1"] as const;
export type SchemeName = (typeof SCHEME_NAMES)[number];
