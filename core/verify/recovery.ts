/**
 * What members' vaults say to one that has lost its state: whether enough of them do, others than the one that asks, and the highest round that any of them has
 * signed. What follows from it is for the vault: core/vault/recovery.ts.
 *
 * As with certificates, what does not count (of strangers, repeated, or not signed) is passed over.
 */
import { equalBytes } from "../lib/bytes";
import { witnesses } from "../lib/faults";
import * as frame from "../lib/frame";
import * as reader from "../lib/reader";
import { mldsa65Verify } from "../lib/sig/mldsa";
import { SIGNED_MESSAGE_BYTES, SIGNED_STANDING, signedMessage } from "../lib/signed-message";
import * as writer from "../lib/writer";
import * as code from "../wire/generated";
import { chain, committeeSize, epoch, faults, knowsCommittee, memberKey } from "./state";
import { PASSED, reject } from "./verdict";

/** SIGNED_MESSAGE_BYTES. */
const MESSAGE: usize = memory.data(99, 16);
/** A byte for each member: 1 once its word has counted. MAX_VALIDATORS. */
const COUNTED: usize = memory.data(100, 16);

// Of the frame read last: addresses, and the highest round.
let publicKey: usize = 0;
let nonce: usize = 0;
let highest: u64 = 0;

/** Reads what follows the id, and checks it; PASSED, or a code. */
export function checkRecovery(): u32 {
  publicKey = reader.take(code.PUBLIC_KEY_BYTES);
  nonce = reader.raw32();
  const count = reader.count(code.MAX_VALIDATORS);
  const standings = reader.take(<usize>count * STANDING_BYTES);
  if (!reader.exhausted()) return reject(code.REJECT_VERIFY_MALFORMED_FRAME);
  if (!knowsCommittee()) return reject(code.REJECT_VERIFY_NOT_READY);
  const wanted = witnesses(faults(), committeeSize());
  const found = countStandings(standings, count);
  return found < wanted ? reject(code.REJECT_VERIFY_TOO_FEW_STANDINGS, wanted, found) : PASSED;
}

/** `Standing`: author, boot, round, signature. */
const BOOT: usize = 2;
const ROUND: usize = 10;
const SIGNATURE: usize = 18;
const STANDING_BYTES: usize = SIGNATURE + code.SIGNATURE_BYTES;

/** Members whose word is theirs, and the highest round among them. */
function countStandings(at: usize, count: u32): u32 {
  memory.fill(COUNTED, 0, code.MAX_VALIDATORS);
  highest = 0;
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const standing = at + <usize>i * STANDING_BYTES;
    const member: u32 = load<u16>(standing);
    if (member >= committeeSize() || load<u8>(COUNTED + member) != 0 || !isGiven(standing, member)) continue;
    store<u8>(COUNTED + member, 1);
    highest = max(highest, load<u64>(standing, ROUND));
    found++;
  }
  return found;
}

/** Whether another member than the one that asks has said this: of a round that there is. */
function isGiven(standing: usize, member: u32): bool {
  const key = memberKey(member);
  const round = load<u64>(standing, ROUND);
  if (round > <u64>i64.MAX_VALUE || equalBytes(key, publicKey, code.PUBLIC_KEY_BYTES)) return false;
  signedMessage(MESSAGE, chain(), epoch(), member, load<u64>(standing, BOOT), SIGNED_STANDING, round, nonce);
  return mldsa65Verify(standing + SIGNATURE, code.SIGNATURE_BYTES, key, MESSAGE, SIGNED_MESSAGE_BYTES, 0, 0);
}

/** Answers for what was just passed. */
export function acceptRecovery(id: u64): void {
  frame.start(code.LANE_VERIFY_TO_HOST);
  writer.uleb(code.VERIFY_TO_HOST_RECOVERY);
  writer.u64_(id);
  writer.u64_(highest);
  frame.finish();
  frame.start(code.LANE_VERIFY_TO_ORDER);
  writer.uleb(code.VERIFY_TO_ORDER_RECOVERY);
  writer.raw32(chain());
  writer.u64_(epoch());
  writer.raw(publicKey, code.PUBLIC_KEY_BYTES);
  writer.raw32(nonce);
  writer.u64_(highest);
  frame.finish();
}
