/**
 * The transactions that the system makes: genesis, which creates the first objects, the prologue of each commit, which sets the
 * clock, and the end of an epoch, which changes no object and reads one. Nothing is charged for them.
 *
 * Sources: iotaledger/iota iota-execution/latest/iota-adapter/src/execution_engine.rs (GenesisTransaction, setup_consensus_commit),
 * crates/iota-framework/packages/iota-framework/sources/clock.move (Clock {id, timestamp_ms}).
 */
import { copy32, equal32 } from "../lib/bytes";
import { listId } from "../lib/iota/committee";
import {
  OBJECT_VIEW_BYTES,
  OWNER_SHARED,
  readRawObject,
  setContents,
  setRebate,
  viewContents,
  viewContentsLength,
  viewId,
  viewOwnerKind,
  viewType,
  viewTypeLength,
} from "../lib/iota/object";
import { genesisObject, genesisObjectCount, genesisObjectLength, prologueTimestampMs } from "../lib/iota/transaction";
import { isClockType } from "../lib/iota/types";
import * as reader from "../lib/reader";
import { REJECT_DROP_NOT_SHARED_OBJECT, REJECT_DROP_OBJECT_NOT_FOUND } from "../wire/generated";
import { outOfMemory } from "./context";
import { drop } from "./drop";
import { noGasCoin } from "./gas";
import { ABSENT, found, lookup, UNKNOWN } from "./request";
import { clearStatus } from "./status";
import {
  addFlag,
  addInput,
  addRecord,
  closeInputs,
  IS_ABSENT,
  IS_CREATED,
  IS_MUTABLE,
  IS_SHARED,
  IS_SHOWN,
  IS_WRITTEN,
  recordView,
  sortedRecord,
  sortRecords,
} from "./store";

/** 0x6. */
const CLOCK_ID: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6,
]);
/** {id 32, timestamp_ms u64}. */
const CLOCK_BYTES: u32 = 40;
const CLOCK_CONTENTS: usize = memory.data(40, 16);
const TIMESTAMP: usize = 32;
const VIEW: usize = memory.data(64, 16);

/** The clock's id, which a prologue needs. */
export function clockId(): usize {
  return CLOCK_ID;
}

/** Runs the open prologue. False when the clock was not given; the transaction is dropped when there is no clock. */
export function runPrologue(): bool {
  clearStatus();
  noGasCoin();
  const state = lookup(CLOCK_ID);
  if (state == UNKNOWN) return false;
  if (state == ABSENT) {
    const record = addRecord(CLOCK_ID, IS_ABSENT);
    closeInputs();
    drop(REJECT_DROP_OBJECT_NOT_FOUND, record, 0, 0);
    return true;
  }
  const record = addInput(found(), IS_SHARED | IS_MUTABLE);
  closeInputs();
  const view = recordView(record);
  if (
    viewOwnerKind(view) != OWNER_SHARED ||
    !isClockType(viewType(view), viewTypeLength(view)) ||
    viewContentsLength(view) != CLOCK_BYTES
  ) {
    drop(REJECT_DROP_NOT_SHARED_OBJECT, record, 0, 0);
    return true;
  }
  copy32(CLOCK_CONTENTS, viewContents(view));
  store<u64>(CLOCK_CONTENTS, prologueTimestampMs(), TIMESTAMP);
  setContents(view, CLOCK_CONTENTS, CLOCK_BYTES);
  setRebate(view, 0);
  addFlag(record, IS_WRITTEN);
  return true;
}

/**
 * Runs the open end of an epoch, which reads the governed list of validators: `ledger` puts it in force. False when it was not given. A chain
 * without one keeps its committee.
 */
export function runEndOfEpoch(): bool {
  clearStatus();
  noGasCoin();
  const state = lookup(listId());
  if (state == UNKNOWN) return false;
  if (state == ABSENT) addRecord(listId(), IS_ABSENT);
  else addInput(found(), IS_SHARED | IS_SHOWN);
  closeInputs();
  return true;
}

/** Runs the open genesis transaction. False when two of its objects have one id. */
export function runGenesis(): bool {
  clearStatus();
  noGasCoin();
  closeInputs();
  for (let i: u32 = 0; i < genesisObjectCount(); i++) {
    reader.open(genesisObject(i), genesisObjectLength(i));
    readRawObject(VIEW);
    const record = addRecord(viewId(VIEW), IS_CREATED | IS_WRITTEN);
    if (record == 0) {
      outOfMemory();
      return true;
    }
    memory.copy(recordView(record), VIEW, OBJECT_VIEW_BYTES);
  }
  const count = sortRecords(IS_CREATED);
  for (let i: u32 = 1; i < count; i++) {
    if (equal32(sortedRecord(i - 1), sortedRecord(i))) return false;
  }
  return true;
}
