/**
 * Conservation: 128-bit sums of what a result takes and leaves, so that no sum of 64-bit amounts can wrap.
 *
 * IOTA amounts in NANOS; amounts of other coins in their smallest unit, summed by type.
 */
import { compare32, copy32, equal32 } from "../lib/bytes";
import { blake2b256 } from "../lib/hash/blake2b";
import { MAX_INPUT_OBJECTS } from "../wire/generated";

/** What changed objects held before, and hold after. */
export const TAKEN: usize = 0;
export const LEFT: usize = 1;

const SUM_BYTES: usize = 16;
/** Sums of IOTA balances and of storage rebates: taken, left. */
const BALANCES: usize = memory.data(32, 16);
const REBATES: usize = memory.data(32, 16);
const FIRST_SIDE: usize = memory.data(16, 16);
const SECOND_SIDE: usize = memory.data(16, 16);

/** Coin types of one result: hash of the type, sum taken, sum left. Every type is that of an input: MAX_INPUT_OBJECTS of TYPE_BYTES. */
const TYPE_BYTES: usize = 64;
const TYPE_SUMS: usize = 32;
const TYPES: usize = memory.data(131_072, 16);
/** Their addresses (u32), ascending by hash, so that each is found in few steps whoever chose the types. */
const ORDER: usize = memory.data(8_192, 16);
const TYPE_HASH: usize = memory.data(32, 16);

let types: u32 = 0;

export function clearSums(): void {
  memory.fill(BALANCES, 0, 2 * SUM_BYTES);
  memory.fill(REBATES, 0, 2 * SUM_BYTES);
  types = 0;
}

/** Adds to a sum of two u64, low first. 2^64 additions would be needed to wrap it. */
function add(sum: usize, value: u64): void {
  const low = load<u64>(sum) + value;
  if (low < value) store<u64>(sum, load<u64>(sum, 8) + 1, 8);
  store<u64>(sum, low);
}

function sameSum(a: usize, b: usize): bool {
  return load<u64>(a) == load<u64>(b) && load<u64>(a, 8) == load<u64>(b, 8);
}

function addSum(sum: usize, other: usize): void {
  add(sum, load<u64>(other));
  store<u64>(sum, load<u64>(sum, 8) + load<u64>(other, 8), 8);
}

export function addRebate(side: usize, rebate: u64): void {
  add(REBATES + side * SUM_BYTES, rebate);
}

export function addIota(side: usize, balance: u64): void {
  add(BALANCES + side * SUM_BYTES, balance);
}

function typeAt(place: u32): usize {
  return load<u32>(ORDER + ((<usize>place) << 2));
}

/** The first place whose type's hash is not below this one. */
function placeOf(hash: usize): u32 {
  let low: u32 = 0;
  let high = types;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare32(typeAt(middle), hash) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(place: u32, hash: usize): void {
  const at = TYPES + <usize>types * TYPE_BYTES;
  copy32(at, hash);
  memory.fill(at + TYPE_SUMS, 0, 2 * SUM_BYTES);
  const order = ORDER + ((<usize>place) << 2);
  memory.copy(order + 4, order, (<usize>(types - place)) << 2);
  store<u32>(order, <u32>at);
  types++;
}

/** Counts a coin of another type, given as bytes. False when it is left without such a coin having been taken. */
export function addCoin(side: usize, type: usize, typeLength: u32, balance: u64): bool {
  blake2b256(TYPE_HASH, type, typeLength);
  const place = placeOf(TYPE_HASH);
  if (place == types || !equal32(typeAt(place), TYPE_HASH)) {
    if (side == LEFT || types >= MAX_INPUT_OBJECTS) return false;
    insert(place, TYPE_HASH);
  }
  const at = typeAt(place);
  add(at + TYPE_SUMS + side * SUM_BYTES, balance);
  return true;
}

export function coinsConserved(): bool {
  for (let i: u32 = 0; i < types; i++) {
    const sums = TYPES + <usize>i * TYPE_BYTES + TYPE_SUMS;
    if (!sameSum(sums, sums + SUM_BYTES)) return false;
  }
  return true;
}

/**
 * Balances taken + rebates taken = balances left + rebates left + computation cost + non-refundable fee, and the rebates alone
 * follow the storage numbers: rebates taken + storage cost = rebates left + storage rebate + non-refundable fee.
 * `gas`: five u64 as in frames.ts, GasSummary; not more is burned than computation cost.
 * Source: upstream's iota-adapter temporary_store.rs, check_iota_conserved, which sums the same quantities.
 */
export function iotaConserved(gas: usize): bool {
  const computation = load<u64>(gas);
  if (load<u64>(gas, 8) > computation) return false;
  const nonRefundable = load<u64>(gas, 32);

  memory.copy(FIRST_SIDE, REBATES, SUM_BYTES);
  add(FIRST_SIDE, load<u64>(gas, 16));
  memory.copy(SECOND_SIDE, REBATES + SUM_BYTES, SUM_BYTES);
  add(SECOND_SIDE, load<u64>(gas, 24));
  add(SECOND_SIDE, nonRefundable);
  if (!sameSum(FIRST_SIDE, SECOND_SIDE)) return false;

  memory.copy(FIRST_SIDE, BALANCES, SUM_BYTES);
  addSum(FIRST_SIDE, REBATES);
  memory.copy(SECOND_SIDE, BALANCES + SUM_BYTES, SUM_BYTES);
  addSum(SECOND_SIDE, REBATES + SUM_BYTES);
  add(SECOND_SIDE, computation);
  add(SECOND_SIDE, nonRefundable);
  return sameSum(FIRST_SIDE, SECOND_SIDE);
}
