/**
 * Gas: the meter that computation runs against, what storage costs, and how the gas coin pays, with the fallbacks when it cannot.
 *
 * Sources: iotaledger/iota crates/iota-types/src/gas_model/{gas_v1.rs, tables.rs}, crates/iota-types/src/gas.rs,
 * iota-execution/latest/iota-adapter/src/gas_charger.rs. Amounts are NANOS; computation is metered in internal units, a thousandth of a
 * unit each. All sums that come from objects are checked, because a host may send objects that no ledger holds.
 */
import { setRebate, viewGasSize, viewRebate } from "../lib/iota/object";
import {
  GAS_ROUNDING_STEP,
  MAX_GAS_COMPUTATION_BUCKET,
  OBJ_ACCESS_COST_READ_PER_BYTE,
  OBJ_DATA_COST_REFUNDABLE,
  STORAGE_GAS_PRICE,
  STORAGE_REBATE_RATE,
} from "../wire/generated-protocol";
import { fail, hasFailed, INSUFFICIENT_GAS } from "./status";
import {
  addFlag,
  balanceOf,
  hasFlag,
  IS_CREATED,
  IS_DELETED,
  IS_MUTABLE,
  IS_SMASHED,
  IS_WRITTEN,
  inputRecordCount,
  originalView,
  recordAt,
  recordCount,
  recordView,
  resetStore,
  setBalance,
} from "./store";

const INTERNAL_UNITS: u64 = 1_000;
const BASIS_POINTS: u64 = 10_000;

let budget: u64 = 0;
let price: u64 = 1;
let initialUnits: u64 = 0;
let unitsLeft: u64 = 0;
let gasRecord: usize = 0;
let overflow: bool = false;

let computationCost: u64 = 0;
let computationCostBurned: u64 = 0;
let storageCost: u64 = 0;
/** Rebates of what was there before: split into the user's share and the rest. */
let rebateSum: u64 = 0;

/** Begins a metered transaction. `gasPrice` is at least 1. */
export function openMeter(gasBudget: u64, gasPrice: u64, primary: usize): void {
  budget = gasBudget;
  price = gasPrice;
  gasRecord = primary;
  const most = MAX_GAS_COMPUTATION_BUCKET * gasPrice;
  initialUnits = ((gasBudget < most ? gasBudget : most) / gasPrice) * INTERNAL_UNITS;
  unitsLeft = initialUnits;
  overflow = false;
  clearCosts();
}

/** A system transaction: nothing is charged. */
export function clearCosts(): void {
  computationCost = 0;
  computationCostBurned = 0;
  storageCost = 0;
  rebateSum = 0;
}

/** Charges internal units; what is left is gone when they do not suffice. */
export function chargeUnits(units: u64): bool {
  if (units > unitsLeft) {
    unitsLeft = 0;
    return false;
  }
  unitsLeft -= units;
  return true;
}

/** Charges for `bytes` read. */
export function chargeRead(bytes: u64): bool {
  return chargeUnits(bytes * OBJ_ACCESS_COST_READ_PER_BYTE);
}

/** Merges the payment coins into the first. False when their sum is no u64, which no ledger's coins come to. */
export function smash(): bool {
  let sum = balanceOf(gasRecord);
  let many = false;
  for (let i: u32 = 0; i < inputRecordCount(); i++) {
    const record = recordAt(i);
    if (!hasFlag(record, IS_SMASHED)) continue;
    const more = sum + balanceOf(record);
    if (more < sum) return false;
    sum = more;
    many = true;
    addFlag(record, IS_DELETED);
  }
  if (many) {
    setBalance(gasRecord, sum);
    addFlag(gasRecord, IS_WRITTEN);
  }
  return true;
}

