/** A chain to attack: its genesis, its users, and the seed of its one validator's key, all made of a number. */
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { toBase64 } from "@iota/iota-sdk/utils";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { buildGenesis } from "../../host/genesis/build-genesis.ts";
import type { GenesisFile } from "../../host/genesis/genesis.ts";

/** NANOS of each genesis coin. */
const COIN = 50_000_000_000n;
/** Genesis coins of each user. */
const COINS = 6;
/** Milliseconds since 1970. */
export const GENESIS_TIME = 1_700_000_000_000;

export interface Chain {
  readonly genesis: GenesisFile;
  /** Entropy that the vault's key is made of (FIPS 204, xi), and the secret key that it expands to. */
  readonly seed: Uint8Array;
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
  /** Each has some coins from genesis. */
  readonly users: readonly Ed25519Keypair[];
}

/** `number`, from 1 to 250: another number, another chain. */
export async function makeChain(number: number): Promise<Chain> {
  const seed = new Uint8Array(32).map((_, i) => (number * 37 + i * 11 + 1) & 0xff);
  const { secretKey, publicKey } = ml_dsa65.keygen(seed);
  const users = [1, 2, 3].map((n) => Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(n + 10)));
  const genesis = await buildGenesis({
    protocolVersion: "38",
    timestampMs: String(GENESIS_TIME + number),
    epochDurationMs: "0",
    referenceGasPrice: "1000",
    committee: [{ name: `attacked ${number}`, publicKey: toBase64(publicKey) }],
    coins: users.flatMap((user) =>
      Array.from({ length: COINS }, () => ({ owner: user.toIotaAddress(), balance: String(COIN) })),
    ),
  });
  return { genesis, seed, secretKey, publicKey, users };
}
