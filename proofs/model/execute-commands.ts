/**
 * The built-in commands. Each resolves all its arguments, then uses them one after another, and the first thing that is wrong is the
 * failure. Follows iotaledger/iota iota-execution/latest/iota-adapter/src/programmable_transactions (execution.rs, context.rs).
 */
import { toHex } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import { CommitteeAbort, codeNumber } from "../../core/wire/codes.ts";
import type { CommandResults } from "../../core/wire/frames.ts";
import type { Value as Wire } from "../../core/wire/schema.ts";
import { derivedId } from "../../test/unit/core/execute-support.ts";
import {
  CAPABILITY,
  CAPABILITY_TYPE,
  LIST,
  LIST_TYPE,
  type ListedMember,
  listContents,
  listRest,
  membersOf,
  PACKAGE,
} from "./committee.ts";
import {
  argumentFailure,
  balanceOf,
  copyable,
  Failure,
  type Item,
  isCoin,
  type Slot,
  setBalance,
  tagOf,
  tagOfItem,
  type Value,
  vectorOf,
} from "./execute-values.ts";

type Argument = typeof bcs.Argument.$inferType;
type Command = typeof bcs.Command.$inferType;
type Told = Wire<typeof CommandResults>;

const U64_LIMIT = 1n << 64n;
/** `max_ptb_value_size` of protocol 38, in bytes; a value of objects counts 128 times. */
const MAX_VALUE_SIZE = 1_048_576;
const OBJECT_AMPLIFICATION = 128;

const utf8 = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const ascii = (bytes: Uint8Array) => {
  if (bytes.some((byte) => byte > 0x7f)) throw new RangeError("not ASCII");
};
const text = (check: (bytes: Uint8Array) => unknown) =>
  bcs.byteVector().transform({
    input: (bytes: Uint8Array) => bytes,
    output: (bytes) => {
      check(bytes);
      return bytes;
    },
  });

interface Codec {
  parse(bytes: Uint8Array): unknown;
  serialize(value: never): { toBytes(): Uint8Array };
}
/** What a type that pure bytes may be given is in BCS, and by how much a value counts for more than its bytes. */
interface Primitive {
  readonly codec: Codec;
  readonly amplification: number;
}
const LEAVES: Readonly<Record<string, Primitive>> = {
  bool: { codec: bcs.bool(), amplification: 1 },
  u8: { codec: bcs.u8(), amplification: 1 },
  u16: { codec: bcs.u16(), amplification: 1 },
  u32: { codec: bcs.u32(), amplification: 1 },
  u64: { codec: bcs.u64(), amplification: 1 },
  u128: { codec: bcs.u128(), amplification: 2 },
  u256: { codec: bcs.u256(), amplification: 2 },
  address: { codec: bcs.Address, amplification: 2 },
  "0x2::object::ID": { codec: bcs.Address, amplification: 2 },
  "0x1::string::String": { codec: text(utf8), amplification: 2 },
  "0x1::ascii::String": { codec: text(ascii), amplification: 2 },
};
/** All of them that are no vectors or options. */
export const LEAF_TYPES = Object.keys(LEAVES);
/** What a type may be a vector or an option of. */
const LINK = /^(vector|0x1::option::Option)<(.*)>$/;

/** The primitive type of this name, addresses in it written short or long; undefined where it is none. */
function primitiveOf(type: string): Primitive | undefined {
  return primitiveOfShort(type.replace(/0x0*([0-9a-f]+::)/g, "0x$1"));
}

function primitiveOfShort(type: string): Primitive | undefined {
  const [, link, inner] = LINK.exec(type) ?? [];
  if (inner === undefined) return LEAVES[type];
  const of = primitiveOfShort(inner);
  if (!of || link === "vector") return of && { ...of, codec: vectorCodec(inner, of) };
  return { codec: bcs.option(of.codec as never), amplification: of.amplification + 1 };
}

const vectorCodec = (inner: string, { codec }: Primitive): Codec =>
  inner === "u8" ? bcs.byteVector() : bcs.vector(codec as never);

/** The one type of objects that may be stated. */
export const IOTA_COIN = "0x2::coin::Coin<0x2::iota::IOTA>";

/** Can a vector of this type be stated? */
export const isKnownType = (type: string): boolean =>
  primitiveOf(type) !== undefined || toHex(tagOf(type)) === toHex(tagOf(IOTA_COIN));

function isValue(codec: Codec, bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(codec.serialize(codec.parse(bytes) as never).toBytes(), bytes) === 0;
  } catch {
    return false;
  }
}

/** Thrown for an object whose type's abilities only its module states: that waits for the virtual machine. */
export class NeedsMachine extends Error {
  override readonly name = "NeedsMachine";
  readonly object: string;

