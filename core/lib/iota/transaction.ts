/**
 * bcs(TransactionData), read strictly into pointers: nothing is copied, so the bytes must outlive the accessors' use. One transaction at
 * a time; the next `parseTransaction` replaces it.
 *
 * Every byte is accounted for: lengths are canonical, options and bools are 0 or 1, digests carry their length byte 0x20, nothing is left
 * over. What a transaction may *say* (limits, identifiers, duplicates) is not looked at here: that is `verify`'s, and `execute`'s where a
 * dry run comes past `verify`.
 *
 * Sources: iotaledger/iota crates/iota-types/src/transaction.rs (TransactionData, GasData, TransactionKind, TransactionExpiration),
 * base_types.rs (ObjectRef), crypto.rs (bcs_signable: the digest's prefix).
 */
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../hash/blake2b";
import * as reader from "../reader";
import { closeProgrammable, readProgrammable } from "./transaction-programmable";
import { REFERENCE_BYTES, readReference } from "./transaction-reference";
import { closeSystem, readEndOfEpoch, readGenesis, readPrologue } from "./transaction-system";

export {
  ARGUMENT_GAS_COIN,
  ARGUMENT_INPUT,
  ARGUMENT_NESTED_RESULT,
  ARGUMENT_RESULT,
  argumentIndex,
  argumentKind,
  argumentNestedIndex,
  COMMAND_MAKE_MOVE_VEC,
  COMMAND_MERGE_COINS,
  COMMAND_MOVE_CALL,
  COMMAND_PUBLISH,
  COMMAND_SPLIT_COINS,
  COMMAND_TRANSFER_OBJECTS,
  COMMAND_UPGRADE,
  commandArgumentCount,
  commandArguments,
  commandDependencies,
  commandDependencyCount,
  commandFunction,
  commandFunctionLength,
  commandKind,
  commandModule,
  commandModuleCount,
  commandModuleLength,
  commandModules,
  commandNamesValid,
  commandPackage,
  commandSubject,
  commandTypeCount,
  commandTypes,
  INPUT_OWNED,
  INPUT_PURE,
  INPUT_RECEIVING,
  INPUT_SHARED,
  inputKind,
  inputMutable,
  inputPointer,
  inputPureLength,
  inputVersion,
  nextArgument,
  openCommand,
  transactionCommandCount,
  transactionInputCount,
} from "./transaction-programmable";
export { REFERENCE_BYTES, referenceDigest, referenceVersion } from "./transaction-reference";
export {
  genesisEventCount,
  genesisEvents,
  genesisEventsLength,
  genesisObject,
  genesisObjectCount,
  genesisObjectLength,
  prologueAssignmentCount,
  prologueCommitDigest,
  prologueEpoch,
  prologueHasSubDagIndex,
  prologueRound,
  prologueSubDagIndex,
  prologueTimestampMs,
} from "./transaction-system";
export {
  commandTypeNamesValid,
  commandTypeNodes,
  commandTypePackage,
  commandTypePackageCount,
} from "./transaction-type";

/** What `parseTransaction` returns. */
export const PARSED: u32 = 0;
export const MALFORMED: u32 = 1;
/** A kind that this node neither takes from users nor makes; `transactionKind()` tells which, and nothing else is readable. */
export const UNSUPPORTED_KIND: u32 = 2;

/** Variants of TransactionKind. */
export const KIND_PROGRAMMABLE: u32 = 0;
export const KIND_GENESIS: u32 = 1;
export const KIND_CONSENSUS_COMMIT_PROLOGUE: u32 = 2;
export const KIND_END_OF_EPOCH: u32 = 4;
/** 3 AuthenticatorStateUpdateV1, 5 RandomnessStateUpdate, 6 the account claim of protocol 38. */
const KIND_VARIANTS: u32 = 7;

/** Only TransactionData::V1 exists. */
const DATA_VARIANTS: u32 = 1;
/** Variants of TransactionExpiration: None, Epoch. */
const EXPIRATION_VARIANTS: u32 = 2;

