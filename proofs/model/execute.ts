/**
 * `execute` by its definition, for user transactions over coins: what a transaction comes to on the objects given. Slow and obvious: the
 * client's BCS reads and writes everything, amounts are bigints, nothing is reused. What core/execute says is compared with this.
 */
import { fromBase58, toBase58 } from "@iota/bcs";
import { bcs } from "@iota/iota-sdk/bcs";
import { codeNumber, ExecuteDrop } from "../../core/wire/codes.ts";
import type { CommandResults, Environment, Read } from "../../core/wire/frames.ts";
import type { Value as Wire } from "../../core/wire/schema.ts";
import { idBytes, numbered, signableDigest } from "../../test/support/objects.ts";
import { Commands, isBuiltIn, isKnownType, NeedsMachine } from "./execute-commands.ts";
import { type GasSummary, type GasTerms, Meter, settle, smash } from "./execute-gas.ts";
import {
  balanceOf,
  Failure,
  gasSize,
  type Item,
  isCoin,
  isIotaCoin,
  type Owner,
  readItem,
  type Slot,
  setBalance,
  tagOfItem,
  writeItem,
} from "./execute-values.ts";

export interface Request {
  readonly environment: Wire<typeof Environment>;
  /** bcs(TransactionData) of a programmable transaction without packages and objects to be received. */
  readonly transaction: Uint8Array;
  /** bcs(Object) by id, "0x" and hex. Absent: said to be absent; neither: not given. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
  readonly absent: ReadonlySet<string>;
}

export type Outcome =
  | { readonly kind: "need"; readonly ids: readonly Uint8Array[] }
  | {
      readonly kind: "dropped";
      readonly digest: Uint8Array;
      readonly code: number;
      readonly object: Uint8Array;
      readonly a: bigint;
      readonly b: bigint;
      readonly reads: readonly Wire<typeof Read>[];
    }
  | {
      readonly kind: "executed";
      readonly digest: Uint8Array;
      readonly effectsDigest: Uint8Array;
      readonly effects: Uint8Array;
      readonly gas: GasSummary;
      readonly reads: readonly Wire<typeof Read>[];
      readonly inputs: readonly Uint8Array[];
      readonly written: readonly Uint8Array[];
      /** What the commands came to, of a success: told outside a commit. */
      readonly results: readonly Wire<typeof CommandResults>[] | undefined;
    };

const ZERO = new Uint8Array(32);
/** Protocol 38: `max_gas_price`, `max_tx_gas`, `base_tx_cost_fixed`. */
const MAX_GAS_PRICE = 100_000n;
const MAX_TX_GAS = 50_000_000_000n;
const BASE_UNITS = 1_000n;
const U64_LIMIT = 1n << 64n;
/** SequenceNumber::MAX of upstream's base_types.rs, which no object is taken at. */
const VERSION_LIMIT = (1n << 63n) - 1n;
const CLOCK = numbered(6);
const AUTHENTICATOR_STATE = numbered(7);
const RANDOMNESS = numbered(8);
const DENY_LIST = numbered(0x403);
/** Its variant of Command. */
const TRANSFER_OBJECTS = 1n;
const SYSTEM_PACKAGES = [1, 2, 3, 0xb, 0x107a].map(numbered);

type Data = (typeof bcs.TransactionData.$inferType)["V1"];
type Programmable = NonNullable<Data["kind"]["ProgrammableTransaction"]>;

/** Thrown where a transaction is dropped. */
class Drop extends Error {
  override readonly name = "Drop";
  readonly code: number;
  readonly object: string | undefined;
  readonly a: bigint;
  readonly b: bigint;

  constructor(
    name: keyof typeof ExecuteDrop,
    { object, a = 0n, b = 0n }: { object?: string; a?: bigint; b?: bigint } = {},
  ) {
    super(name);
    this.code = codeNumber(ExecuteDrop, name);
    this.object = object;
    this.a = a;
    this.b = b;
  }
}