  constructor(object: string) {
    super(object);
    this.object = object;
  }
}

const FUNCTIONS = [
  { name: "add", parameters: 5 },
  { name: "remove", parameters: 3 },
];

/** Is this call of a function that there is? */
export const isBuiltIn = ({ package: id, module, function: name }: NonNullable<Command["MoveCall"]>): boolean =>
  id === PACKAGE && module === "committee" && FUNCTIONS.some((one) => one.name === name);

const typeOf = (item: Item): string => toHex(tagOfItem(item));
const isList = (item: Item): boolean =>
  item.id === `0x${LIST}` && item.shared && typeOf(item) === toHex(tagOf(LIST_TYPE));
const isCapability = (item: Item): boolean =>
  item.id === `0x${CAPABILITY}` && typeOf(item) === toHex(tagOf(CAPABILITY_TYPE));

type Abort = (why: keyof typeof CommitteeAbort) => never;
const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

function checkedMember(members: readonly ListedMember[], added: ListedMember, abort: Abort): ListedMember {
  if (added.name === "" || utf8Length(added.name) > 64) abort("malformedName");
  if (added.key.length !== 1_952) abort("malformedKey");
  if (utf8Length(added.address) > 512) abort("malformedAddress");
  if (members.some(({ name, key }) => name === added.name || toHex(key) === toHex(added.key))) abort("alreadyMember");
  if (members.length === 100) abort("tooManyMembers");
  return added;
}

function without(members: readonly ListedMember[], gone: string, abort: Abort): ListedMember[] {
  const left = members.filter(({ name }) => name !== gone);
  if (left.length === members.length) abort("noSuchMember");
  if (left.length === 0) abort("lastMember");
  return left;
}

/** Commands run one after another on the same slots. */
export class Commands {
  readonly #inputs: readonly Slot[];
  readonly #gas: Slot;
  readonly #digest: Uint8Array;
  /** Charges for so many bytes read. */
  readonly #charge: (bytes: bigint) => void;
  readonly results: Slot[][] = [];
  /** What each command came to, as a simulation tells it. */
  readonly told: Told[] = [];
  /** Coins that were split off and are not gone again. */
  readonly created = new Set<Item>();
  #ids = 0n;
  /** What the running command has borrowed. */
  #borrowed: Slot | undefined;

  constructor(inputs: readonly Slot[], gas: Slot, digest: Uint8Array, charge: (bytes: bigint) => void) {
    this.#charge = charge;
    this.#inputs = inputs;
    this.#gas = gas;
    this.#digest = digest;
  }

