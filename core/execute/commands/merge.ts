/** MergeCoins: adds the balances of coins to one of their type; they are gone afterwards. No results. */
import { viewType, viewTypeLength } from "../../lib/iota/object";
import { commandArgumentCount, commandArguments, commandSubject, nextArgument } from "../../lib/iota/transaction";
import { sameType } from "../../lib/iota/types";
import { borrowCoin, resolve, resolved, takeObject } from "../arguments";
import { forgetNewId } from "../context";
import { COIN_BALANCE_OVERFLOW, fail, failArgument, hasFailed, TYPE_MISMATCH } from "../status";
import { addFlag, balanceOf, dropCreated, hasFlag, IS_CREATED, IS_DELETED, recordView, setBalance } from "../store";
import { restoreValue, valueRecord } from "../values";

export function mergeCoins(): void {
  const coins = commandArgumentCount();
  resolve(commandSubject());
  let argument = commandArguments();
  for (let i: u32 = 0; i < coins; i++) {
    resolve(argument);
    argument = nextArgument(argument);
  }
  if (hasFailed()) return;
  const target = borrowCoin(resolved(0), 0);
  if (target == 0) return;
  // All sources are taken before the first is merged: a fault in a later one comes before a type or balance error of an earlier.
  for (let i: u32 = 0; i < coins; i++) if (takeObject(resolved(1 + i), 1 + i, false) == 0) return;
  for (let i: u32 = 0; i < coins; i++) if (!mergeOne(target, valueRecord(resolved(1 + i)), 1 + i)) return;
  restoreValue(resolved(0));
}

function mergeOne(target: usize, coin: usize, position: u32): bool {
  const to = recordView(target);
  const from = recordView(coin);
  if (!sameType(viewType(to), viewTypeLength(to), viewType(from), viewTypeLength(from))) {
    failArgument(position, TYPE_MISMATCH, 0, 0);
    return false;
  }
  const balance = balanceOf(target);
  const sum = balance + balanceOf(coin);
  if (sum < balance) {
    fail(COIN_BALANCE_OVERFLOW, 0, 0);
    return false;
  }
  setBalance(target, sum);
  if (hasFlag(coin, IS_CREATED)) {
    forgetNewId();
    dropCreated(coin);
  } else {
    addFlag(coin, IS_DELETED);
  }
  return true;
}
