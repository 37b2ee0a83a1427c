/** Why a transaction is dropped: decided before it runs, so that nothing is charged. The first reason stays. */

/** Stands for the object of a reason that is of none. */
const NO_OBJECT: usize = memory.data(32, 16);

let code: u32 = 0;
let object: usize = 0;
let first: u64 = 0;
let second: u64 = 0;

export function clearDrop(): void {
  code = 0;
}

/** Drops with a code of ExecuteDrop (core/wire/codes.ts), which says what the rest means; `about` is an id or 0. */
export function drop(reason: u32, about: usize, a: u64, b: u64): void {
  if (code != 0) return;
  code = reason;
  object = about != 0 ? about : NO_OBJECT;
  first = a;
  second = b;
}

export function isDropped(): bool {
  return code != 0;
}

// Of a transaction that is dropped:

export function dropCode(): u32 {
  return code;
}

/** 32 bytes. */
export function dropObject(): usize {
  return object;
}

export function dropA(): u64 {
  return first;
}

export function dropB(): u64 {
  return second;
}
