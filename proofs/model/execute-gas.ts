/**
 * The gas formula of protocol 38, in NANOS: computation in steps of a thousand units at the transaction's price, storage by the byte, the
 * rebate of what was stored before. Follows iotaledger/iota crates/iota-types/src/gas_model/gas_v1.rs and
 * iota-execution/latest/iota-adapter/src/gas_charger.rs.
 */
import { balanceOf, Failure, gasSize, type Item, setBalance } from "./execute-values.ts";

/** Protocol 38: `gas_rounding_step`, `max_gas_computation_bucket` (units), `obj_access_cost_read_per_byte` (internal units). */
const ROUNDING_STEP = 1_000n;
const MAX_UNITS = 5_000_000n;
const READ_PER_BYTE = 15n;
/** `obj_data_cost_refundable` units a byte at `storage_gas_price`. */
const NANOS_PER_BYTE = 100n * 76n;
/** Internal units of a unit, and of asking the deny list once. */
const INTERNAL = 1_000n;
const DENY_LIST_CHECK = 150_000n;
const U64_LIMIT = 1n << 64n;

export const INSUFFICIENT_GAS = { InsufficientGas: true };

export interface GasSummary {
  readonly computationCost: bigint;
  readonly computationCostBurned: bigint;
  readonly storageCost: bigint;
  readonly storageRebate: bigint;
  readonly nonRefundableStorageFee: bigint;
}

export interface GasTerms {
  readonly budget: bigint;
  readonly price: bigint;
  readonly referencePrice: bigint;
  /** The coin that pays, and those merged into it first. */
  readonly coin: Item;
  readonly smashed: readonly Item[];
}

export class Meter {
  readonly #initial: bigint;
  #left: bigint;

  constructor({ budget, price }: GasTerms) {
    const most = MAX_UNITS * price;
    this.#initial = ((budget < most ? budget : most) / price) * INTERNAL;
    this.#left = this.#initial;
  }

  charge(internalUnits: bigint): void {
    const enough = internalUnits <= this.#left;
    this.#left = enough ? this.#left - internalUnits : 0n;
    if (!enough) throw new Failure(INSUFFICIENT_GAS);
  }

  chargeRead(bytes: bigint): void {
    this.charge(bytes * READ_PER_BYTE);
  }

  chargeDenyList(owners: number): void {
    this.charge(BigInt(owners) * DENY_LIST_CHECK);
  }

  /** What was used, rounded up to whole steps, and one step at least. */
  get units(): bigint {
    const used = (this.#initial - this.#left) / INTERNAL;
    return used > 0n && used % ROUNDING_STEP === 0n ? used : (used / ROUNDING_STEP + 1n) * ROUNDING_STEP;
  }
}

/** Merges the payment coins into the first. */
export function smash({ coin, smashed }: GasTerms): void {
  for (const item of smashed) {
    setBalance(coin, balanceOf(coin) + balanceOf(item));
    item.outcome = "deleted";
  }
  if (smashed.length > 0) coin.outcome = "written";
}

const sum = (items: readonly Item[], of: (item: Item) => bigint): bigint =>
  items.reduce((total, item) => total + of(item), 0n);

/**
 * Charges: `attempt` gives the objects in play, as they are after the commands (`"all"`) or as only the smashing leaves them (`"inputs"`).
 * Returns what was charged and the failure, which is the first there was.
 */
export function settle(
  terms: GasTerms,
  meter: Meter,
  failure: Failure | undefined,
  attempt: (which: "all" | "inputs") => readonly Item[],
): { readonly gas: GasSummary; readonly failure: Failure | undefined; readonly items: readonly Item[] } {
  let computationCost = meter.units * terms.price;
  let failed = failure;
  if (terms.budget <= computationCost) {
    computationCost = terms.budget;
    failed ??= new Failure(INSUFFICIENT_GAS);
  }
  const affordable = (items: readonly Item[]): boolean =>
    computationCost + storageCost(items) <= terms.budget + storageRebate(items);

  let items = touched(attempt(failed ? "inputs" : "all"));
  if (!affordable(items)) {
    failed ??= new Failure(INSUFFICIENT_GAS);
    items = touched(attempt("inputs"));
  }
  const last = !affordable(items);
  if (last) computationCost = terms.budget; // storage is left as it was, and only what is deleted gives a rebate
  const storage = last ? 0n : storageCost(items);
  const rebate = storageRebate(last ? items.filter(({ outcome }) => outcome === "deleted") : items);
  if (!last) for (const item of items) if (item.outcome === "written") item.rebate = gasSize(item) * NANOS_PER_BYTE;
  const gas: GasSummary = {
    computationCost,
    computationCostBurned: (computationCost * terms.referencePrice) / terms.price,
    storageCost: storage,
    storageRebate: rebate,
    nonRefundableStorageFee: 0n,
  };
  const paid = items.find(({ id }) => id === terms.coin.id)!;
  const balance = balanceOf(paid) + rebate - computationCost - storage;
  if (balance < 0n || balance >= U64_LIMIT) throw new Error("the model's gas coin cannot hold what it comes to");
  setBalance(paid, balance);
  return { gas, failure: failed, items };
}

/** Every input that could have changed is written. */
function touched(items: readonly Item[]): readonly Item[] {
  for (const item of items) {
    if (item.mutable && item.original && item.outcome === "untouched") item.outcome = "written";
  }
  return items;
}

const storageCost = (items: readonly Item[]): bigint =>
  sum(items, (item) => (item.outcome === "written" ? gasSize(item) * NANOS_PER_BYTE : 0n));

/** At protocol 38 the whole of what was paid comes back (`storage_rebate_rate` 100 %). */
const storageRebate = (items: readonly Item[]): bigint =>
  sum(items, ({ outcome, original }) => (outcome === "untouched" ? 0n : (original?.rebate ?? 0n)));
