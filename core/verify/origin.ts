/**
 * What a configuration begins with: an environment without a chain, or a chain's genesis checkpoint with the committee that it names. Environment, fault
 * rule and committee are the checkpoint's, and its digest is the chain's name: whoever configures us chooses a chain, and nothing of it.
 */
import { equal32, isZero32 } from "../lib/bytes";
import { isSafe } from "../lib/faults";
import { blake2b256 } from "../lib/hash/blake2b";
import * as checkpoint from "../lib/iota/checkpoint";
import * as reader from "../lib/reader";
import {
  MAX_SUMMARY_BYTES,
  MAX_VALIDATORS,
  PROTOCOL_VERSION,
  PUBLIC_KEY_BYTES,
  VERIFY_ORIGIN_GENESIS,
  VERIFY_ORIGIN_VARIANTS,
} from "../wire/generated";
import * as state from "./state";

const DIGEST: usize = memory.data(32, 16);
const SAVED_READER: usize = memory.data(8, 8);

/**
 * Takes VerifyOrigin from the open reader. False: it is malformed, of a protocol version whose rules this build does not follow, names another committee than
 * the one that is given, or one that its fault rule does not make safe.
 */
export function readOrigin(): bool {
  return reader.variant(VERIFY_ORIGIN_VARIANTS) == VERIFY_ORIGIN_GENESIS ? readGenesis() : readEnvironment();
}

function readEnvironment(): bool {
  const epoch = reader.u64_();
  reader.u64_(); // epoch start: nothing here depends on it
  const protocolVersion = reader.u64_();
  state.setEnvironment(epoch, reader.u64_());
  return reader.ok() && protocolVersion == PROTOCOL_VERSION;
}

function readGenesis(): bool {
  const length = reader.count(MAX_SUMMARY_BYTES);
  const summary = reader.take(length);
  const committee = reader.position();
  const members = reader.count(MAX_VALIDATORS);
  const keys = reader.take(<usize>members * PUBLIC_KEY_BYTES);
  const committeeBytes = <u32>(reader.position() - committee);
  if (!reader.ok()) return false;
  reader.save(SAVED_READER);
  blake2b256(DIGEST, committee, committeeBytes);
  if (!isGenesis(summary, length) || !isSafe(checkpoint.extensionFaults, members)) return false;
  checkpoint.summaryDigest(DIGEST, summary, length);
  state.setEnvironment(checkpoint.extensionEpoch, checkpoint.extensionReferenceGasPrice);
  state.setChain(DIGEST, checkpoint.extensionFaults);
  state.beginEpoch(checkpoint.extensionEpoch, members, DIGEST);
  for (let i: u32 = 0; i < members; i++) state.setMemberKey(i, keys + <usize>i * PUBLIC_KEY_BYTES);
  reader.restore(SAVED_READER);
  return true;
}

/** A checkpoint 0 that names the committee whose digest is in DIGEST, of the protocol that this build follows. */
function isGenesis(summary: usize, length: u32): bool {
  return (
    checkpoint.readSummary(summary, length) &&
    checkpoint.readExtension() &&
    checkpoint.summarySequence == 0 &&
    isZero32(checkpoint.extensionChain) &&
    checkpoint.extensionProtocolVersion == PROTOCOL_VERSION &&
    equal32(checkpoint.extensionCommitteeDigest, DIGEST)
  );
}
