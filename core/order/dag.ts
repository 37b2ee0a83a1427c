/**
 * The blocks above the horizon, and the facts of each: which slots of the round before it votes for, which of the round before that it
 * certifies, and which blocks are in its history. Facts follow from a block and its history alone and never change.
 *
 * Rounds lie in a ring, round r in row (r - 1) mod ROUNDS, so that the first rounds are a prefix of the arena. A row has a cell for each block
 * that an author may have in it; an author's blocks are in the order of their digests, so that the arena's bytes do not tell in which order
 * blocks arrived. A row is cleared when a later round takes it over; what a history says of a round at or below the horizon is never read.
 */
import { compare32, copy32, equal32 } from "../lib/bytes";
import { align8 } from "./layout";
import { writeLeaders } from "./leaders";
import { TRANSACTION_BYTES } from "./pool";
import * as state from "./state";

// Row: its round, leaders (u16 each), cells. Round 0: it holds nothing.
const ROW_LEADERS: usize = 8;

// Cell: digest, timestamp, presence, transactions; votes and certificates, a byte for each rank; history; transactions.
const TIMESTAMP: usize = 32;
const PRESENT: usize = 40;
const COUNT: usize = 42;
const VOTES: usize = 48;

/** No block. */
export const ABSENT: i32 = -1;

/** What `link` notes of a parent: author, its place among the author's blocks, round. */
const LINK_BYTES: usize = 16;
/** Parents of the block that `insert` adds: LINK_BYTES for each of MAX_VALIDATORS. */
const LINKS: usize = memory.data(1600, 16);
/** Leaders of a round that no row holds. */
const LEADERS: usize = memory.data(16, 16);

let links: u32 = 0;

export function rowHeaderBytes(): u64 {
  return ROW_LEADERS + align8(2 * state.number(state.LEADERS));
}

export function cellHeaderBytes(): u64 {
  return VOTES + align8(2 * state.number(state.LEADERS));
}

function rowPlace(round: u64): u32 {
  return <u32>((round - 1) % state.number(state.ROUNDS));
}

function rowAt(round: u64): usize {
  return state.part(state.DAG_AT) + <usize>rowPlace(round) * state.number(state.ROW_BYTES);
}

/** True when blocks of this round are held, and it is above the horizon. */
function holds(round: u64): bool {
  return round > state.horizon() && load<u64>(rowAt(round)) == round;
}

/** Address of a cell of a round that a row holds. */
function cellAt(round: u64, author: u32, twin: u32): usize {
  const place = author * state.number(state.TWINS) + twin;
  return rowAt(round) + <usize>rowHeaderBytes() + <usize>place * state.number(state.CELL_BYTES);
}

/** Blocks held of an author and round. */
export function blocksOf(round: u64, author: u32): u32 {
  if (!holds(round)) return 0;
  const twins = state.number(state.TWINS);
  let count: u32 = 0;
  while (count < twins && load<u8>(cellAt(round, author, count), PRESENT) != 0) count++;
  return count;
}

/** Place of a block among its author's of that round, or ABSENT. */
export function find(round: u64, author: u32, digest: usize): i32 {
  const count = blocksOf(round, author);
  for (let twin: u32 = 0; twin < count; twin++) {
    if (equal32(cellAt(round, author, twin), digest)) return <i32>twin;
  }
  return ABSENT;
}

/** 32 bytes, of a block that is held; as are those of the next functions. */
export function digestOf(round: u64, author: u32, twin: u32): usize {
  return cellAt(round, author, twin);
}

export function timestampOf(round: u64, author: u32, twin: u32): u64 {
  return load<u64>(cellAt(round, author, twin), TIMESTAMP);
}

export function transactionCount(round: u64, author: u32, twin: u32): u32 {
  return load<u16>(cellAt(round, author, twin), COUNT);
}

/** TRANSACTION_BYTES each. */
export function transactionsOf(round: u64, author: u32, twin: u32): usize {
  const bytes = state.number(state.BLOCK_TRANSACTIONS) * TRANSACTION_BYTES;
  return cellAt(round, author, twin) + state.number(state.CELL_BYTES) - bytes;
}

/** The block of the slot (round before, rank) that a block votes for: 1 and its place among the leader's; 0: none. */
export function voteOf(round: u64, author: u32, twin: u32, rank: u32): u32 {
  return load<u8>(cellAt(round, author, twin) + VOTES + rank);
}