/** An object that the transaction names, in the order of upstream's input_objects: inputs, gas, packages of types. */
interface Named {
  readonly id: string;
  readonly as: "owned" | "shared" | "gas" | "package";
  /** Of an owned input or gas; of a shared input the version it was first shared at. */
  readonly version: bigint;
  readonly digest?: string;
  readonly mutable: boolean;
}

function namesOf({ kind, gasData }: Data): Named[] {
  const { inputs, commands } = kind.ProgrammableTransaction as Programmable;
  const named = inputs.flatMap(({ Object: object }): Named[] => {
    const owned = object?.ImmOrOwnedObject;
    const shared = object?.SharedObject;
    if (owned) {
      return [{ id: owned.objectId, as: "owned", version: BigInt(owned.version), digest: owned.digest, mutable: true }];
    }
    if (!shared) return [];
    const version = BigInt(shared.initialSharedVersion);
    return [{ id: shared.objectId, as: "shared", version, mutable: shared.mutable }];
  });
  const gas = gasData.payment.map(({ objectId, version, digest }): Named => {
    return { id: objectId, as: "gas", version: BigInt(version), digest, mutable: true };
  });
  const packages = new Set(commands.flatMap(({ MakeMoveVec }) => packagesOf(MakeMoveVec?.type ?? "")));
  return [...named, ...gas, ...[...packages].map((id): Named => ({ id, as: "package", version: 0n, mutable: false }))];
}

/** Addresses of the packages in a type as the client writes it. */
function packagesOf(type: string): string[] {
  return [...type.matchAll(/0x([0-9a-f]+)::/g)].map(([, hex]) => `0x${hex!.padStart(64, "0")}`);
}

/** What `request` must come to. */
export function modelExecute(request: Request): Outcome {
  const data = bcs.TransactionData.parse(request.transaction).V1;
  const digest = signableDigest("TransactionData", request.transaction);
  const named: Named[] = [];
  try {
    checkTransaction(data, request);
    named.push(...namesOf(data));
    const missing = named.filter(({ id }) => !request.objects.has(id) && !request.absent.has(id));
    if (missing.length > 0) return { kind: "need", ids: missing.map(({ id }) => idBytes(id)) };
    checkInputs(data, named, request);
    return run(data, digest, named, request);
  } catch (error) {
    if (!(error instanceof Drop)) throw error;
    const { code, object, a, b } = error;
    return {
      kind: "dropped",
      digest,
      code,
      object: object === undefined ? ZERO : idBytes(object),
      a,
      b,
      reads: readsOf(new Map(named.map(({ id }) => [id, digestOf(request, id)]))),
    };
  }
}

function checkTransaction(data: Data, { environment }: Request): void {
  const { price, budget, payment } = data.gasData;
  const expiration = data.expiration.Epoch;
  if (expiration !== undefined && expiration !== null && BigInt(expiration) < environment.epoch) {
    throw new Drop("expired", { a: BigInt(expiration), b: environment.epoch });
  }
  (data.kind.ProgrammableTransaction as Programmable).commands.forEach((command, index) => {
    const variants = ["MoveCall", "TransferObjects", "SplitCoins", "MergeCoins", "Publish", "MakeMoveVec", "Upgrade"];
    const type = command.MakeMoveVec?.type ?? undefined;
    const known = type === undefined || isKnownType(type);
    const called = command.MoveCall;
    if ((!called || isBuiltIn(called)) && !command.Publish && !command.Upgrade && known) return;
    throw new Drop("unsupportedCommand", { a: BigInt(index), b: BigInt(variants.indexOf(command.$kind)) });
  });
  const reference = environment.referenceGasPrice;
  if (BigInt(price) < reference || BigInt(price) === 0n) {
    throw new Drop("gasPriceTooLow", { a: reference, b: BigInt(price) });
  }
  if (BigInt(price) > MAX_GAS_PRICE) throw new Drop("gasPriceTooHigh", { a: MAX_GAS_PRICE, b: BigInt(price) });
  if (payment.length === 0) throw new Drop("noGasPayment");
  if (BigInt(budget) > MAX_TX_GAS) throw new Drop("gasBudgetTooHigh", { a: MAX_TX_GAS, b: BigInt(budget) });
  const least = BASE_UNITS * BigInt(price);
  if (BigInt(budget) < least) throw new Drop("gasBudgetTooLow", { a: least, b: BigInt(budget) });
}

