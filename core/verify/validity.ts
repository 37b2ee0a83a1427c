/**
 * What a user's transaction may say, as far as the transaction alone decides: limits, duplicates, gas. Order and comparisons are
 * upstream's, so that a transaction with two faults is refused for the same one; where upstream compares with `<`, the limit
 * itself is already too much.
 *
 * Sources: iotaledger/iota crates/iota-types/src/transaction.rs (SenderSignedData::validity_check and what it calls), gas.rs and
 * gas_model/gas_v1.rs (price, budget), crates/iota-transaction-checks/src/lib.rs (check_objects, check_receiving_objects). The comment
 * at each rejection names upstream's error (crates/iota-types/src/error.rs).
 */
import { LENGTH_32 } from "../lib/bytes";
import * as tx from "../lib/iota/transaction";
import * as code from "../wire/generated";
import * as limit from "../wire/generated-protocol";
import { validateCommands } from "./commands";
import { addId, clearIds, distinctIds, idCount } from "./ids";
import { epoch, referenceGasPrice } from "./state";
import { PASSED, reject } from "./verdict";

/**
 * Checks of SenderSignedData::validity_check. `signedBytes`: length of the BCS of the transaction with its signatures, as upstream
 * sends it.
 */
export function validate(signedBytes: u32): u32 {
  const kind = tx.transactionKind();
  // UserInputError::Unsupported: users cannot send system transactions.
  if (kind != tx.KIND_PROGRAMMABLE) return reject(code.REJECT_VERIFY_UNSUPPORTED_TRANSACTION_KIND, kind);
  // IotaError::TransactionExpired
  if (tx.transactionExpires() && tx.transactionExpirationEpoch() < epoch()) {
    return reject(code.REJECT_VERIFY_EXPIRED, tx.transactionExpirationEpoch(), epoch());
  }
  // SizeLimitExceeded
  if (signedBytes > code.MAX_TRANSACTION_BYTES) {
    return reject(code.REJECT_VERIFY_TRANSACTION_TOO_LARGE, code.MAX_TRANSACTION_BYTES, signedBytes);
  }
  const payments = tx.transactionGasCount();
  // MissingGasPayment
  if (payments == 0) return reject(code.REJECT_VERIFY_NO_GAS_PAYMENT);
  // SizeLimitExceeded
  if (payments >= limit.MAX_GAS_PAYMENT_OBJECTS) {
    return reject(code.REJECT_VERIFY_TOO_MANY_GAS_OBJECTS, limit.MAX_GAS_PAYMENT_OBJECTS, payments);
  }
  const commands = tx.transactionCommandCount();
  // SizeLimitExceeded; that there are none at all is allowed.
  if (commands >= limit.MAX_PROGRAMMABLE_TX_COMMANDS) {
    return reject(code.REJECT_VERIFY_TOO_MANY_COMMANDS, limit.MAX_PROGRAMMABLE_TX_COMMANDS, commands);
  }
  const rejected = validateInputs();
  return rejected != PASSED ? rejected : validateCommands();
}

function validateInputs(): u32 {
  const inputs = tx.transactionInputCount();
  let receiving: u32 = 0;
  clearIds();
  for (let i: u32 = 0; i < inputs; i++) {
    const kind = tx.inputKind(i);
    if (kind == tx.INPUT_RECEIVING) receiving++;
    else if (kind != tx.INPUT_PURE) addId(tx.inputPointer(i));
  }
  const objects = idCount();
  // DuplicateObjectRefInput
  if (distinctIds() != objects) return reject(code.REJECT_VERIFY_DUPLICATE_OBJECT);
  clearIds();
  addPackages();
  const all = objects + distinctIds() + receiving;
  // SizeLimitExceeded
  if (all > limit.MAX_INPUT_OBJECTS) {
    return reject(code.REJECT_VERIFY_TOO_MANY_INPUTS, limit.MAX_INPUT_OBJECTS, all);
  }
  for (let i: u32 = 0; i < inputs; i++) {
    if (tx.inputKind(i) != tx.INPUT_PURE) continue;
    const length = tx.inputPureLength(i);
    // SizeLimitExceeded
    if (length >= limit.MAX_PURE_ARGUMENT_SIZE) {
      return reject(code.REJECT_VERIFY_PURE_TOO_LARGE, limit.MAX_PURE_ARGUMENT_SIZE, length);
    }
  }
  return PASSED;
}

/** Collects the packages that commands name: each counts as one input object, however often it is named. */
function addPackages(): void {
  const commands = tx.transactionCommandCount();
  for (let i: u32 = 0; i < commands; i++) {
    const kind = tx.commandKind(i);
    if (kind >= tx.COMMAND_TRANSFER_OBJECTS && kind <= tx.COMMAND_MERGE_COINS) continue; // these three name none
    tx.openCommand(i);
    if (tx.commandPackage() != 0) addId(tx.commandPackage());
    for (let j: u32 = 0; j < tx.commandTypePackageCount(); j++) addId(tx.commandTypePackage(j));
    const dependencies = tx.commandDependencyCount();
    for (let j: u32 = 0; j < dependencies; j++) addId(tx.commandDependencies() + <usize>j * LENGTH_32);
  }
}

/**
 * Price, budget, and that no object pays and is used as well. Upstream finds the last when it has loaded the objects; it holds for any
 * objects, because gas must be an address's own, which makes it mutable.
 */
export function validateGas(): u32 {
  const price = tx.transactionGasPrice();
  // GasPriceUnderRGP
  if (price < referenceGasPrice()) return reject(code.REJECT_VERIFY_GAS_PRICE_TOO_LOW, referenceGasPrice(), price);
  // GasPriceTooHigh
  if (price > limit.MAX_GAS_PRICE) return reject(code.REJECT_VERIFY_GAS_PRICE_TOO_HIGH, limit.MAX_GAS_PRICE, price);
  const budget = tx.transactionGasBudget();
  // GasBudgetTooHigh
  if (budget > limit.MAX_TX_GAS) return reject(code.REJECT_VERIFY_GAS_BUDGET_TOO_HIGH, limit.MAX_TX_GAS, budget);
  // At most 10^8, as the price is bounded above.
  const least = limit.BASE_TX_COST_FIXED * price;
  // GasBudgetTooLow
  if (budget < least) return reject(code.REJECT_VERIFY_GAS_BUDGET_TOO_LOW, least, budget);
  clearIds();
  for (let i: u32 = 0; i < tx.transactionGasCount(); i++) addId(tx.transactionGasObject(i));
  for (let i: u32 = 0; i < tx.transactionInputCount(); i++) {
    if (tx.inputKind(i) != tx.INPUT_PURE) addId(tx.inputPointer(i));
  }
  // MutableObjectUsedMoreThanOnce, and DuplicateObjectRefInput for an object that is received too.
  return distinctIds() != idCount() ? reject(code.REJECT_VERIFY_DUPLICATE_OBJECT) : PASSED;
}
