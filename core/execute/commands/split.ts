/** SplitCoins: takes amounts out of a coin, one new coin each, which are its results. */

import { putCoin } from "../../lib/iota/coin";
import { deriveId } from "../../lib/iota/ids";
import { OWNER_ADDRESS, setMoveObject, setOwner, viewType, viewTypeLength } from "../../lib/iota/object";
import { commandArgumentCount, commandArguments, commandSubject, nextArgument } from "../../lib/iota/transaction";
import { MAX_NUM_NEW_MOVE_OBJECT_IDS } from "../../wire/generated-protocol";
import { borrowCoin, resolve, resolved, takePure } from "../arguments";
import { liveNewIds, nextIdCount, outOfMemory, transactionHash } from "../context";
import { fail, hasFailed, INSUFFICIENT_COIN_BALANCE, MOVE_PRIMITIVE_RUNTIME_ERROR } from "../status";
import { addRecord, balanceOf, coinContents, IS_CREATED, recordView, setBalance } from "../store";
import { addObject, restoreValue } from "../values";

const COIN_BYTES: u32 = 40;
const AMOUNT_BYTES: u32 = 8;
/** Upstream blames the argument after the coin for any bad amount. */
const AMOUNT_POSITION: u32 = 1;
const NEW_ID: usize = memory.data(32, 16);

export function splitCoins(): void {
  const amounts = commandArgumentCount();
  resolve(commandSubject());
  let argument = commandArguments();
  for (let i: u32 = 0; i < amounts; i++) {
    resolve(argument);
    argument = nextArgument(argument);
  }
  if (hasFailed()) return;
  const coin = borrowCoin(resolved(0), 0);
  if (coin == 0) return;
  for (let i: u32 = 0; i < amounts; i++) if (!splitOne(coin, resolved(1 + i))) return;
  restoreValue(resolved(0));
}

function splitOne(coin: usize, slot: usize): bool {
  const bytes = takePure(slot, AMOUNT_POSITION, AMOUNT_BYTES, false);
  if (bytes == 0) return false;
  const amount = load<u64>(bytes);
  if (liveNewIds() > MAX_NUM_NEW_MOVE_OBJECT_IDS) {
    fail(MOVE_PRIMITIVE_RUNTIME_ERROR, 0, 0);
    return false;
  }
  deriveId(NEW_ID, transactionHash(), nextIdCount());
  const balance = balanceOf(coin);
  if (balance < amount) {
    fail(INSUFFICIENT_COIN_BALANCE, 0, 0);
    return false;
  }
  const record = addRecord(NEW_ID, IS_CREATED);
  if (record == 0 || !addObject(record)) {
    outOfMemory();
    return false;
  }
  setBalance(coin, balance - amount);
  putCoin(coinContents(record), NEW_ID, amount);
  const view = recordView(coin);
  setMoveObject(recordView(record), viewType(view), viewTypeLength(view), coinContents(record), COIN_BYTES);
  setOwner(recordView(record), OWNER_ADDRESS, 0, 0);
  return true;
}
