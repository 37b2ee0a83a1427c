/**
 * What the vault gives to the platform's `trust` to keep: a record of state.ts as BCS.
 *
 * struct SealedState {
 *   version: u8 (4), generation: u64, boot: u64, seed: [u8; 32], chain: [u8; 32], epoch: u64,
 *   round: u64, roundBoot: u64, roundDigest: [u8; 32], nextSequence: u64, sequenceDigest: [u8; 32], author: u16,
 *   recoveredRound: u64, ending: bool
 * }
 *
 * It holds the seed in the clear: hiding it from whoever reads the disk is sealing, which is the platform's work and differs
 * from one to the next. `generation` is the counter's value that makes this copy the current one.
 */
import { copy32 } from "../lib/bytes";
import * as reader from "../lib/reader";
import * as writer from "../lib/writer";
import * as state from "./state";

/** Version 1 did not say in which boot the round was signed, version 2 not in which epoch, version 3 nothing of a recovery. */
const VERSION: u32 = 4;
/** Bytes of every sealed state: no field varies in size. */
export const SEALED_BYTES: u32 = 188;

/** Appends a record to the writer. */
export function writeSealed(record: usize): void {
  writer.u8_(VERSION);
  writer.u64_(state.generation(record));
  writer.u64_(state.boot(record));
  writer.raw32(state.seed(record));
  writer.raw32(state.chain(record));
  writer.u64_(state.recordEpoch(record));
  writer.u64_(state.round(record));
  writer.u64_(state.roundBoot(record));
  writer.raw32(state.roundDigest(record));
  writer.u64_(state.nextSequence(record));
  writer.raw32(state.sequenceDigest(record));
  writer.u16_(state.recordAuthor(record));
  writer.u64_(state.recoveredRound(record));
  writer.u8_(state.ending(record) ? 1 : 0);
}

/** Reads a whole sealed state into a record. False: it is none, and the record may be half written. */
export function readSealed(record: usize, at: usize, length: u32): bool {
  reader.open(at, length);
  const version = reader.u8_();
  state.setGeneration(record, reader.u64_());
  state.setBoot(record, reader.u64_());
  copy32(state.seed(record), reader.raw32());
  copy32(state.chain(record), reader.raw32());
  state.setRecordEpoch(record, reader.u64_());
  const round = reader.u64_();
  state.setRound(record, round, reader.u64_());
  copy32(state.roundDigest(record), reader.raw32());
  state.setNextSequence(record, reader.u64_());
  copy32(state.sequenceDigest(record), reader.raw32());
  state.setRecordAuthor(record, reader.u16_());
  state.setRecoveredRound(record, reader.u64_());
  state.setEnding(record, reader.bool_());
  return reader.exhausted() && version == VERSION && state.generation(record) > 0;
}
