/**
 * What validators and full nodes say to each other, in BCS through the schema language of frames. Nothing here is trusted: who
 * receives a block, a payload or a certificate gives it to its own `verify`.
 *
 * A connection has one push stream each way: a Hello, then Push messages. Each request has a stream of its own: a Request one way, a
 * Response the other. On every stream a message has its length before it (framing.ts).
 */

import { Standing } from "../../core/wire/frames.ts";
import * as limit from "../../core/wire/limits.ts";
import { attribute } from "../../core/wire/protocol-38.ts";
import type { Codec, Value } from "../../core/wire/schema.ts";
import {
  blob,
  bytes,
  decode,
  encode,
  option,
  struct,
  u8,
  u16,
  u32,
  u64,
  union,
  vector,
} from "../../core/wire/schema.ts";
import { NetworkError } from "./errors.ts";

/** Of this protocol; the first byte of every connection. */
export const NETWORK_VERSION = 1;

/** Transactions of one block with their signatures, in bytes. */
export const MAX_BLOCK_PAYLOAD_BYTES = attribute("consensus_max_transactions_in_block_bytes");
/** Checkpoint signatures that ride with one block: those of a peer that has fallen behind by more are had as certificates. */
export const MAX_BUNDLE_CHECKPOINT_SIGNATURES = 16;
/** Blocks that one request may ask for, and one response hold. */
export const MAX_REQUEST_BLOCKS = 64;
/** Payloads that one request may ask for: those of a whole block. */
export const MAX_REQUEST_PAYLOADS = limit.MAX_BLOCK_TRANSACTIONS;
/** Transactions of clients that one request may hand on, and their bytes: any one fits. */
export const MAX_SUBMITTED = 64;
export const MAX_SUBMITTED_BYTES = 262_144;

/** Nodes of one page of a state: some milliseconds of work for who gives it and who takes it. */
export const MAX_STATE_PAGE_NODES = 512;
/** Nodes and objects of one page, in bytes: any one node with its objects fits. */
export const MAX_STATE_PAGE_BYTES = 2_097_152;
/** A node's record has four leaves at most, its key one byte for its depth and 32 of path (host/state-tree/node.ts). */
export const MAX_STATE_NODE_BYTES = 1 + 4 * 64;
const MAX_STATE_KEY_BYTES = 33;

const digest = bytes(32);

/** A transaction as submitted. */
export const TransactionPayload = struct("TransactionPayload", {
  /** bcs(TransactionData) */
  transaction: blob(limit.MAX_TRANSACTION_BYTES),
  /** Serialized user signatures, flag first. */
  signatures: vector(blob(limit.MAX_SIGNATURE_BYTES), limit.MAX_SIGNATURES),
});
export type TransactionPayload = Value<typeof TransactionPayload>;

/** A validator's signature under a checkpoint that is on its way to a certificate. */
export const CheckpointSignature = struct("CheckpointSignature", {
  sequence: u64,
  digest,
  author: u16,
  boot: u64,
  signature: bytes(limit.SIGNATURE_BYTES),
});
export type CheckpointSignature = Value<typeof CheckpointSignature>;

/** A block, and what a peer needs besides to accept it. */
export const Bundle = struct("Bundle", {
  /** bcs(Block) of core/wire/frames.ts; none when there are signatures alone. */
  block: option(blob(limit.MAX_BLOCK_BYTES)),
  /** Of the block's transactions, in its order. */
  payloads: vector(TransactionPayload, limit.MAX_BLOCK_TRANSACTIONS),
  checkpoints: vector(CheckpointSignature, MAX_BUNDLE_CHECKPOINT_SIGNATURES),
});
export type Bundle = Value<typeof Bundle>;

/** Nothing, to begin with. */
export const EMPTY_BUNDLE: Bundle = { block: undefined, payloads: [], checkpoints: [] };

/** Lengths of a list and of its members take at most this much each, in bytes. */
const LENGTH_BYTES = 3;
/** Lengths within one payload: the transaction's, the list's, two signatures'. */
const PAYLOAD_LENGTHS = 4;
const CHECKPOINT_SIGNATURE_BYTES = 8 + 32 + 2 + 8 + limit.SIGNATURE_BYTES;

/** A bundle's bytes. */
export const MAX_BUNDLE_BYTES =
  limit.MAX_BLOCK_BYTES +
  MAX_BLOCK_PAYLOAD_BYTES +
  limit.MAX_BLOCK_TRANSACTIONS * PAYLOAD_LENGTHS * LENGTH_BYTES +
  MAX_BUNDLE_CHECKPOINT_SIGNATURES * CHECKPOINT_SIGNATURE_BYTES +
  3 * LENGTH_BYTES;

/** The first message each way. */
const Hello = struct("Hello", { version: u8, chain: digest });

/** What follows, for as long as the connection lives. */
export const Push = union("Push", {
  bundle: Bundle,
  /** Bundles that the sender had for this peer and dropped, because it did not read them in time: it asks for what it lacks. */
  skipped: struct("Skipped", { bundles: u32 }),
  /** Said when there was nothing else to say for a while. */
  beat: struct("Beat", {}),
});
export type Push = Value<typeof Push>;

