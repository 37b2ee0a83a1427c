/**
 * What a transaction says, before any object is looked at. In a commit `verify` has checked all of it, except what depends on the epoch;
 * a dry run comes here unchecked.
 *
 * Sources: iotaledger/iota crates/iota-types/src/gas.rs (IotaGasStatus::new), gas_model/gas_v1.rs (check_gas_balance),
 * crates/iota-types/src/transaction.rs (validity_check).
 */

import {
  COMMAND_MAKE_MOVE_VEC,
  COMMAND_MOVE_CALL,
  COMMAND_PUBLISH,
  COMMAND_UPGRADE,
  commandArguments,
  commandKind,
  commandTypeCount,
  commandTypes,
  openCommand,
  transactionCommandCount,
  transactionExpirationEpoch,
  transactionExpires,
  transactionGasBudget,
  transactionGasCount,
  transactionGasPrice,
} from "../lib/iota/transaction";
import { readTypeTag } from "../lib/iota/types";
import * as reader from "../lib/reader";
import {
  REJECT_DROP_EXPIRED,
  REJECT_DROP_GAS_BUDGET_TOO_HIGH,
  REJECT_DROP_GAS_BUDGET_TOO_LOW,
  REJECT_DROP_GAS_PRICE_TOO_HIGH,
  REJECT_DROP_GAS_PRICE_TOO_LOW,
  REJECT_DROP_NO_GAS_PAYMENT,
  REJECT_DROP_UNSUPPORTED_COMMAND,
} from "../wire/generated";
import { BASE_TX_COST_FIXED, MAX_GAS_PRICE, MAX_TX_GAS } from "../wire/generated-protocol";
import { isBuiltIn } from "./commands/call";
import { drop } from "./drop";
import { classify } from "./known-type";
import { environmentEpoch, environmentGasPrice, MODE_COMMIT, MODE_DEV_INSPECT, requestMode } from "./request";

/** Drops the open programmable transaction if what it says rules it out. */
export function checkTransaction(): void {
  const epoch = environmentEpoch();
  if (transactionExpires() && transactionExpirationEpoch() < epoch) {
    drop(REJECT_DROP_EXPIRED, 0, transactionExpirationEpoch(), epoch);
  }
  for (let i: u32 = 0; i < transactionCommandCount(); i++) {
    if (!isSupported(i)) drop(REJECT_DROP_UNSUPPORTED_COMMAND, 0, i, commandKind(i));
  }
  checkGasData();
}

function isSupported(command: u32): bool {
  const kind = commandKind(command);
  if (kind == COMMAND_PUBLISH || kind == COMMAND_UPGRADE) return false;
  if (kind != COMMAND_MAKE_MOVE_VEC && kind != COMMAND_MOVE_CALL) return true;
  openCommand(command);
  if (kind == COMMAND_MOVE_CALL) return isBuiltIn();
  if (commandTypeCount() == 0) return true;
  const tag = commandTypes();
  reader.open(tag, commandArguments() - tag);
  readTypeTag();
  return reader.ok() && classify(tag, reader.position() - tag);
}

function checkGasData(): void {
  const price = transactionGasPrice();
  const least = environmentGasPrice();
  // A price of zero would divide by zero later; upstream's reference price is never zero.
  if (price < least || price == 0) drop(REJECT_DROP_GAS_PRICE_TOO_LOW, 0, least, price);
  if (price > MAX_GAS_PRICE) drop(REJECT_DROP_GAS_PRICE_TOO_HIGH, 0, MAX_GAS_PRICE, price);
  if (transactionGasCount() == 0 && requestMode() == MODE_COMMIT) drop(REJECT_DROP_NO_GAS_PAYMENT, 0, 0, 0);
  if (requestMode() == MODE_DEV_INSPECT) return;
  const budget = transactionGasBudget();
  if (budget > MAX_TX_GAS) drop(REJECT_DROP_GAS_BUDGET_TOO_HIGH, 0, MAX_TX_GAS, budget);
  const minimum = BASE_TX_COST_FIXED * price;
  if (price <= MAX_GAS_PRICE && budget < minimum) drop(REJECT_DROP_GAS_BUDGET_TOO_LOW, 0, minimum, budget);
}
