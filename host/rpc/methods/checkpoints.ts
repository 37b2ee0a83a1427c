/** Checkpoints (iotaledger/iota crates/iota-json-rpc/src/read_api.rs, crates/iota-json-rpc-types/src/iota_checkpoint.rs). */
import * as v from "valibot";
import type { Store } from "../../store/store.ts";
import { type Method, method, optional, required } from "../method.ts";
import { firstCheckpoint, prunedCheckpoint } from "../pruned.ts";
import { invalidInput, RPC_CODE, userInput } from "../rpc-error.ts";
import { count, decodeDigest, u64, validatePageLimit } from "../schemas.ts";
import { checkpointJson } from "../views/checkpoint.ts";

/** `QUERY_MAX_RESULT_LIMIT_CHECKPOINTS` of crates/iota-json-rpc-api/src/lib.rs. */
const MAX_PAGE_CHECKPOINTS = 100;

const U64_TEXT = /^(0|[1-9][0-9]{0,19})$/;

/** A sequence number, or else a digest. */
const checkpointId = v.union(
  [
    u64,
    v.pipe(
      v.string(),
      v.check((text) => !U64_TEXT.test(text) && decodeDigest(text) !== undefined),
    ),
  ],
  "expected a sequence number or the digest of a checkpoint",
);

const getCheckpoint = method({
  name: "iota_getCheckpoint",
  tag: "Read API",
  description: "Return a certified checkpoint; its validatorSignature is base64 of this network's BCS certificate.",
  params: { id: required(checkpointId, "sequence number or digest") },
  result: { name: "Checkpoint", description: "the checkpoint" },
  handle: ({ node: { store } }, { id }) => {
    const sequence = typeof id === "bigint" ? id : store.checkpointSequence(decodeDigest(id)!);
    const by = typeof id === "bigint" ? "sequence number" : "digest";
    const message = `Verified checkpoint not found for ${by}: ${id}`;
    if (sequence !== undefined && sequence < firstCheckpoint(store))
      throw prunedCheckpoint(store, RPC_CODE.invalidRequest, message);
    const record = sequence === undefined ? undefined : store.checkpoint(sequence);
    if (record) return checkpointJson(record);
    throw userInput(message);
  },
});

const getCheckpoints = method({
  name: "iota_getCheckpoints",
  tag: "Read API",
  description: "Return certified checkpoints in order.",
  params: {
    cursor: optional(u64, "the page begins after this checkpoint"),
    limit: optional(count, "most checkpoints of a page"),
    descending_order: required(v.boolean(), "newest first"),
  },
  result: { name: "CheckpointPage", description: "a page, and where the next one begins" },
  handle: ({ node: { store } }, { cursor, limit, descending_order }) => {
    const size = validatePageLimit(limit, MAX_PAGE_CHECKPOINTS);
    if (cursor !== undefined && cursor + 1n < firstCheckpoint(store))
      throw prunedCheckpoint(
        store,
        RPC_CODE.invalidRequest,
        `Verified checkpoint not found for sequence number: ${cursor}`,
      );
    const sequences = [...take(sequencesFrom(store, cursor, descending_order), size + 1)];
    const shown = sequences.slice(0, size);
    const hasNextPage = sequences.length > size;
    return {
      data: shown.map((sequence) => checkpointJson(store.checkpoint(sequence)!)),
      nextCursor: hasNextPage ? String(shown.at(-1)) : null,
      hasNextPage,
    };
  },
});

function* sequencesFrom(store: Store, cursor: bigint | undefined, descending: boolean): Generator<bigint> {
  const latest = store.certifiedCheckpoint();
  if (latest === undefined) return;
  const first = firstCheckpoint(store);
  if (descending) {
    const below = cursor === undefined || cursor > latest ? latest + 1n : cursor;
    for (let at = below - 1n; at >= first; at--) yield at;
  } else for (let at = cursor === undefined ? first : cursor + 1n; at <= latest; at++) yield at;
}

function* take<T>(values: Iterable<T>, limit: number): Generator<T> {
  let left = limit;
  for (const value of values) {
    if (left-- === 0) return;
    yield value;
  }
}

const getLatestCheckpointSequenceNumber = method({
  name: "iota_getLatestCheckpointSequenceNumber",
  tag: "Read API",
  description: "Return the sequence number of the newest certified checkpoint.",
  params: {},
  result: { name: "BigInt<u64>", description: "a decimal string" },
  handle: ({ node: { store } }) => {
    const latest = store.certifiedCheckpoint();
    if (latest === undefined) throw invalidInput("Latest checkpoint sequence number was not found");
    return String(latest);
  },
});

export const checkpointMethods: readonly Method[] = [getCheckpoint, getCheckpoints, getLatestCheckpointSequenceNumber];
