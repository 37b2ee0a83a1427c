/** Lets tests call core/lib/iota/checkpoint and core/lib/iota/checkpoint-writer. */
import {
  summaryContentDigest,
  summaryEpoch,
  summaryExtension,
  summaryExtensionLength,
  summaryGas,
  summaryPreviousDigest,
  summarySequence,
  summaryTimestampMs,
  summaryTotalTransactions,
} from "../../core/lib/iota/checkpoint";

export { blake2b256Final } from "../../core/lib/hash/blake2b";
export * from "../../core/lib/iota/checkpoint";
export { addUserSignatures, beginContents } from "../../core/lib/iota/checkpoint-writer";

import * as checkpoint from "../../core/lib/iota/checkpoint-writer";
import * as writer from "../../core/lib/writer";

const BUFFER: usize = memory.data(0x110000, 16);

/** Address of 1 MiB + 64 KiB of scratch. */
export function buffer(): usize {
  return BUFFER;
}

/** Writes the summary that was read last, anew, at `out`. Returns its length. */
export function rewriteSummary(out: usize, capacity: usize): u32 {
  writer.open(out, capacity);
  checkpoint.writeSummaryHead(
    summaryEpoch,
    summarySequence,
    summaryTotalTransactions,
    summaryContentDigest,
    summaryPreviousDigest,
    summaryGas,
    summaryTimestampMs,
  );
  writer.u8_(0); // no end-of-epoch data
  checkpoint.writeSummaryTail(summaryExtension, summaryExtensionLength);
  return writer.length();
}
