/** Several transactions in one frame: answered one after another, exactly as in frames of their own, but for less work. */
import * as frame from "../lib/frame";
import * as reader from "../lib/reader";
import * as code from "../wire/generated";
import * as together from "./together";
import { acceptTransaction, checkTransaction, readTransaction } from "./transaction";
import { answerRejected, PASSED, reject } from "./verdict";

/** Where each transaction begins, at its id, and where the last one ends: u32, MAX_VERIFY_TRANSACTIONS and one. */
const STARTS: usize = memory.data(132, 16);
/** Place of each transaction's first signature among those that are looked at together: u32, MAX_VERIFY_TRANSACTIONS. */
const PLACES: usize = memory.data(128, 16);

let count: u32 = 0;

/** Reads what follows the frame's id; PASSED, or a code. */
export function readTransactions(): u32 {
  count = reader.count(code.MAX_VERIFY_TRANSACTIONS);
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(STARTS + ((<usize>i) << 2), <u32>reader.position());
    reader.u64_(); // id
    readTransaction();
  }
  if (!reader.exhausted()) return reject(code.REJECT_VERIFY_MALFORMED_FRAME);
  store<u32>(STARTS + ((<usize>count) << 2), <u32>reader.position());
  return count > 0 ? PASSED : reject(code.REJECT_VERIFY_NO_TRANSACTIONS);
}

/** Answers for each of the transactions that `readTransactions` has just read. */
export function answerTransactions(): void {
  together.begin();
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(PLACES + ((<usize>i) << 2), together.place());
    answer(i);
  }
  if (!together.look()) {
    // One of the signatures that were said to be good is not.
    frame.begin();
    for (let i: u32 = 0; i < count; i++) {
      together.goTo(load<u32>(PLACES + ((<usize>i) << 2)));
      answer(i);
    }
  }
  together.end();
}

function answer(index: u32): void {
  const start: usize = load<u32>(STARTS + ((<usize>index) << 2));
  const end: usize = load<u32>(STARTS + ((<usize>index) << 2), 4);
  reader.open(start, end - start);
  const id = reader.u64_();
  readTransaction();
  const rejected = checkTransaction();
  if (rejected != PASSED) answerRejected(id, rejected);
  else acceptTransaction(id);
}