  run(command: Command): void {
    this.#borrowed = undefined;
    if (command.SplitCoins) this.results.push(this.#split(command.SplitCoins));
    else if (command.MergeCoins) this.results.push(this.#merge(command.MergeCoins));
    else if (command.TransferObjects) this.results.push(this.#transfer(command.TransferObjects));
    else if (command.MakeMoveVec) this.results.push(this.#makeVector(command.MakeMoveVec));
    else if (command.MoveCall) this.results.push(this.#call(command.MoveCall));
    else throw new Error("not a built-in command");
    const borrowed = command.SplitCoins?.coin ?? command.MergeCoins?.destination ?? command.MoveCall?.arguments[0];
    this.told.push({
      mutableReferenceOutputs: borrowed
        ? [{ argument: normalized(borrowed), ...bytesAndType(this.#resolve([borrowed])[0]!.value) }]
        : [],
      returnValues: this.results.at(-1)!.map(({ value }) => bytesAndType(value)),
    });
  }

  #resolve(args: readonly Argument[]): Slot[] {
    return args.map((argument, position) => {
      if (argument.GasCoin !== undefined) return this.#gas;
      if (argument.Input !== undefined) {
        const slot = this.#inputs[argument.Input];
        if (!slot) throw argumentFailure(position, { IndexOutOfBounds: { idx: argument.Input } });
        return slot;
      }
      const [command, nested] = argument.NestedResult ?? [argument.Result, undefined];
      const results = this.results[command];
      if (!results) throw argumentFailure(position, { IndexOutOfBounds: { idx: command } });
      if (nested === undefined) {
        if (results.length !== 1) throw argumentFailure(position, { InvalidResultArity: { resultIdx: command } });
        return results[0]!;
      }
      const slot = results[nested];
      const outOfBounds = { SecondaryIndexOutOfBounds: { resultIdx: command, secondaryIdx: nested } };
      if (!slot) throw argumentFailure(position, outOfBounds);
      return slot;
    });
  }

  #take(slot: Slot, position: number, mayTakeGas = false): Value {
    const { value } = slot;
    if (!slot.present || (this.#borrowed === slot && !copyable(slot))) {
      throw argumentFailure(position, { InvalidValueUsage: true });
    }
    if (slot === this.#gas && !mayTakeGas) throw argumentFailure(position, { InvalidGasCoinUsage: true });
    if (value.kind === "object" && value.item.original && !value.item.mutable) {
      throw argumentFailure(position, { InvalidObjectByValue: true });
    }
    if (!copyable(slot)) slot.present = false;
    return value;
  }

  #takeItem(slot: Slot, position: number, mayTakeGas = false): Item {
    const value = this.#take(slot, position, mayTakeGas);
    if (value.kind !== "object") throw argumentFailure(position, { TypeMismatch: true });
    return value.item;
  }

  #takePure<T>(slot: Slot, position: number, codec: { parse(bytes: Uint8Array): T }, length: number, gas = false): T {
    const value = this.#take(slot, position, gas);
    if (value.kind !== "pure") throw argumentFailure(position, { TypeMismatch: true });
    if (value.bytes.length !== length) throw argumentFailure(position, { InvalidBCSBytes: true });
    return codec.parse(value.bytes);
  }

  /** Borrows the first argument, a coin, to change it. */
  #borrowCoin(slot: Slot): Item {
    return this.#borrow(slot, isCoin);
  }

  /** Borrows the first argument, an object of a type that `isWanted`, to change it. */
  #borrow(slot: Slot, isWanted: (item: Item) => boolean): Item {
    if (!slot.present) throw argumentFailure(0, { InvalidValueUsage: true });
    const { value } = slot;
    if (value.kind === "object" && value.item.original && !value.item.mutable) {
      throw argumentFailure(0, { InvalidObjectByMutRef: true });
    }
    if (!copyable(slot)) slot.present = false;
    this.#borrowed = slot;
    if (value.kind !== "object" || !isWanted(value.item)) throw argumentFailure(0, { TypeMismatch: true });
    return value.item;
  }

  /** Takes a value of this type: pure bytes, or a vector that a command made. */
  #takeValue<T>(slot: Slot, position: number, type: string, codec: { parse(bytes: Uint8Array): T }): T {
    const value = this.#take(slot, position);
    const isTyped = value.kind === "vector" && toHex(value.tag) === toHex(tagOf(type));
    if (value.kind !== "pure" && !isTyped) throw argumentFailure(position, { TypeMismatch: true });
    const { bytes } = value as { bytes: Uint8Array };
    if (!isValue(primitiveOf(type)!.codec, bytes)) throw argumentFailure(position, { InvalidBCSBytes: true });
    return codec.parse(bytes);
  }

  /** The functions of 0xca15::committee, which change the list of validators. */
  #call({ function: name, typeArguments, arguments: args }: NonNullable<Command["MoveCall"]>): Slot[] {
    const slots = this.#resolve(args);
    const place = FUNCTIONS.findIndex((one) => one.name === name);
    if (typeArguments.length > 0) throw new Failure({ TypeArityMismatch: true });
    if (slots.length !== FUNCTIONS[place]!.parameters) throw new Failure({ ArityMismatch: true });
    const list = this.#borrow(slots[0]!, isList);
    const capability = slots[1]!;
    if (!capability.present) throw argumentFailure(1, { InvalidValueUsage: true });
    if (capability.value.kind !== "object" || !isCapability(capability.value.item)) {
      throw argumentFailure(1, { TypeMismatch: true });
    }
    const abort = (why: keyof typeof CommitteeAbort): never => {
      const module = { address: PACKAGE, name: "committee" };
      const location = { module, function: place, instruction: 0, functionName: name };
      throw new Failure({ MoveAbort: [location, BigInt(codeNumber(CommitteeAbort, why))] });
    };
    const named = this.#takeValue(slots[2]!, 2, "0x1::string::String", bcs.string());
    const added = name === "add" ? this.#memberOf(named, slots[3]!, slots[4]!) : undefined;
    const members = membersOf(bytesOf({ kind: "object", item: list }));
    const changed = added ? [...members, checkedMember(members, added, abort)] : without(members, named, abort);
    this.#charge(BigInt(listContents(changed).length));
    list.rest = listRest(changed);
    slots[0]!.present = true;
    return [];
  }

  #memberOf(name: string, keySlot: Slot, addressSlot: Slot): ListedMember {
    const key = Uint8Array.from(this.#takeValue(keySlot, 3, "vector<u8>", bcs.byteVector()));
    return { name, key, address: this.#takeValue(addressSlot, 4, "0x1::string::String", bcs.string()) };
  }

  #split({ coin, amounts }: NonNullable<Command["SplitCoins"]>): Slot[] {
    const [borrowed, ...slots] = this.#resolve([coin, ...amounts]);
    const from = this.#borrowCoin(borrowed!);
    const made = slots.map((slot): Slot => {
      // Upstream blames the second argument for any of the amounts.
      const amount = BigInt(this.#takePure(slot, 1, bcs.u64(), 8));
      const id = derivedId(this.#digest, this.#ids++);
      if (balanceOf(from) < amount) throw new Failure({ InsufficientCoinBalance: true });
      setBalance(from, balanceOf(from) - amount);
      const item: Item = {
        id,
        type: from.type,
        original: undefined,
        mutable: true,
        shared: false,
        owner: { $kind: "Immutable", Immutable: true },
        rest: bcs.u64().serialize(amount).toBytes(),
        rebate: 0n,
        outcome: "untouched",
      };
      this.created.add(item);
      return { value: { kind: "object", item }, present: true };
    });
    borrowed!.present = true;
    return made;
  }

  #merge({ destination, sources }: NonNullable<Command["MergeCoins"]>): Slot[] {
    const [borrowed, ...slots] = this.#resolve([destination, ...sources]);
    const into = this.#borrowCoin(borrowed!);
    const items = slots.map((slot, i) => this.#takeItem(slot, 1 + i));
    for (const [i, item] of items.entries()) {
      if (toHex(tagOfItem(item)) !== toHex(tagOfItem(into))) throw argumentFailure(1 + i, { TypeMismatch: true });
      const sum = balanceOf(into) + balanceOf(item);
      if (sum >= U64_LIMIT) throw new Failure({ CoinBalanceOverflow: true });
      setBalance(into, sum);
      if (item.original) item.outcome = "deleted";
      else this.created.delete(item);
    }
    borrowed!.present = true;
    return [];
  }

  #transfer({ objects, address }: NonNullable<Command["TransferObjects"]>): Slot[] {
    const slots = this.#resolve([...objects, address]);
    const items = objects.map((_, i) => this.#takeItem(slots[i]!, i, true));
    const to = this.#takePure(slots[objects.length]!, objects.length, bcs.Address, 32, true);
    for (const item of items) {
      if (item.type?.Other && !isCapability(item)) throw new NeedsMachine(item.id);
      item.owner = { $kind: "AddressOwner", AddressOwner: to };
      item.outcome = "written";
    }
    return [];
  }

  #makeVector({ type, elements }: NonNullable<Command["MakeMoveVec"]>): Slot[] {
    const slots = this.#resolve(elements);
    const primitive = type === null ? undefined : primitiveOf(type);
    const values: Value[] = [];
    if (type === null) values.push({ kind: "object", item: this.#takeItem(slots[0]!, 0) });
    const [first] = values;
    const element = first?.kind === "object" ? tagOfItem(first.item) : tagOf(type!);
    const bound = Math.floor(MAX_VALUE_SIZE / (primitive?.amplification ?? OBJECT_AMPLIFICATION));
    let size = uleb(elements.length).length;
    const append = (value: Value): void => {
      size += bytesOf(value).length;
      if (size > bound) {
        throw new Failure({ MoveObjectTooBig: { objectSize: BigInt(size), maxObjectSize: BigInt(bound) } });
      }
    };
    if (first) append(first);
    for (let i = values.length; i < slots.length; i++) {
      const value = this.#take(slots[i]!, i);
      if (value.kind === "pure") {
        if (!primitive) throw argumentFailure(i, { InvalidUsageOfPureArg: true });
        if (!isValue(primitive.codec, value.bytes)) throw argumentFailure(i, { InvalidBCSBytes: true });
      } else {
        const tag = value.kind === "object" ? tagOfItem(value.item) : value.tag;
        if (toHex(tag) !== toHex(element)) throw argumentFailure(i, { TypeMismatch: true });
      }
      values.push(value);
      append(value);
    }
    const bytes = new Uint8Array(Buffer.concat([uleb(elements.length), ...values.map(bytesOf)]));
    const made: Value = { kind: "vector", tag: vectorOf(element), bytes, primitive: primitive !== undefined };
    return [{ value: made, present: true }];
  }
}

/** bcs(Argument), a result by two numbers. */
const normalized = (argument: Argument): Uint8Array =>
  bcs.Argument.serialize(argument.Result === undefined ? argument : { NestedResult: [argument.Result, 0] }).toBytes();

function bytesAndType(value: Value): { bytes: Uint8Array; type: Uint8Array } {
  if (value.kind === "pure") throw new Error("pure bytes have no type");
  return { bytes: bytesOf(value), type: value.kind === "object" ? tagOfItem(value.item) : value.tag };
}

const uleb = (value: number): Uint8Array => bcs.uleb128().serialize(value).toBytes();

function bytesOf(value: Value): Uint8Array {
  if (value.kind !== "object") return value.bytes;
  const { id, rest } = value.item;
  return new Uint8Array(Buffer.concat([bcs.Address.serialize(id).toBytes(), rest]));
}
