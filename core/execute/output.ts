/**
 * Final objects: every written object gets the transaction's version and digest, its bytes and their hash.
 *
 * Source: iotaledger/iota iota-execution/latest/iota-adapter/src/temporary_store.rs (update_object_version_and_prev_tx),
 * crates/iota-types/src/base_types.rs (SequenceNumber::lamport_increment).
 */
import {
  KIND_PACKAGE,
  OWNER_SHARED,
  objectDigest,
  setOwner,
  setPrevious,
  setVersion,
  viewKind,
  viewOwnerKind,
  viewVersion,
  writeObject,
} from "../lib/iota/object";
import * as writer from "../lib/writer";
import { transactionHash } from "./context";
import {
  hasFlag,
  IS_CREATED,
  IS_WRITTEN,
  inputRecordCount,
  originalView,
  recordAt,
  recordView,
  setWritten,
  sortedRecord,
  sortRecords,
  writtenDigest,
} from "./store";

/** MAX_FRAME_BYTES: all written objects travel in one frame. */
const OBJECTS: usize = memory.data(8_388_608, 16);
const OBJECTS_BYTES: usize = 8_388_608;

let lamport: u64 = 1;

/** Takes the version of everything written: above that of every object among the inputs, those to be received too, packages aside. */
export function openOutput(): void {
  let highest: u64 = 0;
  for (let i: u32 = 0; i < inputRecordCount(); i++) {
    const view = originalView(recordAt(i));
    if (view != 0 && viewKind(view) != KIND_PACKAGE && viewVersion(view) > highest) highest = viewVersion(view);
  }
  lamport = highest + 1;
}

export function lamportVersion(): u64 {
  return lamport;
}

/** Makes the bytes and digests of all that is written. False when they do not fit. */
export function writeOutput(): bool {
  writer.open(OBJECTS, OBJECTS_BYTES);
  const count = sortRecords(IS_WRITTEN);
  for (let i: u32 = 0; i < count; i++) {
    const record = sortedRecord(i);
    const view = recordView(record);
    if (viewKind(view) != KIND_PACKAGE) setVersion(view, lamport);
    setPrevious(view, transactionHash());
    if (hasFlag(record, IS_CREATED) && viewOwnerKind(view) == OWNER_SHARED) setOwner(view, OWNER_SHARED, 0, lamport);
    const start = writer.position();
    writeObject(view);
    if (!writer.ok()) return false;
    const length = <u32>(writer.position() - start);
    setWritten(record, start, length);
    objectDigest(writtenDigest(record), start, length);
  }
  return true;
}
