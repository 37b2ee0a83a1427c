// Lets tests call the Merkle list.
import * as list from "../../core/lib/merkle-list";

const LIST: usize = memory.data(1032, 16);
const DATA: usize = memory.data(256, 16);
const ROOT: usize = memory.data(32, 16);

export function data(): usize {
  return DATA;
}

/** Starts an empty list. */
export function init(): void {
  list.merkleListInit(LIST);
}

/** Appends `length` bytes at `data()`. */
export function append(length: u32): bool {
  return list.merkleListAppend(LIST, DATA, length);
}

/** Writes the root; returns where. */
export function root(): usize {
  list.merkleListRoot(LIST, ROOT);
  return ROOT;
}

/** Pretends that the list has this length. */
export function setLength(length: u64): void {
  store<u64>(LIST, length);
}

export function stateBytes(): usize {
  return list.MERKLE_LIST_BYTES;
}
