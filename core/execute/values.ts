/**
 * The values that commands work on: each input, the gas coin, and each result, in one table of slots. A value is bytes with a Move type,
 * or an object's record; so the virtual machine's values fit in beside those of the built-in commands.
 *
 * Source: iotaledger/iota iota-execution/latest/iota-adapter/src/programmable_transactions/types.rs (Value, RawValueType, InputValue).
 */

/** Kinds of value. Pure bytes have no type until they are used. */
export const VALUE_PURE: u32 = 0;
export const VALUE_OBJECT: u32 = 1;
/** Bytes with a type: made by a command. */
export const VALUE_TYPED: u32 = 2;
/** A ticket for an object that a Move call may receive. No built-in command takes one. */
export const VALUE_RECEIVING: u32 = 3;

/** Move abilities, as in its binary format (move-binary-format, AbilitySet). */
export const ABILITY_COPY: u32 = 1;
export const ABILITY_DROP: u32 = 2;
export const ABILITY_STORE: u32 = 4;
export const ABILITY_KEY: u32 = 8;

const KIND: usize = 0;
const PRESENT: usize = 1;
const ABILITIES: usize = 2;
const BORROWED: usize = 4;
/** A record (store.ts) or the address of the bytes. */
const POINTER: usize = 8;
const LENGTH: usize = 12;
const TYPE: usize = 16;
const TYPE_LENGTH: usize = 20;
const SLOT_SHIFT: usize = 5;

/** The shortest input, and the shortest argument that makes a result, each take two bytes of at most MAX_TRANSACTION_BYTES. */
const MAX_SLOTS: u32 = 65_538;
/** MAX_SLOTS of 32 bytes. */
const SLOTS: usize = memory.data(2_097_216, 16);
/** {first slot u32, count u32} of each command's results; the shortest command takes three bytes. */
const RESULTS: usize = memory.data(349_528, 16);
const MAX_COMMANDS: u32 = 43_691;

/** Bytes of vectors and their types that the commands of one transaction make. */
export const ARENA_BYTES: u32 = 4_194_304;
const ARENA: usize = memory.data(4_194_304, 16);

let slotCount: u32 = 0;
let inputCount: u32 = 0;
let commandCount: u32 = 0;
let arenaUsed: u32 = 0;

export function clearValues(): void {
  slotCount = 0;
  commandCount = 0;
  arenaUsed = 0;
}

function slotAt(index: u32): usize {
  return SLOTS + ((<usize>index) << SLOT_SHIFT);
}

function addSlot(kind: u32, pointer: usize, length: u32, abilities: u32): usize {
  if (slotCount >= MAX_SLOTS) return 0;
  const slot = slotAt(slotCount++);
  store<u8>(slot, kind, KIND);
  store<u8>(slot, 1, PRESENT);
  store<u8>(slot, abilities, ABILITIES);
  store<u32>(slot, 0, BORROWED);
  store<u32>(slot, <u32>pointer, POINTER);
  store<u32>(slot, length, LENGTH);
  store<u32>(slot, 0, TYPE_LENGTH);
  return slot;
}

/** Adds a pure value. False when the table is full, here and below. */
export function addPure(bytes: usize, length: u32): bool {
  return addSlot(VALUE_PURE, bytes, length, ABILITY_COPY | ABILITY_DROP) != 0;
}

/** Adds an object. It has `key`; whether it has `store` is looked up where it matters. */
export function addObject(record: usize): bool {
  return addSlot(VALUE_OBJECT, record, 0, ABILITY_KEY) != 0;
}

/** Adds the ticket for an object that may be received: it cannot be copied, and may be left unused. */
export function addReceiving(record: usize): bool {
  return addSlot(VALUE_RECEIVING, record, 0, 0) != 0;
}

/** Adds bytes of a type, given as a TypeTag. */
export function addTyped(bytes: usize, length: u32, type: usize, typeLength: u32, abilities: u32): bool {
  const slot = addSlot(VALUE_TYPED, bytes, length, abilities);
  if (slot == 0) return false;
  store<u32>(slot, <u32>type, TYPE);
  store<u32>(slot, typeLength, TYPE_LENGTH);
  return true;
}

/** The slots so far are the transaction's inputs; the gas coin's slot follows. */
export function closeInputValues(gasRecord: usize): bool {
  inputCount = slotCount;
  return addObject(gasRecord);
}

export function inputValueCount(): u32 {
  return inputCount;
}

/** `index` is below `inputValueCount()`. */
export function inputValue(index: u32): usize {
  return slotAt(index);
}

export function gasValue(): usize {
  return slotAt(inputCount);
}

/** Begins the results of the next command, which nothing can refer to before they end. False when the table is full. */
export function openResults(): bool {
  if (commandCount >= MAX_COMMANDS) return false;
  store<u32>(RESULTS + ((<usize>commandCount) << 3), slotCount);
  return true;
}

/** Ends them: what was added since belongs to the command. */
export function closeResults(): void {
  const entry = RESULTS + ((<usize>commandCount) << 3);
  store<u32>(entry, slotCount - load<u32>(entry), 4);
  commandCount++;
}

/** Commands whose results are known. */
export function resultCommandCount(): u32 {
  return commandCount;
}

export function resultCount(command: u32): u32 {
  return load<u32>(RESULTS + ((<usize>command) << 3), 4);
}

/** `index` is below `resultCount(command)`. */
export function resultValue(command: u32, index: u32): usize {
  return slotAt(load<u32>(RESULTS + ((<usize>command) << 3)) + index);
}

export function valueKind(slot: usize): u32 {
  return load<u8>(slot, KIND);
}

export function isPresent(slot: usize): bool {
  return load<u8>(slot, PRESENT) != 0;
}

export function hasAbility(slot: usize, ability: u32): bool {
  return (load<u8>(slot, ABILITIES) & ability) != 0;
}

/** Moves the value out of its slot, or copies it if it can be copied. */
export function takeValue(slot: usize): void {
  if (!hasAbility(slot, ABILITY_COPY)) store<u8>(slot, 0, PRESENT);
}

/** Puts a borrowed value back. */
export function restoreValue(slot: usize): void {
  store<u8>(slot, 1, PRESENT);
}

/** Takes the value out for the length of a command; `stamp` is that command's number from 1. */
export function borrowValue(slot: usize, stamp: u32): void {
  store<u32>(slot, stamp, BORROWED);
  if (!hasAbility(slot, ABILITY_COPY)) store<u8>(slot, 0, PRESENT);
}

export function isBorrowed(slot: usize, stamp: u32): bool {
  return load<u32>(slot, BORROWED) == stamp;
}

/** The record of an object. */
export function valueRecord(slot: usize): usize {
  return load<u32>(slot, POINTER);
}

export function valueBytes(slot: usize): usize {
  return load<u32>(slot, POINTER);
}

export function valueLength(slot: usize): u32 {
  return load<u32>(slot, LENGTH);
}

/** TypeTag of a typed value. */
export function valueType(slot: usize): usize {
  return load<u32>(slot, TYPE);
}

export function valueTypeLength(slot: usize): u32 {
  return load<u32>(slot, TYPE_LENGTH);
}

/** Where the arena's next bytes go; write there, at most `arenaLeft()`, then `takeArena`. */
export function arenaTop(): usize {
  return ARENA + arenaUsed;
}

export function arenaLeft(): u32 {
  return ARENA_BYTES - arenaUsed;
}

export function takeArena(length: u32): void {
  arenaUsed += length;
}