/** Charges for the transaction and settles with the gas coin; afterwards the store holds its final objects. False on overflow. */
export function settle(referenceGasPrice: u64): bool {
  bucketise();
  if (hasFailed()) undo();
  touch();
  tally();
  if (!affordable()) {
    fail(INSUFFICIENT_GAS, 0, 0);
    undo();
    touch();
    tally();
    if (!affordable()) {
      undo();
      computationCost = budget;
      touch();
      tallyDeleted();
    }
  }
  computationCostBurned = (computationCost * referenceGasPrice) / price;
  pay();
  return !overflow;
}

function undo(): void {
  resetStore();
  if (!smash()) overflow = true;
}

/** Rounds the computation up to whole steps. A budget that this uses up does not suffice. */
function bucketise(): void {
  let units = (initialUnits - unitsLeft) / INTERNAL_UNITS;
  if (units == 0 || units % GAS_ROUNDING_STEP != 0) units = (units / GAS_ROUNDING_STEP + 1) * GAS_ROUNDING_STEP;
  computationCost = units * price;
  if (budget <= computationCost) {
    computationCost = budget;
    fail(INSUFFICIENT_GAS, 0, 0);
  }
}

/** Every input that could have changed is written: its version moves on even when nothing else does. */
function touch(): void {
  for (let i: u32 = 0; i < inputRecordCount(); i++) {
    const record = recordAt(i);
    if (hasFlag(record, IS_MUTABLE) && !hasFlag(record, IS_WRITTEN | IS_DELETED)) addFlag(record, IS_WRITTEN);
  }
}

/** Storage of all that is written, and the rebates of what it replaces. */
function tally(): void {
  storageCost = 0;
  rebateSum = 0;
  for (let i: u32 = 0; i < recordCount(); i++) {
    const record = recordAt(i);
    if (!hasFlag(record, IS_WRITTEN | IS_DELETED)) continue;
    addRebate(record);
    if (!hasFlag(record, IS_WRITTEN)) continue;
    const cost = <u64>viewGasSize(recordView(record)) * OBJ_DATA_COST_REFUNDABLE * STORAGE_GAS_PRICE;
    setRebate(recordView(record), cost);
    storageCost += cost;
  }
}

/** The last resort: only what is deleted is reckoned; what is written keeps its old rebate. */
function tallyDeleted(): void {
  storageCost = 0;
  rebateSum = 0;
  for (let i: u32 = 0; i < recordCount(); i++) {
    const record = recordAt(i);
    if (hasFlag(record, IS_DELETED)) addRebate(record);
  }
}

function addRebate(record: usize): void {
  if (hasFlag(record, IS_CREATED)) return;
  const more = rebateSum + viewRebate(originalView(record));
  if (more < rebateSum) overflow = true;
  rebateSum = more;
}

/** The user's share of the rebates, rounded half up: the whole of it at protocol 38. */
function senderRebate(): u64 {
  const rest = (rebateSum % BASIS_POINTS) * STORAGE_REBATE_RATE + BASIS_POINTS / 2;
  return (rebateSum / BASIS_POINTS) * STORAGE_REBATE_RATE + rest / BASIS_POINTS;
}

function affordable(): bool {
  const rebate = senderRebate();
  return rebate >= storageCost || budget - computationCost >= storageCost - rebate;
}

function pay(): void {
  const balance = balanceOf(gasRecord);
  const income = balance + senderRebate();
  const costs = computationCost + storageCost;
  if (income < balance || costs > income) overflow = true;
  setBalance(gasRecord, income - costs);
}

export function gasComputationCost(): u64 {
  return computationCost;
}

export function gasComputationCostBurned(): u64 {
  return computationCostBurned;
}

export function gasStorageCost(): u64 {
  return storageCost;
}

export function gasStorageRebate(): u64 {
  return senderRebate();
}

export function gasNonRefundable(): u64 {
  return rebateSum - senderRebate();
}

/** The record of the primary gas coin; 0 in a system transaction. */
export function gasCoin(): usize {
  return gasRecord;
}

/** A system transaction has no gas coin. */
export function noGasCoin(): void {
  gasRecord = 0;
  clearCosts();
}

/** The budget in NANOS, which commands may not spend. */
export function gasBudget(): u64 {
  return budget;
}
