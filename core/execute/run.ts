/** One request from its transaction to its answer. */
import { listId } from "../lib/iota/committee";
import {
  KIND_CONSENSUS_COMMIT_PROLOGUE,
  KIND_END_OF_EPOCH,
  KIND_GENESIS,
  KIND_PROGRAMMABLE,
  MALFORMED,
  parseTransaction,
  prologueEpoch,
  transactionKind,
  UNSUPPORTED_KIND,
} from "../lib/iota/transaction";
import {
  REJECT_DROP_SYSTEM_TRANSACTION_MISPLACED,
  REJECT_EXECUTE_MALFORMED_OBJECT,
  REJECT_EXECUTE_MALFORMED_TRANSACTION,
  REJECT_EXECUTE_TOO_LARGE,
} from "../wire/generated";
import { answerDropped, answerExecuted, answerNeed, answerNeedEnd, answerNeedId, answerRejected } from "./answer";
import { checkTransaction } from "./checks";
import { openContext } from "./context";
import { clearDrop, drop, isDropped } from "./drop";
import { writeEffects } from "./effects";
import { checkInputs, neededId, neededIds, resolveInputs } from "./input";
import { openOutput, writeOutput } from "./output";
import { readsDenyList, runProgrammable } from "./programmable";
import {
  badObjectIndex,
  environmentEpoch,
  MODE_COMMIT,
  readObjects,
  requestCommit,
  requestId,
  requestMode,
  requestTransaction,
  requestTransactionLength,
} from "./request";
import { clearStore, closeInputs } from "./store";
import { clockId, runEndOfEpoch, runGenesis, runPrologue } from "./system";

/** Runs the request that was read and writes its answer. `sealed`: this instance speaks to `ledger`. */
export function run(sealed: bool): void {
  const parsed = parseTransaction(requestTransaction(), requestTransactionLength());
  if (parsed == MALFORMED) {
    answerRejected(requestId(), REJECT_EXECUTE_MALFORMED_TRANSACTION, 0);
    return;
  }
  if (!readObjects()) {
    answerRejected(requestId(), REJECT_EXECUTE_MALFORMED_OBJECT, badObjectIndex());
    return;
  }
  openContext(requestTransaction(), requestTransactionLength());
  clearDrop();
  clearStore();
  const toLedger = sealed && requestMode() == MODE_COMMIT;
  if (parsed == UNSUPPORTED_KIND) drop(REJECT_DROP_SYSTEM_TRANSACTION_MISPLACED, 0, transactionKind(), 0);
  else if (!execute()) return;
  if (isDropped()) {
    if (!answerDropped(toLedger)) answerRejected(requestId(), REJECT_EXECUTE_TOO_LARGE, 0);
    return;
  }
  openOutput();
  if (
    !writeOutput() ||
    !writeEffects(transactionKind() == KIND_PROGRAMMABLE && readsDenyList()) ||
    !answerExecuted(toLedger, ledgerKind())
  ) {
    answerRejected(requestId(), REJECT_EXECUTE_TOO_LARGE, 0);
  }
}

/** False when the answer is out already. */
function execute(): bool {
  const kind = transactionKind();
  if (kind == KIND_PROGRAMMABLE) return executeProgrammable();
  // Genesis is what commit 0 consists of; a prologue begins every other, and what ends an epoch is its last.
  const genesis = kind == KIND_GENESIS;
  if (requestMode() != MODE_COMMIT || genesis != (requestCommit() == 0)) {
    drop(REJECT_DROP_SYSTEM_TRANSACTION_MISPLACED, 0, kind, 0);
  } else if (genesis) {
    if (runGenesis()) return true;
    answerRejected(requestId(), REJECT_EXECUTE_MALFORMED_TRANSACTION, 0);
    return false;
  } else if (kind == KIND_END_OF_EPOCH) {
    if (!runEndOfEpoch()) return ask(listId());
  } else if (prologueEpoch() != environmentEpoch()) {
    // A commit of another epoch has no result in this one, so that no ledger can close it.
    answerRejected(requestId(), REJECT_EXECUTE_MALFORMED_TRANSACTION, 0);
    return false;
  } else if (!runPrologue()) {
    return ask(clockId());
  }
  return true;
}

/** Asks for one object; false, as the answer is out. */
function ask(id: usize): bool {
  answerNeed(1);
  answerNeedId(id);
  answerNeedEnd();
  return false;
}

function executeProgrammable(): bool {
  checkTransaction();
  if (isDropped()) return true;
  resolveInputs();
  if (isDropped()) return true;
  const needed = neededIds();
  if (needed > 0) {
    answerNeed(needed);
    for (let i: u32 = 0; i < needed; i++) answerNeedId(neededId(i));
    answerNeedEnd();
    return false;
  }
  closeInputs();
  checkInputs();
  if (isDropped()) return true;
  if (runProgrammable()) return true;
  answerRejected(requestId(), REJECT_EXECUTE_MALFORMED_OBJECT, badObjectIndex());
  return false;
}

/** `transactionKind` of the frame to `ledger`: 0 user, 1 prologue, 2 genesis, 3 end of epoch. */
function ledgerKind(): u32 {
  const kind = transactionKind();
  if (kind == KIND_END_OF_EPOCH) return 3;
  return kind == KIND_GENESIS ? 2 : kind == KIND_CONSENSUS_COMMIT_PROLOGUE ? 1 : 0;
}