export const Request = union("Request", {
  blocks: struct("BlocksRequest", { digests: vector(digest, MAX_REQUEST_BLOCKS) }),
  /** Blocks of one author from a height (host/format/height.ts) on, the earliest first. */
  blocksFrom: struct("BlocksFromRequest", { author: u16, height: u64 }),
  /** Blocks of all authors behind a place in the order of heights and authors. */
  blocksAfter: struct("BlocksAfterRequest", { height: u64, author: u16 }),
  payloads: struct("PayloadsRequest", { digests: vector(digest, MAX_REQUEST_PAYLOADS) }),
  /** The first certified checkpoint that is not before this one; the newest when no sequence number is given. */
  checkpoint: struct("CheckpointRequest", { sequence: option(u64) }),
  /** The checkpoint whose state the peer will give: it holds it ready for a while. */
  state: struct("StateRequest", {}),
  /** Nodes of that state's tree in preorder, from the one on that has this key. */
  statePage: struct("StatePageRequest", { sequence: u64, from: blob(MAX_STATE_KEY_BYTES) }),
  /** The last checkpoint of the newest epoch that has ended. */
  epochEnd: struct("EpochEndRequest", { epoch: u64 }),
  /** Transactions of a full node's clients. */
  submit: struct("SubmitRequest", { transactions: vector(TransactionPayload, MAX_SUBMITTED) }),
  /** Where the peer's vault stands in the epoch that is in force, for the sender's, which has lost its state. */
  standing: struct("StandingOfRequest", { epoch: u64, nonce: digest }),
});
export type Request = Value<typeof Request>;

const CertifiedCheckpoint = struct("CertifiedCheckpoint", {
  /** bcs(CheckpointSummary) and bcs(Certificate) */
  summary: blob(limit.MAX_SUMMARY_BYTES),
  certificate: blob(limit.MAX_CERTIFICATE_BYTES),
});
export type CertifiedCheckpoint = Value<typeof CertifiedCheckpoint>;

export const StatePage = struct("StatePage", {
  /** Records as host/state-tree/node.ts writes them, each whole with all objects of its leaves. */
  nodes: vector(blob(MAX_STATE_NODE_BYTES), MAX_STATE_PAGE_NODES),
  /** bcs(Object) of each leaf, in the order of nodes and of places in them. */
  objects: vector(blob(limit.MAX_OBJECT_BYTES), 4 * MAX_STATE_PAGE_NODES),
});
export type StatePage = Value<typeof StatePage>;

export const Response = union("Response", {
  /** As many as the peer has and as fit (`fitting`); those that are missing are asked for again, or of another. */
  bundles: struct("BundlesResponse", {
    bundles: vector(Bundle, MAX_REQUEST_BLOCKS),
    /** Blocks of rounds up to this one the peer does not have any more: who lacks one takes a state instead. */
    prunedTo: u64,
  }),
  payloads: struct("PayloadsResponse", { payloads: vector(TransactionPayload, MAX_REQUEST_PAYLOADS) }),
  /** Absent when the peer does not have it. */
  checkpoint: struct("CheckpointResponse", { checkpoint: option(CertifiedCheckpoint) }),
  /** Absent when the peer has none, or does not hold that state ready any more. */
  state: struct("StateResponse", { checkpoint: option(CertifiedCheckpoint) }),
  statePage: struct("StatePageResponse", { page: option(StatePage) }),
  /** How many of them are taken, or were before; the sender's own core says what became of each. */
  submitted: struct("SubmittedResponse", { taken: u16 }),
  /** The peer is busy, or failed. */
  refused: struct("RefusedResponse", {}),
  standing: struct("StandingResponse", { standing: Standing }),
});
export type Response = Value<typeof Response>;

/** What answers what. */
export const ANSWERS = {
  blocks: "bundles",
  blocksFrom: "bundles",
  blocksAfter: "bundles",
  payloads: "payloads",
  checkpoint: "checkpoint",
  epochEnd: "checkpoint",
  state: "state",
  statePage: "statePage",
  submit: "submitted",
  standing: "standing",
} as const satisfies Record<Request["kind"], Response["kind"]>;
export type Answer<R extends Request> = Extract<Response, { kind: (typeof ANSWERS)[R["kind"]] }>;

/** A union's tag. */
const TAG_BYTES = 1;
const PRUNED_TO_BYTES = 8;
/** Largest message of each kind, in bytes. */
export const MAX_HELLO_BYTES = 33;
export const MAX_PUSH_BYTES = MAX_BUNDLE_BYTES + TAG_BYTES;
export const MAX_REQUEST_BYTES =
  TAG_BYTES + LENGTH_BYTES + MAX_SUBMITTED_BYTES + MAX_SUBMITTED * PAYLOAD_LENGTHS * LENGTH_BYTES;
