/**
 * `ledger`: decides whether results of `execute` apply to the current root, in commit order, and makes checkpoints of them.
 *
 * It holds the root and no objects. See start.ts (genesis, install, commits), intake.ts and checks.ts (results), apply.ts (steps),
 * cut.ts, close.ts and vault.ts (checkpoints), state.ts (the arena).
 */
import * as frame from "../lib/frame";
import * as reader from "../lib/reader";
import {
  HOST_TO_LEDGER_BEGIN,
  HOST_TO_LEDGER_GENESIS,
  HOST_TO_LEDGER_SIGNATURES,
  HOST_TO_LEDGER_STATUS,
  HOST_TO_LEDGER_STEP,
  HOST_TO_LEDGER_VARIANTS,
  LANE_EXECUTE_TO_LEDGER,
  LANE_HOST_TO_LEDGER,
  LANE_ORDER_TO_LEDGER,
  LANE_VAULT_TO_LEDGER,
  MAX_COMMIT_TRANSACTIONS,
  MAX_PROOF_BYTES,
  MAX_STEP_OPERATIONS,
  ORDER_TO_LEDGER_COMMIT,
  ORDER_TO_LEDGER_INSTALL,
  ORDER_TO_LEDGER_VARIANTS,
  REJECT_LEDGER_MALFORMED_FRAME,
  REJECT_LEDGER_NOT_READY,
  REJECT_LEDGER_UNKNOWN_LANE,
} from "../wire/generated";
import * as answers from "./answers";
import { applyStep } from "./apply";
import { takeSignatures } from "./close";
import { takeExecuted } from "./intake";
import { READ_BYTES } from "./reads";
import { configure, takeBegin, takeCommit, takeGenesis, takeInstall } from "./start";
import * as state from "./state";
import { takeVaultFrame } from "./vault";

export { input, inputCapacity, output } from "../lib/frame";
export { stateBase, stateLength } from "./state";

/** Takes LedgerConfig of `length` bytes at `input()`. Returns bytes of output records: none. */
export function init(length: u32): u32 {
  frame.begin();
  if (length <= frame.inputCapacity()) configure(frame.input(), length);
  return frame.end();
}

/** Takes one frame of `length` bytes at `input()` from `lane`. Returns bytes of output records. */
export function step(lane: u32, length: u32): u32 {
  frame.begin();
  const fits = length <= frame.inputCapacity();
  const configured = load<u32>(state.CONFIGURED) == 1;
  if (lane == LANE_HOST_TO_LEDGER) {
    if (!fits) answers.rejected(0, REJECT_LEDGER_MALFORMED_FRAME, 0, 0);
    else takeHostFrame(length, configured);
  } else if (lane == LANE_EXECUTE_TO_LEDGER) {
    if (fits && configured) takeExecuted(frame.input(), length);
  } else if (lane == LANE_ORDER_TO_LEDGER) {
    if (fits && configured) takeOrderFrame(length);
  } else if (lane == LANE_VAULT_TO_LEDGER) {
    if (fits && configured) takeVaultFrame(frame.input(), length);
  } else {
    answers.rejected(0, REJECT_LEDGER_UNKNOWN_LANE, 0, 0);
  }
  return frame.end();
}

function takeHostFrame(length: u32, configured: bool): void {
  reader.open(frame.input(), length);
  const variant = reader.variant(HOST_TO_LEDGER_VARIANTS);
  const id = reader.u64_();
  if (!reader.ok()) answers.rejected(0, REJECT_LEDGER_MALFORMED_FRAME, 0, 0);
  else if (!configured) answers.rejected(id, REJECT_LEDGER_NOT_READY, 0, 0);
  else if (variant == HOST_TO_LEDGER_GENESIS) takeGenesis(id);
  else if (variant == HOST_TO_LEDGER_BEGIN) takeBegin(id);
  else if (variant == HOST_TO_LEDGER_STEP) takeStep(id);
  else if (variant == HOST_TO_LEDGER_SIGNATURES) takeSignatures(id, reader.count(MAX_COMMIT_TRANSACTIONS));
  else if (variant == HOST_TO_LEDGER_STATUS) takeStatus(id);
}

function takeStep(id: u64): void {
  const transactions = reader.u32_();
  const count = reader.count(MAX_STEP_OPERATIONS);
  const operations = reader.take(<usize>count * READ_BYTES);
  const proofLength = reader.count(MAX_PROOF_BYTES);
  const proof = reader.take(proofLength);
  if (!reader.exhausted()) answers.rejected(id, REJECT_LEDGER_MALFORMED_FRAME, 0, 0);
  else applyStep(id, transactions, operations, count, proof, proofLength);
}

function takeStatus(id: u64): void {
  if (!reader.exhausted()) answers.rejected(id, REJECT_LEDGER_MALFORMED_FRAME, 0, 0);
  else answers.status(id);
}

function takeOrderFrame(length: u32): void {
  reader.open(frame.input(), length);
  const variant = reader.variant(ORDER_TO_LEDGER_VARIANTS);
  if (variant == ORDER_TO_LEDGER_COMMIT) takeCommit();
  else if (variant == ORDER_TO_LEDGER_INSTALL) takeInstall();
}