function checkInputs(data: Data, named: readonly Named[], { objects }: Request): void {
  const sorted = named.map(({ id }) => id).sort();
  const twice = sorted.find((id, i) => i > 0 && sorted[i - 1] === id);
  if (twice !== undefined) throw new Drop("duplicateObject", { object: twice });
  const read = (id: string): Item | undefined => {
    const bytes = objects.get(id);
    return bytes && readItem(bytes, { mutable: false, shared: false });
  };
  for (const one of named) checkReference(one, read(one.id));
  checkGas(
    data,
    named.filter(({ as }) => as === "gas").map(({ id }) => read(id)!),
  );
  for (const { id, as, version, mutable } of named) {
    const { owner } = read(id)!;
    if (as === "owned") {
      if (owner.ObjectOwner !== undefined) throw new Drop("objectOwnedByObject", { object: id });
      if (owner.Shared !== undefined) throw new Drop("notSharedObject", { object: id });
      if (owner.AddressOwner !== undefined && owner.AddressOwner !== data.sender) {
        throw new Drop("incorrectOwner", { object: id });
      }
    }
    if (as === "shared") {
      if (id === AUTHENTICATOR_STATE) throw new Drop("inaccessibleSystemObject", { object: id });
      const systems = mutable && (id === CLOCK || id === RANDOMNESS);
      if (systems) throw new Drop("mutableSharedNotAllowed", { object: id });
      if (owner.Shared === undefined) throw new Drop("notSharedObject", { object: id });
      if (BigInt(owner.Shared.initialSharedVersion) !== version) {
        throw new Drop("sharedObjectWrongVersion", { object: id, a: version });
      }
    }
  }
}

function checkReference({ id, as, version, digest }: Named, item: Item | undefined): void {
  const byReference = as === "owned" || as === "gas";
  if (!item) throw new Drop("objectNotFound", { object: id, a: byReference ? version : 0n });
  const { type, original } = item;
  const current = original!.version;
  if (as === "package") {
    if (type !== undefined) throw new Drop("moveObjectAsPackage", { object: id });
    return;
  }
  if (type === undefined) throw new Drop("movePackageAsObject", { object: id });
  if ((byReference && current !== version) || current >= VERSION_LIMIT) {
    throw new Drop("objectVersionUnavailable", { object: id, a: byReference ? version : 0n, b: current });
  }
  if (byReference && toBase58(original!.digest) !== digest) {
    throw new Drop("invalidObjectDigest", { object: id, a: version });
  }
}

function checkGas({ gasData }: Data, coins: readonly Item[]): void {
  for (const coin of coins) {
    if (coin.owner.AddressOwner !== gasData.owner) throw new Drop("gasObjectNotOwned", { object: coin.id });
    if (!isIotaCoin(coin)) throw new Drop("gasObjectNotCoin", { object: coin.id });
  }
  const sum = coins.reduce((total, coin) => total + balanceOf(coin), 0n);
  const balance = sum < U64_LIMIT ? sum : U64_LIMIT - 1n;
  const budget = BigInt(gasData.budget);
  if (balance < budget) throw new Drop("gasBalanceTooLow", { object: coins[0]!.id, a: balance, b: budget });
}

/** Everything in play, as it was read. */
function freshItems(named: readonly Named[], { objects }: Request): Map<string, Item> {
  return new Map(
    named.map(({ id, as, mutable }) => {
      const bytes = objects.get(id)!;
      const immutable = readItem(bytes, { mutable: false, shared: false }).owner.Immutable !== undefined;
      const mayChange = as === "shared" ? mutable : as !== "package" && !immutable;
      return [id, readItem(bytes, { mutable: mayChange, shared: as === "shared" })];
    }),
  );
}

