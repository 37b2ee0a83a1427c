/**
 * Takes OrderConfig, and lays the arena out for it. The formula is orderArenaBytes of core/wire/capacities.ts; a test holds both to the same
 * number. A configuration that is not sound, or does not fit, is refused: everything is then answered with notReady.
 */
import * as reader from "../lib/reader";
import {
  MAX_BLOCK_TRANSACTIONS,
  MAX_LEADER_TABLE,
  MAX_LEADERS_PER_ROUND,
  MAX_ORDERED_DIGESTS,
  MAX_POOL_GAS_OBJECTS,
  MAX_POOL_TRANSACTIONS,
  MAX_SKIPPED_SLOTS,
  MAX_TWINS,
  MAX_VALIDATORS,
  MAX_VERIFIED_ITEMS,
  NO_AUTHOR,
} from "../wire/generated";
import { cellHeaderBytes, rowHeaderBytes } from "./dag";
import { EVIDENCE_BYTES } from "./evidence";
import { orderedBytes } from "./ordered";
import { outstandingBytes } from "./outstanding";
import { poolBytes, TRANSACTION_BYTES } from "./pool";
import * as state from "./state";
import { ringBytes } from "./verified";

/** Longest wave: leader, votes, certificates. */
const MAX_WAVE: u32 = 3;
const NUMBER_FIELDS: u32 = 8;

export function align8(bytes: u64): u64 {
  return (bytes + 7) & ~(<u64>7);
}

/** Reads the open reader's OrderConfig to its end; the state is clear before and, unless this returns true, after. */
export function configure(): void {
  const chain = reader.raw32();
  const epoch = reader.u64_();
  const epochStartMs = reader.u64_();
  const epochDurationMs = reader.u64_();
  const author = reader.u16_();
  const committeeSize = reader.u16_();
  readThresholds();
  state.setNumber(state.LEADERS, reader.u8_());
  const tableLength = reader.count(MAX_LEADER_TABLE);
  const table = reader.take(<usize>tableLength * 2);
  state.setNumber(state.TABLE, tableLength);
  readCapacities();
  if (!reader.exhausted() || !isMember(author, committeeSize) || !isSound(committeeSize)) {
    state.clearState();
    return;
  }
  const length = layOut(committeeSize);
  if (length > state.ARENA_CAPACITY || !isTable(table, tableLength, committeeSize)) {
    state.clearState();
    return;
  }
  state.configure(chain, epoch, epochStartMs, epochDurationMs, author, committeeSize, <u32>length);
  memory.copy(state.stateBase() + state.CORE_BYTES, table, <usize>tableLength * 2);
}

function readThresholds(): void {
  state.setNumber(state.PARENTS, reader.u16_());
  state.setNumber(state.WAVE, reader.u8_());
  for (let i: u32 = state.CERTIFICATE; i < NUMBER_FIELDS; i++) state.setNumber(i, reader.u16_());
}

function readCapacities(): void {
  state.setNumber(state.ROUNDS, reader.u16_());
  state.setNumber(state.DEPTH, reader.u16_());
  state.setNumber(state.TWINS, reader.u8_());
  state.setNumber(state.BLOCK_TRANSACTIONS, reader.u16_());
  state.setNumber(state.POOL_TRANSACTIONS, reader.u32_());
  state.setNumber(state.POOL_GAS_OBJECTS, reader.u32_());
  state.setNumber(state.ORDERED_DIGESTS, reader.u32_());
  state.setNumber(state.VERIFIED_ITEMS, reader.u16_());
}

function isMember(author: u32, committeeSize: u32): bool {
  return committeeSize >= 1 && committeeSize <= MAX_VALIDATORS && (author < committeeSize || author == NO_AUTHOR);
}

function between(place: u32, least: u32, most: u32): bool {
  const value = state.number(place);
  return value >= least && value <= most;
}

/** Whether the numbers can be worked with. Whether thresholds are safe is for those who choose them: core/wire/thresholds.ts. */
function isSound(n: u32): bool {
  const rounds = state.number(state.ROUNDS);
  const leaders = state.number(state.LEADERS);
  return (
    between(state.PARENTS, n == 1 ? 0 : 1, n) &&
    between(state.WAVE, 1, MAX_WAVE) &&
    between(state.CERTIFICATE, 1, n + 1) &&
    between(state.DIRECT_COMMIT, 1, n + 1) &&
    between(state.DIRECT_SKIP, 1, n + 1) &&
    between(state.INDIRECT_COMMIT, 0, n + 1) &&
    between(state.FAST_COMMIT, 0, n) &&
    between(state.FAST_INDIRECT, 0, n) &&
    between(state.LEADERS, 1, min(n, MAX_LEADERS_PER_ROUND)) &&
    rounds * leaders <= MAX_SKIPPED_SLOTS &&
    rounds > state.number(state.DEPTH) &&
    between(state.TWINS, 1, MAX_TWINS) &&
    between(state.BLOCK_TRANSACTIONS, 0, MAX_BLOCK_TRANSACTIONS) &&
    between(state.POOL_TRANSACTIONS, 1, MAX_POOL_TRANSACTIONS) &&
    between(state.POOL_GAS_OBJECTS, 1, MAX_POOL_GAS_OBJECTS) &&
    between(state.ORDERED_DIGESTS, 1, MAX_ORDERED_DIGESTS) &&
    between(state.VERIFIED_ITEMS, 1, MAX_VERIFIED_ITEMS)
  );
}

function isTable(table: usize, length: u32, committeeSize: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (load<u16>(table + ((<usize>i) << 1)) >= committeeSize) return false;
  return true;
}

/** Writes offsets and sizes; the arena's length. What does not fit 32 bits does not fit the arena either, and is not used. */
function layOut(n: u32): u64 {
  const transactions = state.number(state.BLOCK_TRANSACTIONS);
  let at: u64 = state.CORE_BYTES + align8(2 * state.number(state.TABLE));
  state.setNumber(state.COMMITTED_AT, <u32>at);
  at += <u64>n * (8 + EVIDENCE_BYTES);
  state.setNumber(state.OUTSTANDING_AT, <u32>at);
  at += outstandingBytes(n, transactions);
  state.setNumber(state.VERIFIED_AT, <u32>at);
  at += 2 * ringBytes();
  state.setNumber(state.ORDERED_AT, <u32>at);
  at += orderedBytes();
  state.setNumber(state.POOL_AT, <u32>at);
  at += poolBytes();
  state.setNumber(state.DAG_AT, <u32>at);
  const rounds = state.number(state.ROUNDS);
  const twins = state.number(state.TWINS);
  const history = (n * twins + 7) / 8;
  const cell = cellHeaderBytes() + align8(<u64>rounds * history) + <u64>transactions * TRANSACTION_BYTES;
  const row = rowHeaderBytes() + <u64>n * twins * cell;
  state.setNumber(state.HISTORY_BYTES, history);
  state.setNumber(state.CELL_BYTES, <u32>cell);
  state.setNumber(state.ROW_BYTES, <u32>row);
  return at + rounds * row;
}
