/** Values of the store, in BCS through the same schema language as frames. */
import * as limit from "../../core/wire/limits.ts";
import { blob, bytes, option, struct, u8, u16, u64, type Value, vector } from "../../core/wire/schema.ts";

const MAX_TYPE_BYTES = 65_536;

/** What stands at an id now. */
export const LIVE = 0;
export const DELETED = 1;

/** id -> its newest version, whether it is live, and its digest (zero when deleted). */
export const Head = struct("Head", { version: u64, state: u8, digest: bytes(32) });
export type Head = Value<typeof Head>;

/** A transaction as submitted: what must be on disk before a block that names it leaves. */
export const Payload = struct("Payload", {
  transaction: blob(limit.MAX_FRAME_BYTES),
  signatures: vector(blob(limit.MAX_SIGNATURE_BYTES), limit.MAX_SIGNATURES),
});
export type Payload = Value<typeof Payload>;

/** What blocks name, and the greatest height of a block that does. */
export const BlockPayloadRecord = struct("BlockPayloadRecord", { height: u64, payload: Payload });

/** How an ordered transaction ended. `sequence`: its place among all executed transactions, from 0. */
export const Outcome = struct("Outcome", {
  effects: blob(limit.MAX_EFFECTS_BYTES),
  checkpoint: u64,
  timestampMs: u64,
  sequence: u64,
  /** Version of each id before the transaction, for object and balance changes. */
  inputs: vector(struct("InputVersion", { id: bytes(32), version: u64 }), limit.MAX_READS),
});
export type Outcome = Value<typeof Outcome>;

/** Why an ordered transaction was dropped; numbers are ExecuteDrop of core/wire/codes.ts. */
export const Drop = struct("Drop", { code: u16, object: bytes(32), a: u64, b: u64, checkpoint: u64 });
export type Drop = Value<typeof Drop>;

export const CheckpointRecord = struct("CheckpointRecord", {
  summary: blob(limit.MAX_SUMMARY_BYTES),
  /** bcs(CheckpointContents) */
  contents: blob(limit.MAX_FRAME_BYTES * 4),
  certificate: blob(limit.MAX_CERTIFICATE_BYTES),
});
export type CheckpointRecord = Value<typeof CheckpointRecord>;

/** Two blocks that one author has signed for one round: bcs(Block) each, ascending by digest. */
export const Evidence = struct("Evidence", {
  author: u16,
  round: u64,
  first: blob(limit.MAX_BLOCK_BYTES),
  second: blob(limit.MAX_BLOCK_BYTES),
});
export type Evidence = Value<typeof Evidence>;

/** Owner index: what lists need without reading the object. */
export const OwnedRecord = struct("OwnedRecord", { version: u64, balance: u64, type: blob(MAX_TYPE_BYTES) });
export type OwnedRecord = Value<typeof OwnedRecord>;

/** What one owner has of one coin type. `type`: that of the coin objects; `coins`: how many there are. */
export const BalanceRecord = struct("BalanceRecord", { coins: u64, balance: u64, type: blob(MAX_TYPE_BYTES) });
export type BalanceRecord = Value<typeof BalanceRecord>;

/** Where the history that is stored begins. */
export const Beginning = struct("Beginning", {
  /** The checkpoint whose state was taken over: its transactions, and all before it, are not here. */
  checkpoint: u64,
  /** Transactions executed up to it, itself included. */
  transactions: u64,
});
export type Beginning = Value<typeof Beginning>;

/** Key of a node's record in the state tree (host/state-tree/node.ts): its depth, and two bits of path a level. */
const MAX_NODE_KEY_BYTES = 33;
/** Three places a level, of 128 and the two above them. */
const MAX_PENDING_NODES = 390;

/** A state that is being taken over from peers: of which checkpoint, and what of it is still to come. */
export const Incoming = struct("Incoming", {
  sequence: u64,
  /** Of the checkpoint's summary. */
  digest: bytes(32),
  /** Objects that are here. */
  objects: u64,
  /** Places of the state tree whose nodes are to come, the next one last, and what each must hash to. */
  pending: vector(struct("PendingNode", { key: blob(MAX_NODE_KEY_BYTES), hash: bytes(32) }), MAX_PENDING_NODES),
});
export type Incoming = Value<typeof Incoming>;

const MAX_TABLE_NAME_BYTES = 64;
/** LMDB's own. */
const MAX_KEY_BYTES = 1_978;
const MAX_UNDO_ENTRIES = 16_777_216;

/** What a checkpoint's write found in its place. */
export const Undo = struct("Undo", {
  entries: vector(
    struct("UndoEntry", {
      table: blob(MAX_TABLE_NAME_BYTES),
      key: blob(MAX_KEY_BYTES),
      value: option(blob(limit.MAX_FRAME_BYTES * 4)),
    }),
    MAX_UNDO_ENTRIES,
  ),
});