/** The blocks of the slot (two rounds before, rank) that a block certifies: a bit for each of the leader's. */
export function certificatesOf(round: u64, author: u32, twin: u32, rank: u32): u32 {
  return load<u8>(cellAt(round, author, twin) + VOTES + state.number(state.LEADERS) + rank);
}

function historyAt(cell: usize, round: u64): usize {
  return cell + <usize>cellHeaderBytes() + <usize>rowPlace(round) * state.number(state.HISTORY_BYTES);
}

/** Whether the history of the block (round, author, twin) has a held block. A block is not in its own history. */
export function inHistory(round: u64, author: u32, twin: u32, ofRound: u64, ofAuthor: u32, ofTwin: u32): bool {
  if (ofRound >= round || !holds(ofRound)) return false;
  const bit = ofAuthor * state.number(state.TWINS) + ofTwin;
  return ((load<u8>(historyAt(cellAt(round, author, twin), ofRound) + (bit >> 3)) >> (bit & 7)) & 1) != 0;
}

export function leaderOf(round: u64, rank: u32): u32 {
  if (load<u64>(rowAt(round)) == round) return load<u16>(rowAt(round) + ROW_LEADERS + ((<usize>rank) << 1));
  writeLeaders(LEADERS, round);
  return load<u16>(LEADERS + ((<usize>rank) << 1));
}

/** Authors of whom a block is held in this round. */
export function authorsAt(round: u64): u32 {
  if (!holds(round)) return 0;
  const n = state.committeeSize();
  let count: u32 = 0;
  for (let author: u32 = 0; author < n; author++) if (load<u8>(cellAt(round, author, 0), PRESENT) != 0) count++;
  return count;
}

/** Highest round, above the horizon and up to `most`, that an author has a block in; 0: none. */
export function latestRound(author: u32, most: u64): u64 {
  for (let round = min(most, state.highestRound()); round > state.horizon(); round--) {
    if (blocksOf(round, author) > 0) return round;
  }
  return 0;
}

/** Begins the list of the next block's parents. */
export function clearLinks(): void {
  links = 0;
}

/** Adds a parent that is held. At most one an author. */
export function link(round: u64, author: u32, twin: u32): void {
  const at = LINKS + <usize>links * LINK_BYTES;
  store<u32>(at, author);
  store<u32>(at, twin, 4);
  store<u64>(at, round, 8);
  links++;
}

function linkAuthor(index: u32): u32 {
  return load<u32>(LINKS + <usize>index * LINK_BYTES);
}

function linkTwin(index: u32): u32 {
  return load<u32>(LINKS + <usize>index * LINK_BYTES, 4);
}

function linkRound(index: u32): u64 {
  return load<u64>(LINKS + <usize>index * LINK_BYTES, 8);
}

/** Adds a block whose parents were linked, above the horizon and with room for it. `transactions`: TRANSACTION_BYTES each. */
export function insert(
  round: u64,
  author: u32,
  digest: usize,
  timestampMs: u64,
  transactions: usize,
  count: u32,
): void {
  openRow(round);
  let twin = blocksOf(round, author);
  const cell = cellAt(round, author, twin);
  copy32(cell, digest);
  store<u64>(cell, timestampMs, TIMESTAMP);
  store<u8>(cell, 1, PRESENT);
  store<u16>(cell, <u16>count, COUNT);
  memory.copy(transactionsOf(round, author, twin), transactions, <usize>count * TRANSACTION_BYTES);
  for (let i: u32 = 0; i < links; i++) {
    if (holds(linkRound(i))) addHistory(cell, i);
  }
  for (let rank: u32 = 0; rank < state.number(state.LEADERS); rank++) {
    store<u8>(cell + VOTES + rank, <u8>vote(round, rank));
    store<u8>(cell + VOTES + state.number(state.LEADERS) + rank, <u8>certificates(round, rank));
  }
  if (round > state.highestRound()) state.setHighestRound(round);
  for (; twin > 0 && compare32(cellAt(round, author, twin), cellAt(round, author, twin - 1)) < 0; twin--) {
    exchange(round, author, twin - 1);
  }
}

function openRow(round: u64): void {
  const row = rowAt(round);
  if (load<u64>(row) == round) return;
  memory.fill(row, 0, state.number(state.ROW_BYTES));
  store<u64>(row, round);
  writeLeaders(row + ROW_LEADERS, round);
}

