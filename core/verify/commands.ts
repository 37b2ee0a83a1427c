/**
 * What each command may say. Source: iotaledger/iota crates/iota-types/src/transaction.rs (Command::validity_check,
 * ProgrammableMoveCall::validity_check, type_tag_validity_check, the end of ProgrammableTransaction::validity_check).
 */
import { isZero32 } from "../lib/bytes";
import * as tx from "../lib/iota/transaction";
import * as code from "../wire/generated";
import * as limit from "../wire/generated-protocol";
import { PASSED, reject } from "./verdict";

/** Last byte of the id 0x8 of the randomness object (IOTA_RANDOMNESS_STATE_OBJECT_ID), whose other bytes are zero. */
const RANDOMNESS_ID_LAST: u8 = 8;
/** The id with its last byte cleared, to compare with zero. */
const PROBE: usize = memory.data(32, 16);
/** No input. */
const NONE: u32 = u32.MAX_VALUE;

/** Checks all commands, in order. */
export function validateCommands(): u32 {
  const commands = tx.transactionCommandCount();
  let publishes: u32 = 0;
  for (let i: u32 = 0; i < commands; i++) {
    const kind = tx.commandKind(i);
    if (kind == tx.COMMAND_PUBLISH || kind == tx.COMMAND_UPGRADE) publishes++;
  }
  // MaxPublishCountExceeded
  if (publishes > limit.MAX_PUBLISH_OR_UPGRADE_PER_PTB) {
    return reject(code.REJECT_VERIFY_TOO_MANY_PUBLISHES, limit.MAX_PUBLISH_OR_UPGRADE_PER_PTB, publishes);
  }
  for (let i: u32 = 0; i < commands; i++) {
    const rejected = validateCommand(i);
    if (rejected != PASSED) return rejected;
  }
  return validateRandomness();
}

function validateCommand(index: u32): u32 {
  const kind = tx.openCommand(index);
  if (kind == tx.COMMAND_PUBLISH || kind == tx.COMMAND_UPGRADE) return validatePublish(index);
  const arguments_ = tx.commandArgumentCount();
  // EmptyCommandInput: only a call, or a vector that states its type, may go without arguments.
  if (arguments_ == 0 && kind != tx.COMMAND_MOVE_CALL && tx.commandTypeCount() == 0) {
    return reject(code.REJECT_VERIFY_EMPTY_COMMAND_INPUT, index);
  }
  // SizeLimitExceeded
  if (tx.commandTypeNodes() >= limit.MAX_TYPE_ARGUMENTS) {
    return reject(code.REJECT_VERIFY_TYPE_TOO_LARGE, index, tx.commandTypeNodes());
  }
  // InvalidIdentifier
  if (!tx.commandTypeNamesValid()) return reject(code.REJECT_VERIFY_BAD_IDENTIFIER, index);
  // SizeLimitExceeded
  if (arguments_ >= limit.MAX_ARGUMENTS) {
    return reject(code.REJECT_VERIFY_TOO_MANY_ARGUMENTS, limit.MAX_ARGUMENTS, arguments_);
  }
  // InvalidIdentifier
  if (kind == tx.COMMAND_MOVE_CALL && !tx.commandNamesValid()) return reject(code.REJECT_VERIFY_BAD_IDENTIFIER, index);
  return PASSED;
}

function validatePublish(index: u32): u32 {
  const modules = tx.commandModuleCount();
  // EmptyCommandInput
  if (modules == 0) return reject(code.REJECT_VERIFY_EMPTY_COMMAND_INPUT, index);
  // SizeLimitExceeded
  if (modules >= limit.MAX_MODULES_IN_PUBLISH)
    return reject(code.REJECT_VERIFY_TOO_MANY_MODULES, limit.MAX_MODULES_IN_PUBLISH, modules);
  const dependencies = tx.commandDependencyCount();
  // SizeLimitExceeded
  if (dependencies >= limit.MAX_PACKAGE_DEPENDENCIES) {
    return reject(code.REJECT_VERIFY_TOO_MANY_DEPENDENCIES, limit.MAX_PACKAGE_DEPENDENCIES, dependencies);
  }
  return PASSED;
}

/**
 * Whoever has seen the random value must not be able to undo the transaction, so after a command that takes the randomness object only
 * transfers and merges may follow (PostRandomCommandRestrictions).
 */
function validateRandomness(): u32 {
  const random = randomnessInput();
  if (random == NONE) return PASSED;
  const commands = tx.transactionCommandCount();
  let used: bool = false;
  for (let i: u32 = 0; i < commands; i++) {
    const kind = tx.openCommand(i);
    if (!used) used = commandUses(random);
    else if (kind != tx.COMMAND_TRANSFER_OBJECTS && kind != tx.COMMAND_MERGE_COINS) {
      return reject(code.REJECT_VERIFY_AFTER_RANDOMNESS, i);
    }
  }
  return PASSED;
}

/** The shared input that is the randomness object; inputs are distinct by now, so there is one at most. */
function randomnessInput(): u32 {
  const inputs = tx.transactionInputCount();
  for (let i: u32 = 0; i < inputs; i++) {
    if (tx.inputKind(i) != tx.INPUT_SHARED) continue;
    const id = tx.inputPointer(i);
    if (load<u8>(id, 31) != RANDOMNESS_ID_LAST) continue;
    memory.copy(PROBE, id, 31);
    if (isZero32(PROBE)) return i;
  }
  return NONE;
}

/** Whether the open command takes `input`. */
function commandUses(input: u32): bool {
  if (tx.commandSubject() != 0 && isInput(tx.commandSubject(), input)) return true;
  let argument = tx.commandArguments();
  for (let i: u32 = 0; i < tx.commandArgumentCount(); i++) {
    if (isInput(argument, input)) return true;
    argument = tx.nextArgument(argument);
  }
  return false;
}

function isInput(argument: usize, input: u32): bool {
  return tx.argumentKind(argument) == tx.ARGUMENT_INPUT && tx.argumentIndex(argument) == input;
}