function termsOf({ gasData }: Data, items: ReadonlyMap<string, Item>, { environment }: Request): GasTerms {
  const [coin, ...smashed] = gasData.payment.map(({ objectId }) => items.get(objectId)!);
  return {
    budget: BigInt(gasData.budget),
    price: BigInt(gasData.price),
    referencePrice: environment.referenceGasPrice,
    coin: coin!,
    smashed,
  };
}

function run(data: Data, digest: Uint8Array, named: readonly Named[], request: Request): Outcome {
  const items = freshItems(named, request);
  const terms = termsOf(data, items, request);
  const meter = new Meter(terms);
  let failure: Failure | undefined;
  let blamed: number | null = null;
  let denyListRead = false;
  let results: readonly Wire<typeof CommandResults>[] = [];
  const created = new Set<Item>();
  smash(terms);
  try {
    const counted = named.filter(({ id, as }) => as !== "package" || !SYSTEM_PACKAGES.includes(id));
    meter.chargeRead(counted.reduce((bytes, { id }) => bytes + gasSize(items.get(id)!), 0n));
    const slots = slotsOf(data, items, terms);
    setBalance(terms.coin, balanceOf(terms.coin) - terms.budget);
    const commands = new Commands(slots.inputs, slots.gas, digest, (bytes) => meter.chargeRead(bytes));
    for (const [index, command] of (data.kind.ProgrammableTransaction as Programmable).commands.entries()) {
      blamed = index;
      commands.run(command);
    }
    blamed = null;
    results = commands.told;
    finish(commands, [...slots.inputs, slots.gas]);
    setBalance(terms.coin, balanceOf(terms.coin) + terms.budget);
    if (balanceOf(terms.coin) >= U64_LIMIT) throw new Failure({ CoinBalanceOverflow: true });
    for (const item of items.values()) {
      if (item.shared && item.outcome === "written" && item.owner.AddressOwner !== undefined) {
        throw new Failure({ SharedObjectOperationNotAllowed: true });
      }
    }
    for (const item of commands.created) created.add(item);
    const owners = regulatedOwners([...items.values(), ...created]);
    denyListRead = owners > 0;
    if (denyListRead) meter.chargeDenyList(owners);
  } catch (error) {
    if (error instanceof NeedsMachine) {
      throw new Drop("unsupportedCommand", { object: error.object, a: BigInt(blamed!), b: TRANSFER_OBJECTS });
    }
    if (!(error instanceof Failure)) throw error;
    failure = error;
  }
  const settled = settle(terms, meter, failure, (which) => {
    if (which === "all") return [...items.values(), ...created];
    const again = freshItems(named, request);
    smash(termsOf(data, again, request));
    return [...again.values()];
  });
  return {
    ...outcome(data, digest, named, request, settled, failure ? blamed : null, denyListRead),
    results: settled.failure ? undefined : results,
  };
}

function slotsOf(data: Data, items: ReadonlyMap<string, Item>, { coin }: GasTerms) {
  const slot = (item: Item): Slot => ({ value: { kind: "object", item }, present: true });
  const inputs = (data.kind.ProgrammableTransaction as Programmable).inputs.map(
    ({ Pure: pure, Object: object }): Slot => {
      if (pure) return { value: { kind: "pure", bytes: Buffer.from(pure.bytes, "base64") }, present: true };
      return slot(items.get((object!.ImmOrOwnedObject ?? object!.SharedObject)!.objectId)!);
    },
  );
  return { inputs, gas: slot(coin) };
}

/** Inputs that are still there are written back; results that are left must be of values that may be dropped. */
function finish(commands: Commands, slots: readonly Slot[]): void {
  for (const { value, present } of slots) {
    if (present && value.kind === "object" && value.item.mutable) value.item.outcome = "written";
  }
  for (const [resultIdx, results] of commands.results.entries()) {
    for (const [secondaryIdx, { value, present }] of results.entries()) {
      const droppable = value.kind === "vector" && value.primitive;
      if (present && !droppable) throw new Failure({ UnusedValueWithoutDrop: { resultIdx, secondaryIdx } });
    }
  }
}