/** Bounds the reader's counts; every element takes bytes, so the input's length is the real bound. */
const MAX_PAYMENTS: u32 = 65_536;

/** "TransactionData::", the BcsSignable name. */
const DOMAIN: usize = memory.data<u8>([
  0x54, 0x72, 0x61, 0x6e, 0x73, 0x61, 0x63, 0x74, 0x69, 0x6f, 0x6e, 0x44, 0x61, 0x74, 0x61, 0x3a, 0x3a,
]);
const DOMAIN_BYTES: u32 = 17;

/** A streaming hash, BLAKE2B_STATE_BYTES. */
const HASH: usize = memory.data(208, 16);

let kind: u32 = 0;
let sender: usize = 0;
let gasCount: u32 = 0;
let gasObjects: usize = 0;
let gasOwner: usize = 0;
let gasPrice: u64 = 0;
let gasBudget: u64 = 0;
let expires: bool = false;
let expirationEpoch: u64 = 0;
let faultOffset: u32 = 0;

/**
 * Reads exactly `length` bytes at `from`. PARSED, MALFORMED (see `transactionFaultOffset`) or UNSUPPORTED_KIND. Opens the
 * reader anew: not in the middle of a frame.
 */
export function parseTransaction(from: usize, length: u32): u32 {
  reader.open(from, length);
  const result = read();
  faultOffset = <u32>(reader.position() - from);
  return result;
}

function read(): u32 {
  closeProgrammable();
  closeSystem();
  gasCount = 0;
  reader.variant(DATA_VARIANTS);
  kind = reader.variant(KIND_VARIANTS);
  if (!reader.ok()) return MALFORMED;
  if (kind == KIND_PROGRAMMABLE) readProgrammable();
  else if (kind == KIND_GENESIS) readGenesis();
  else if (kind == KIND_CONSENSUS_COMMIT_PROLOGUE) readPrologue();
  else if (kind != KIND_END_OF_EPOCH || !readEndOfEpoch()) return UNSUPPORTED_KIND;
  sender = reader.raw32();
  readGas();
  expires = reader.variant(EXPIRATION_VARIANTS) != 0;
  expirationEpoch = expires ? reader.u64_() : 0;
  return reader.exhausted() ? PARSED : MALFORMED;
}

function readGas(): void {
  gasCount = reader.count(MAX_PAYMENTS);
  gasObjects = reader.position();
  for (let i: u32 = 0; i < gasCount && reader.ok(); i++) readReference();
  gasOwner = reader.raw32();
  gasPrice = reader.u64_();
  gasBudget = reader.u64_();
}

/** About where the last malformed transaction stopped making sense, in bytes from its start. */
export function transactionFaultOffset(): u32 {
  return faultOffset;
}

export function transactionKind(): u32 {
  return kind;
}

/** The sender's address, 32 bytes. */
export function transactionSender(): usize {
  return sender;
}

/** The address that pays, 32 bytes. */
export function transactionGasOwner(): usize {
  return gasOwner;
}

/** Payment objects. */
export function transactionGasCount(): u32 {
  return gasCount;
}

/** The `index`-th payment, below `transactionGasCount()`: an object reference of REFERENCE_BYTES, its id first. */
export function transactionGasObject(index: u32): usize {
  return gasObjects + <usize>index * REFERENCE_BYTES;
}

/** NANOS a unit of computation. */
export function transactionGasPrice(): u64 {
  return gasPrice;
}

/** NANOS. */
export function transactionGasBudget(): u64 {
  return gasBudget;
}

/** Whether the transaction names a last epoch. */
export function transactionExpires(): bool {
  return expires;
}

/** The last epoch in which it may run; 0 when it names none. */
export function transactionExpirationEpoch(): u64 {
  return expirationEpoch;
}

/** Writes the transaction's digest: blake2b256("TransactionData::" || bcs(TransactionData)). */
export function transactionDigest(out: usize, bytes: usize, length: u32): void {
  blake2b256Init(HASH);
  blake2b256Update(HASH, DOMAIN, DOMAIN_BYTES);
  blake2b256Update(HASH, bytes, length);
  blake2b256Final(HASH, out);
}
