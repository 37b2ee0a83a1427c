/** Operations on the state tree, as the core takes them (core/lib/merkle/tree.ts): their order, their limits and their bytes. */
import { compareKeys, digit, HASH_BYTES } from "./key.ts";

/** What a step claims about one object id, and what becomes of it. A read has `old` equal to `new`. */
export interface Operation {
  /** Object id, 32 bytes. */
  readonly key: Uint8Array;
  /** Digest before, 32 bytes and not all zero; undefined: there is no such object. */
  readonly old: Uint8Array | undefined;
  /** Digest after, likewise. */
  readonly new: Uint8Array | undefined;
}

/** Bytes of an encoded operation: key, old digest, new digest. */
export const OPERATION_BYTES = 96;
/** The core's limits for one call; a larger batch is split, each part being proved against the root the last one left. */
export const MAX_OPERATIONS = 8192;
export const MAX_PROOF_BYTES = 4 * 1024 * 1024;

/** A sorted copy. */
export function sortOperations(operations: readonly Operation[]): Operation[] {
  return [...operations].sort((a, b) => compareKeys(a.key, b.key));
}

/** The records the core reads, in the order given. Throws RangeError when a digest cannot be told from "absent". */
export function encodeOperations(operations: readonly Operation[]): Uint8Array {
  const bytes = new Uint8Array(OPERATION_BYTES * operations.length);
  operations.forEach((operation, i) => {
    const at = OPERATION_BYTES * i;
    bytes.set(checkedLength(operation.key), at);
    if (operation.old) bytes.set(checkedDigest(operation.old), at + HASH_BYTES);
    if (operation.new) bytes.set(checkedDigest(operation.new), at + 2 * HASH_BYTES);
  });
  return bytes;
}

/** Throws RangeError unless keys have 32 bytes and ascend strictly. */
export function checkAscending(operations: readonly Operation[]): void {
  let last: Uint8Array | undefined;
  for (const { key } of operations) {
    checkedLength(key);
    if (last && compareKeys(last, key) >= 0) throw new RangeError("operations must have strictly ascending keys");
    last = key;
  }
}

/** The digest itself, or RangeError when it cannot stand in the tree: 32 zero bytes mean "absent". */
export function checkedDigest(digest: Uint8Array): Uint8Array {
  if (checkedLength(digest).every((byte) => byte === 0)) throw new RangeError("a digest of zero bytes means absent");
  return digest;
}

/** End of the operations from `from` on that go to `place` in a node at `depth`. */
export function placeEnd(
  operations: readonly Operation[],
  from: number,
  end: number,
  depth: number,
  place: number,
): number {
  let next = from;
  while (next < end && digit(operations[next]!.key, depth) === place) next++;
  return next;
}

function checkedLength(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== HASH_BYTES) throw new RangeError(`expected ${HASH_BYTES} bytes, got ${bytes.length}`);
  return bytes;
}