/** Pairs of an owner and a kind of coin that an issuer may regulate: all coins that are written but IOTA. */
function regulatedOwners(items: readonly Item[]): number {
  const pairs = items
    .filter((item) => item.outcome === "written" && isCoin(item) && !isIotaCoin(item))
    .filter(({ owner }) => owner.AddressOwner !== undefined)
    .map((item) => `${item.owner.AddressOwner} ${Buffer.from(tagOfItem(item)).toString("hex")}`);
  return new Set(pairs).size;
}

const digestOf = ({ objects }: Request, id: string): Uint8Array => {
  const bytes = objects.get(id);
  return bytes ? signableDigest("Object", bytes) : ZERO;
};

function readsOf(digests: ReadonlyMap<string, Uint8Array>): Wire<typeof Read>[] {
  return [...digests].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, digest]) => ({ id: idBytes(id), digest }));
}

function outcome(
  data: Data,
  digest: Uint8Array,
  named: readonly Named[],
  request: Request,
  { gas, failure, items }: ReturnType<typeof settle>,
  command: number | null,
  denyListRead: boolean,
): Omit<Extract<Outcome, { kind: "executed" }>, "results"> {
  const versions = items.filter(({ type }) => type !== undefined).map(({ original }) => original?.version ?? 0n);
  const [highest = 0n] = versions.sort((a, b) => (a < b ? 1 : -1));
  const lamport = highest + 1n;
  const changed = items.filter(({ outcome }) => outcome !== "untouched").sort((a, b) => (a.id < b.id ? -1 : 1));
  const bytes = new Map(
    changed
      .filter(({ outcome }) => outcome === "written")
      .map((item) => [item.id, writeItem(item, lamport, toBase58(digest))]),
  );
  const inputs = items.filter(({ original }) => original !== undefined);
  const dependencies = new Set(inputs.map(({ original }) => original!.previous).filter((d) => d !== toBase58(ZERO)));
  const unchanged = named.filter(({ as, mutable }) => as === "shared" && !mutable);
  const effects = bcs.TransactionEffects.serialize(
    {
      V1: {
        status: failure ? { Failed: { error: failure.error as never, command } } : { Success: true },
        executedEpoch: request.environment.epoch,
        gasUsed: gas,
        transactionDigest: toBase58(digest),
        gasObjectIndex: changed.findIndex(({ id }) => id === data.gasData.payment[0]!.objectId),
        eventsDigest: null,
        dependencies: [...dependencies].sort((a, b) => Buffer.compare(fromBase58(a), fromBase58(b))),
        lamportVersion: lamport,
        changedObjects: changed.map((item) => [item.id, changeOf(item, bytes.get(item.id))] as never),
        unchangedSharedObjects: [
          ...unchanged.map(({ id }) => {
            const { original } = items.find((item) => item.id === id)!;
            return [id, { ReadOnlyRoot: [original!.version, toBase58(original!.digest)] }] as never;
          }),
          ...(denyListRead && !named.some(({ id }) => id === DENY_LIST)
            ? [[DENY_LIST, { PerEpochConfig: true }] as never]
            : []),
        ],
        auxDataDigest: null,
      },
    },
    { maxSize: 1 << 20 },
  ).toBytes();
  const created = changed.filter(({ original }) => original === undefined).map(({ id }) => id);
  return {
    kind: "executed",
    digest,
    effectsDigest: signableDigest("TransactionEffects", effects),
    effects,
    gas,
    reads: readsOf(new Map([...named.map(({ id }) => id), ...created].map((id) => [id, digestOf(request, id)]))),
    inputs: changed.flatMap(({ original }) => (original ? [original.bytes] : [])),
    written: [...bytes.values()],
  };
}

function changeOf(item: Item, written: Uint8Array | undefined) {
  const { original, owner } = item;
  const plain = (one: Owner) => one as never;
  return {
    inputState: original
      ? { Exist: [[original.version, toBase58(original.digest)], plain(original.owner)] }
      : { NotExist: true },
    outputState: written
      ? { ObjectWrite: [toBase58(signableDigest("Object", written)), plain(owner)] }
      : { NotExist: true },
    idOperation: original ? (written ? { None: true } : { Deleted: true }) : { Created: true },
  };
}