/** Several full blocks, or many small ones. */
export const MAX_RESPONSE_BYTES = 4 * MAX_BUNDLE_BYTES + TAG_BYTES + LENGTH_BYTES + PRUNED_TO_BYTES;

/** Bytes of a message. Throws NetworkError `tooLarge` when they are over `max`, and `malformed` when a list is. */
function write<T>(codec: Codec<T>, value: T, max: number): Uint8Array {
  const message = typed(() => encode(codec, value));
  if (message.length > max) throw new NetworkError("tooLarge", `${message.length} bytes, at most ${max}`);
  return message;
}

/** A message of its bytes, which it keeps views into. Throws NetworkError `malformed`. */
function read<T>(codec: Codec<T>, message: Uint8Array): T {
  return typed(() => decode(codec, message));
}

function typed<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new NetworkError("malformed", (error as Error).message);
  }
}

export const writePush = (push: Push): Uint8Array => write(Push, push, MAX_PUSH_BYTES);
export const writeRequest = (request: Request): Uint8Array => write(Request, request, MAX_REQUEST_BYTES);
export const writeResponse = (response: Response): Uint8Array => write(Response, response, MAX_RESPONSE_BYTES);
export const writeHello = (chain: Uint8Array): Uint8Array =>
  write(Hello, { version: NETWORK_VERSION, chain }, MAX_HELLO_BYTES);

export const readRequest = (message: Uint8Array): Request => read(Request, message);

/** Throws NetworkError `malformed`, or `tooLarge` for more payload than a block may have. */
export function readPush(message: Uint8Array): Push {
  const push = read(Push, message);
  if (push.kind === "bundle") expectBlockPayload(push);
  return push;
}

/** The answer to `request`. Throws NetworkError `refused`, `tooLarge`, or `malformed` for what does not answer it. */
export function readAnswer<R extends Request>(message: Uint8Array, request: R): Answer<R> {
  const response = read(Response, message);
  if (response.kind === "refused") throw new NetworkError("refused");
  if (response.kind !== ANSWERS[request.kind]) {
    throw new NetworkError("malformed", `${response.kind} does not answer ${request.kind}`);
  }
  if (response.kind === "bundles") for (const bundle of response.bundles) expectBlockPayload(bundle);
  return response as Answer<R>;
}

/** Throws NetworkError `otherVersion`, `otherChain` or `malformed`. */
export function expectHello(message: Uint8Array, chain: Uint8Array): void {
  if (message[0] !== NETWORK_VERSION) throw new NetworkError("otherVersion", `${message[0]}, not ${NETWORK_VERSION}`);
  const hello = read(Hello, message);
  if (!chain.every((byte, i) => byte === hello.chain[i])) throw new NetworkError("otherChain");
}

function expectBlockPayload({ payloads }: Bundle): void {
  const total = payloads.reduce((sum, payload) => sum + payloadBytes(payload), 0);
  if (total > MAX_BLOCK_PAYLOAD_BYTES) {
    throw new NetworkError("tooLarge", `${total} bytes of transactions in a block, at most ${MAX_BLOCK_PAYLOAD_BYTES}`);
  }
}

/** What a transaction counts against MAX_BLOCK_PAYLOAD_BYTES, in bytes. */
export function payloadBytes({ transaction, signatures }: TransactionPayload): number {
  return signatures.reduce((sum, signature) => sum + signature.length, transaction.length);
}

/** The first of `transactions` that go into one `submit`. */
export function submittable<T>(transactions: Iterable<T>, payloadOf: (one: T) => TransactionPayload): T[] {
  const taken: T[] = [];
  let room = MAX_SUBMITTED_BYTES;
  for (const one of transactions) {
    room -= payloadBytes(payloadOf(one));
    if (room < 0 || taken.length === MAX_SUBMITTED) break;
    taken.push(one);
  }
  return taken;
}

/** The first of `items` that go into one response; items are taken from it only as long as there is room. */
export function fitting<T extends Bundle | TransactionPayload>(items: Iterable<T>): T[] {
  const taken: T[] = [];
  let room = MAX_RESPONSE_BYTES - TAG_BYTES - LENGTH_BYTES - PRUNED_TO_BYTES;
  for (const item of items) {
    room -= itemBytes(item);
    if (room < 0) break;
    taken.push(item);
    if (taken.length === ("block" in item ? MAX_REQUEST_BLOCKS : MAX_REQUEST_PAYLOADS)) break;
  }
  return taken;
}

/** What a node's record or an object counts against MAX_STATE_PAGE_BYTES. */
export function statePieceBytes(piece: Uint8Array): number {
  return piece.length + LENGTH_BYTES;
}

/** Never less than what it takes in a message. */
function itemBytes(item: Bundle | TransactionPayload): number {
  if (!("block" in item)) return payloadBytes(item) + PAYLOAD_LENGTHS * LENGTH_BYTES;
  const payloads = item.payloads.reduce((sum, payload) => sum + itemBytes(payload), 0);
  return (item.block?.length ?? 0) + payloads + item.checkpoints.length * CHECKPOINT_SIGNATURE_BYTES + 3 * LENGTH_BYTES;
}
