/**
 * Contents of 0x2::coin::Coin<T>: id (32 bytes) || balance (u64, little-endian).
 * Source: iotaledger/iota crates/iota-types/src/coin.rs, balance.rs.
 */
import { copy32 } from "../bytes";

/** Bytes of a coin's contents. */
export const COIN_CONTENTS_BYTES: u32 = 40;

/** Balance in the coin's smallest unit (NANOS for IOTA). */
export function coinBalance(contents: usize): u64 {
  return load<u64>(contents, 32);
}

/** Writes the contents of a coin. */
export function putCoin(contents: usize, id: usize, balance: u64): void {
  copy32(contents, id);
  store<u64>(contents, balance, 32);
}