/** Adds a parent and its history above the horizon to the history of a new cell. */
function addHistory(cell: usize, index: u32): void {
  const bytes = state.number(state.HISTORY_BYTES);
  const round = linkRound(index);
  const parent = cellAt(round, linkAuthor(index), linkTwin(index));
  for (let earlier = state.horizon() + 1; earlier < round; earlier++) {
    const to = historyAt(cell, earlier);
    const from = historyAt(parent, earlier);
    for (let i: u32 = 0; i < bytes; i++) store<u8>(to + i, load<u8>(to + i) | load<u8>(from + i));
  }
  setBit(historyAt(cell, round), linkAuthor(index), linkTwin(index), true);
}

function setBit(history: usize, author: u32, twin: u32, value: bool): void {
  const bit = author * state.number(state.TWINS) + twin;
  const at = history + (bit >> 3);
  const mask = (<u32>1) << (bit & 7);
  const bits: u32 = load<u8>(at);
  store<u8>(at, <u8>(value ? bits | mask : bits & ~mask));
}

function vote(round: u64, rank: u32): u32 {
  if (!holds(round - 1)) return 0;
  const leader = leaderOf(round - 1, rank);
  for (let i: u32 = 0; i < links; i++) {
    if (linkRound(i) == round - 1 && linkAuthor(i) == leader) return 1 + linkTwin(i);
  }
  return 0;
}

function certificates(round: u64, rank: u32): u32 {
  if (!holds(round - 2)) return 0;
  let certified: u32 = 0;
  for (let twin: u32 = 0; twin < state.number(state.TWINS); twin++) {
    let votes: u32 = 0;
    for (let i: u32 = 0; i < links; i++) {
      if (linkRound(i) == round - 1 && voteOf(round - 1, linkAuthor(i), linkTwin(i), rank) == 1 + twin) votes++;
    }
    if (votes >= state.number(state.CERTIFICATE)) certified |= 1 << twin;
  }
  return certified;
}

const SWAP: usize = memory.data(128, 16);
const SWAP_BYTES: usize = 128;

/** Exchanges two neighbours among an author's blocks, and every mention of them. */
function exchange(round: u64, author: u32, twin: u32): void {
  const bytes = state.number(state.CELL_BYTES);
  const a = cellAt(round, author, twin);
  const b = cellAt(round, author, twin + 1);
  for (let at: usize = 0; at < bytes; at += SWAP_BYTES) {
    const piece = min(SWAP_BYTES, bytes - at);
    memory.copy(SWAP, a + at, piece);
    memory.copy(a + at, b + at, piece);
    memory.copy(b + at, SWAP, piece);
  }
  for (let later = round + 1; later <= state.highestRound(); later++) {
    if (!holds(later)) continue;
    for (let other: u32 = 0; other < state.committeeSize(); other++) {
      const count = blocksOf(later, other);
      for (let i: u32 = 0; i < count; i++) rename(later, other, i, round, author, twin);
    }
  }
}

/** In the facts of a block: what said `twin` says the next one, and the other way round. */
function rename(later: u64, other: u32, place: u32, round: u64, author: u32, twin: u32): void {
  const cell = cellAt(later, other, place);
  const history = historyAt(cell, round);
  const first = inHistory(later, other, place, round, author, twin);
  const second = inHistory(later, other, place, round, author, twin + 1);
  setBit(history, author, twin, second);
  setBit(history, author, twin + 1, first);
  const leaders = state.number(state.LEADERS);
  for (let rank: u32 = 0; rank < leaders; rank++) {
    if (leaderOf(round, rank) != author) continue;
    const voteAt = cell + VOTES + rank;
    if (later == round + 1 && load<u8>(voteAt) == 1 + twin) store<u8>(voteAt, <u8>(2 + twin));
    else if (later == round + 1 && load<u8>(voteAt) == 2 + twin) store<u8>(voteAt, <u8>(1 + twin));
    if (later != round + 2) continue;
    const certified: u32 = load<u8>(voteAt + leaders);
    const low = (certified >> twin) & 1;
    const high = (certified >> (twin + 1)) & 1;
    const rest = certified & ~(3 << twin);
    store<u8>(voteAt + leaders, <u8>(rest | (low << (twin + 1)) | (high << twin)));
  }
}
