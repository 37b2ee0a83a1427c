/** MakeMoveVec: one value, the vector of its arguments. */
import { viewContents, viewContentsLength, viewType, viewTypeLength } from "../../lib/iota/object";
import {
  COMMAND_MAKE_MOVE_VEC,
  commandArgumentCount,
  commandArguments,
  commandTypeCount,
  commandTypes,
  nextArgument,
} from "../../lib/iota/transaction";
import { MAX_TAG_GROWTH, readTypeTag, sameType, TYPE_VECTOR, tagOfObjectType } from "../../lib/iota/types";
import * as reader from "../../lib/reader";
import * as writer from "../../lib/writer";
import { REJECT_DROP_UNSUPPORTED_COMMAND, REJECT_DROP_VALUES_TOO_LARGE } from "../../wire/generated";
import { MAX_PTB_VALUE_SIZE } from "../../wire/generated-protocol";
import { byValue, resolve, resolved, takeObject } from "../arguments";
import { outOfMemory } from "../context";
import { drop, isDropped } from "../drop";
import { classify, isPrimitive, isValueOfType, objectAmplification, valueAmplification } from "../known-type";
import { MODE_DEV_INSPECT, requestMode } from "../request";
import {
  fail,
  failArgument,
  hasFailed,
  INVALID_BCS_BYTES,
  INVALID_USAGE_OF_PURE_ARG,
  MOVE_OBJECT_TOO_BIG,
  TYPE_MISMATCH,
} from "../status";
import { recordView } from "../store";
import {
  ABILITY_COPY,
  ABILITY_DROP,
  ABILITY_STORE,
  ARENA_BYTES,
  addTyped,
  arenaLeft,
  arenaTop,
  takeArena,
  VALUE_OBJECT,
  VALUE_PURE,
  VALUE_TYPED,
  valueBytes,
  valueKind,
  valueLength,
  valueRecord,
  valueType,
  valueTypeLength,
} from "../values";

/** TypeTag of the vector in the arena; that of its elements is behind the first byte. */
let vectorType: usize = 0;
let vectorTypeLength: u32 = 0;
let bound: u32 = 0;
let primitive: bool = false;

export function makeVector(command: u32): void {
  const elements = commandArgumentCount();
  let argument = commandArguments();
  for (let i: u32 = 0; i < elements; i++) {
    resolve(argument);
    argument = nextArgument(argument);
  }
  if (hasFailed()) return;
  let first: u32 = 0;
  if (commandTypeCount() != 0) {
    if (!openStatedType()) {
      drop(REJECT_DROP_UNSUPPORTED_COMMAND, 0, command, COMMAND_MAKE_MOVE_VEC);
      return;
    }
    if (isDropped()) return;
  } else {
    // The first object fixes the type.
    if (elements == 0 || takeObject(resolved(0), 0, false) == 0 || !openTypeOf(recordView(valueRecord(resolved(0)))))
      return;
    first = 1;
  }
  writer.open(arenaTop(), arenaLeft());
  writer.uleb(elements);
  if (first == 1) appendElement(resolved(0));
  for (let i = first; i < elements; i++) {
    const slot = resolved(i);
    if (!byValue(slot, i, false) || !hasElementType(slot, i)) return;
    appendElement(slot);
    if (hasFailed()) return;
  }
  if (hasFailed()) return;
  if (!writer.ok()) {
    drop(REJECT_DROP_VALUES_TOO_LARGE, 0, ARENA_BYTES, 0);
    return;
  }
  const bytes = arenaTop();
  takeArena(writer.length());
  const abilities = primitive ? ABILITY_COPY | ABILITY_DROP | ABILITY_STORE : ABILITY_STORE;
  if (!addTyped(bytes, writer.length(), vectorType, vectorTypeLength, abilities)) outOfMemory();
}

/** The type that the command states, of its elements. False when it is not a known type. */
function openStatedType(): bool {
  const tag = commandTypes();
  reader.open(tag, commandArguments() - tag);
  readTypeTag();
  const length = <u32>(reader.position() - tag);
  if (!reader.ok() || !classify(tag, length)) return false;
  if (arenaLeft() < length + 1) {
    outOfMemory();
    return true;
  }
  vectorType = arenaTop();
  store<u8>(vectorType, TYPE_VECTOR);
  memory.copy(vectorType + 1, tag, length);
  vectorTypeLength = length + 1;
  takeArena(vectorTypeLength);
  primitive = isPrimitive();
  bound = <u32>MAX_PTB_VALUE_SIZE / valueAmplification();
  return true;
}

/** The type of an object. False when the arena is full. */
function openTypeOf(view: usize): bool {
  if (arenaLeft() < viewTypeLength(view) + 1 + <u32>MAX_TAG_GROWTH) {
    outOfMemory();
    return false;
  }
  vectorType = arenaTop();
  store<u8>(vectorType, TYPE_VECTOR);
  vectorTypeLength = 1 + <u32>tagOfObjectType(vectorType + 1, viewType(view), viewTypeLength(view));
  takeArena(vectorTypeLength);
  primitive = false;
  bound = <u32>MAX_PTB_VALUE_SIZE / objectAmplification();
  return true;
}

/** Whether the value just taken may be an element. False after the failure. */
function hasElementType(slot: usize, position: u32): bool {
  const kind = valueKind(slot);
  if (kind == VALUE_PURE) {
    if (requestMode() == MODE_DEV_INSPECT) {
      // Any bytes may stand for a value of any type there.
      if (valueLength(slot) > bound) fail(MOVE_OBJECT_TOO_BIG, valueLength(slot), bound);
      return !hasFailed();
    }
    if (!primitive) {
      failArgument(position, INVALID_USAGE_OF_PURE_ARG, 0, 0);
      return false;
    }
    if (isValueOfType(valueBytes(slot), valueLength(slot))) return true;
    failArgument(position, INVALID_BCS_BYTES, 0, 0);
    return false;
  }
  if (kind == VALUE_OBJECT ? isObjectOfType(recordView(valueRecord(slot))) : isTyped(slot, kind)) return true;
  failArgument(position, TYPE_MISMATCH, 0, 0);
  return false;
}

function isTyped(slot: usize, kind: u32): bool {
  return kind == VALUE_TYPED && sameType(valueType(slot), valueTypeLength(slot), vectorType + 1, vectorTypeLength - 1);
}

function isObjectOfType(view: usize): bool {
  // The tag is written where the vector's bytes end, behind which nothing lies yet.
  const end = writer.position();
  const room = arenaLeft() - writer.length();
  if (!writer.ok() || room < viewTypeLength(view) + <u32>MAX_TAG_GROWTH) {
    outOfMemory();
    return true;
  }
  return sameType(
    end,
    tagOfObjectType(end, viewType(view), viewTypeLength(view)),
    vectorType + 1,
    vectorTypeLength - 1,
  );
}

function appendElement(slot: usize): void {
  if (valueKind(slot) == VALUE_OBJECT) {
    const view = recordView(valueRecord(slot));
    writer.raw(viewContents(view), viewContentsLength(view));
  } else {
    writer.raw(valueBytes(slot), valueLength(slot));
  }
  if (writer.ok() && writer.length() > bound) fail(MOVE_OBJECT_TOO_BIG, writer.length(), bound);
}
