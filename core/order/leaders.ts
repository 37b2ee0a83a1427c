/**
 * Who leads which slot: from the configured table, or by a draw without replacement from the digest of chain, epoch and round. Whole numbers
 * alone; the draw's bias is below n / 2^32.
 */
import { copy32 } from "../lib/bytes";
import { blake2b256 } from "../lib/hash/blake2b";
import * as state from "./state";

/** "CaissonLeader::", chain, epoch, round. */
const SEED: usize = memory.data<u8>([
  0x43, 0x61, 0x69, 0x73, 0x73, 0x6f, 0x6e, 0x4c, 0x65, 0x61, 0x64, 0x65, 0x72, 0x3a, 0x3a, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
const SEED_CHAIN: usize = 15;
const SEED_EPOCH: usize = 47;
const SEED_ROUND: usize = 55;
const SEED_BYTES: u32 = 63;
const DRAW: usize = memory.data(32, 16);
/** u16 for each of MAX_VALIDATORS. */
const MEMBERS: usize = memory.data(200, 16);

/** Writes the leaders of a round, u16 each, as many as a round has. */
export function writeLeaders(out: usize, round: u64): void {
  const leaders = state.number(state.LEADERS);
  const table = state.number(state.TABLE);
  if (table == 0) {
    draw(out, round, leaders);
    return;
  }
  const first = ((round - 1) % table) * leaders;
  for (let rank: u32 = 0; rank < leaders; rank++) {
    const place = <usize>((first + rank) % table);
    store<u16>(out + ((<usize>rank) << 1), load<u16>(state.stateBase() + state.CORE_BYTES + (place << 1)));
  }
}

function draw(out: usize, round: u64, leaders: u32): void {
  const n = state.committeeSize();
  copy32(SEED + SEED_CHAIN, state.chain());
  store<u64>(SEED + SEED_EPOCH, state.epoch());
  store<u64>(SEED + SEED_ROUND, round);
  blake2b256(DRAW, SEED, SEED_BYTES);
  for (let i: u32 = 0; i < n; i++) store<u16>(MEMBERS + ((<usize>i) << 1), <u16>i);
  for (let rank: u32 = 0; rank < leaders; rank++) {
    const chosen = rank + (load<u32>(DRAW + ((<usize>rank) << 2)) % (n - rank));
    const at = MEMBERS + ((<usize>chosen) << 1);
    store<u16>(out + ((<usize>rank) << 1), load<u16>(at));
    store<u16>(at, load<u16>(MEMBERS + ((<usize>rank) << 1)));
  }
}
